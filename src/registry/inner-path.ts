/**
 * Paths that stand in packages. They come from others and are unpacked on any system, so what only one system reads in a
 * special way is refused on all of them.
 */

/** Of Windows, with any extension ("Naming Files, Paths, and Namespaces"). */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i

/** Control characters, what Windows does not allow in names, and its separator and streams. */
const forbidden = /[\u0000-\u001f\u007f"*:<>?|\\]/

const maxPathLength = 240

/** Why `path` must not be unpacked, as the end of a sentence; undefined: it leads to a file inside. */
export const whyNotInner = (path: string): string | undefined => {
  if (path === '') return 'is empty'
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\')) return 'is absolute'
  const steps = path.split('/')
  if (steps.includes('..')) return 'leads out of the package'
  if (steps.some((step) => step === '' || step === '.')) return 'has an empty step'
  if (forbidden.test(path)) return 'has a character that not every system allows in names'
  if (steps.some((step) => reserved.test(step) || /[. ]$/.test(step))) return 'is no name on every system'
  if (path.length > maxPathLength) return `is longer than ${maxPathLength} characters`
  return undefined
}

export const isInnerPath = (path: string): boolean => whyNotInner(path) === undefined
