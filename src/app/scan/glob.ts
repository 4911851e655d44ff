/** `fixtures/**\/*.yaml`: `*` within a folder, `**` over folders. */
export const globTest = (glob: string): ((path: string) => boolean) => {
  const source = glob
    .replace(/^\.\//, '')
    .split('/')
    .map((step) =>
      step === '**'
        ? '**'
        : step
            .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
            .replaceAll('*', '[^/]*')
            .replaceAll('?', '[^/]'),
    )
    .join('/')
    .replaceAll('**/', '(?:[^/]+/)*')
    .replace(/\*\*$/, '.*')
  const regex = new RegExp(`^${source}$`)
  return (path) => regex.test(path)
}
