/** Undoes the codings of a body (RFC 9110 section 8.4), bounded. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

type Undo = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

/** Some send deflate without its envelope. */
const inflateEither: Undo = (bytes, options) => {
  try {
    return inflateSync(bytes, options)
  } catch {
    return inflateRawSync(bytes, options)
  }
}

const codings: Readonly<Record<string, Undo>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/** The plain bytes, or why not. `coding` is the header's list, the last one put on last. */
export const unpackBody = (bytes: Uint8Array, coding: string, bytesAtMost: number): Uint8Array | string => {
  let plain = bytes
  for (const part of coding.split(',').reverse()) {
    const name = part.trim().toLowerCase()
    if (name === '' || name === 'identity') continue
    const undo = Object.hasOwn(codings, name) ? codings[name] : undefined
    if (undo === undefined)
      return `the content-encoding ${/^[\w-]{1,20}$/.test(name) ? name : 'given'} is not known`
    try {
      plain = undo(plain, { maxOutputLength: bytesAtMost })
    } catch {
      return `a body that is not valid ${name}, or larger than ${bytesAtMost} bytes`
    }
  }
  return plain
}
