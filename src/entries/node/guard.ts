/** What the entry points that run in node need; said in words, before anything is loaded that older versions cannot read. */

/** Throws an Error with code NODE_TOO_OLD. */
export const refuseOldNode = (version: string = process.versions.node): void => {
  if (Number(version.split('.', 1)[0]) >= 24) return
  throw Object.assign(new Error(`svc-mock needs Node 24 or newer, but this is Node ${version}`), {
    code: 'NODE_TOO_OLD',
    hint: 'install Node 24, or run it through npm in a project that has the package node@24',
  })
}
