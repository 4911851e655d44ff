/** Pictures and documents: what they show cannot be told, so an empty one of the same kind takes their place. */

export type PictureKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' | 'pdf' | 'heic'

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte)

/** By the first bytes. */
export const pictureKind = (bytes: Uint8Array): PictureKind | undefined => {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)) return 'png'
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg'
  if (startsWith(bytes, 0x47, 0x49, 0x46, 0x38)) return 'gif'
  if (startsWith(bytes, 0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 && bytes[9] === 0x45) return 'webp'
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d)) return 'pdf'
  if (bytes[4] === 0x66 && bytes[5] === 0x74 && bytes[6] === 0x79 && bytes[7] === 0x70) return 'heic'
  if (startsWith(bytes, 0x42, 0x4d) && bytes[6] === 0 && bytes[7] === 0 && bytes.length > 54) return 'bmp'
  return undefined
}

/** One pixel each, and one empty page. */
const placeholders = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  jpeg: '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  webp: 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==',
  bmp: 'Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAATCwAAEwsAAAAAAAAAAAAA////AA==',
  pdf: 'JVBERi0xLjEKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+ZW5kb2JqCjIgMCBvYmo8PC9UeXBlL1BhZ2VzL0tpZHNbMyAwIFJdL0NvdW50IDE+PmVuZG9iagozIDAgb2JqPDwvVHlwZS9QYWdlL1BhcmVudCAyIDAgUi9NZWRpYUJveFswIDAgMSAxXT4+ZW5kb2JqCnRyYWlsZXI8PC9Sb290IDEgMCBSPj4K',
} as const

/** HEIC has no small form; whoever shows it takes a JPEG as well. */
export const placeholderPicture = (kind: PictureKind): Uint8Array =>
  Buffer.from(placeholders[kind === 'heic' ? 'jpeg' : kind], 'base64')

const known: ReadonlySet<string> = new Set(Object.values(placeholders))

export const isPlaceholderPicture = (bytes: Uint8Array): boolean =>
  bytes.length < 400 && known.has(Buffer.from(bytes).toString('base64'))
