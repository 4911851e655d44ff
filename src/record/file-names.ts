/**
 * Names of fixture files: readable, the same on every machine, allowed on Windows, and different for different
 * operations even where case does not count.
 */
import { createHash } from 'node:crypto'

const longest = 100

/** Windows gives these to devices, whatever comes after a dot. */
const devices = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i

/**
 * Joined by dots. Pieces of lower-case letters, digits, `-`, `_` and `{id}` stay as they are; whatever else was there is
 * told apart by a hash at the end.
 */
export const fileName = (pieces: readonly string[], label?: string): string => {
  const [first = '', ...others] = pieces
  // Methods are upper case as a rule, and only that is undone without a hash.
  const head = /^[A-Z]+$/.test(first) ? first.toLowerCase() : first
  const all = [head, ...others]
  const safe = all.map(safePiece)
  const name = safe.filter((piece) => piece !== '').join('.')
  const suffix = label === undefined ? '' : `@${safePiece(label)}`
  const exact =
    head !== first &&
    all.every((piece, i) => piece === safe[i] && piece !== '') &&
    (label === undefined || safePiece(label) === label) &&
    name.length + suffix.length <= longest &&
    !devices.test(name)
  if (exact) return name + suffix
  const start = (devices.test(name) ? `_${name}` : name).slice(0, longest - suffix.slice(0, 40).length - 9)
  return `${start}${suffix.slice(0, 40)}-${hash8([...pieces, label ?? ''])}`
}

/** One folder's name. */
export const folderName = (text: string): string => {
  const safe = text.toLowerCase().replace(/[^a-z0-9._-]+/g, '_')
  const exact = safe === text && !devices.test(safe) && !/^[._]|\.$/.test(safe) && safe.length <= longest
  if (exact) return safe
  const start = safe.replace(/^[._]+|[._]+$/g, '').slice(0, longest)
  return `${devices.test(start) ? '_' : ''}${start}-${hash8([text])}`
}

const safePiece = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9{}_-]+/g, '_')
    .slice(0, longest)

const hash8 = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)
