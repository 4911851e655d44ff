/** Undoes `content-encoding` (RFC 9110 section 8.4), bounded, for bodies that matchers look into. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Decoded } from '../../core/body.ts'

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

/** Some clients send raw deflate under the name deflate; servers have always taken both. */
const inflateEither: Decompress = (bytes, options) => {
  try {
    return inflateSync(bytes, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error
    return inflateRawSync(bytes, options)
  }
}

const codings: Readonly<Record<string, Decompress>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/** `coding` is the header's list; the last one was put on last. */
export const decompress = (bytes: Uint8Array, coding: string, limit: number): Decoded<Uint8Array> => {
  let plain = bytes
  for (const name of coding.split(',').reverse()) {
    const known = name.trim().toLowerCase()
    if (known === 'identity' || known === '') continue
    const undo = codings[known]
    if (undo === undefined) return { ok: false, problem: `the content-encoding ${known} is not known` }
    try {
      plain = undo(plain, { maxOutputLength: Math.max(1, limit) })
    } catch (error) {
      return {
        ok: false,
        problem: `the body is not valid ${known}, or larger than limits.body: ${(error as Error).message}`,
      }
    }
  }
  return { ok: true, value: plain }
}
