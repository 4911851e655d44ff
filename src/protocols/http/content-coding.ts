/**
 * Undoes `content-encoding` (RFC 9110 section 8.4), bounded, for bodies that matchers and patches look into; and
 * puts it on again.
 */
import { promisify } from 'node:util'
import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflate,
  deflateSync,
  gunzipSync,
  gzip,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompress,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import type { Decoded } from '../../core/body.ts'
import { allValues, type Metadata } from '../../core/metadata.ts'
import { codingsUnderChunks } from './hop-by-hop.ts'

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

/** Of the content; '' for none. */
export const codingOf = (headers: Metadata): string =>
  allValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
    .join(',')

/** All that is around a body: a coding of the transfer was put around that of the content. */
export const codingsOf = (headers: Metadata): string =>
  [codingOf(headers), ...codingsUnderChunks(allValues(headers, 'transfer-encoding'))]
    .filter((coding) => coding !== '')
    .join(',')

export const isKnownCoding = (name: string): boolean => name === 'identity' || Object.hasOwn(codings, name)

/** Brotli's default takes a second for each megabyte; 4 is about as fast as gzip. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

interface Compress {
  now(bytes: Uint8Array): Uint8Array
  /** In a thread of its own. */
  aside(bytes: Uint8Array): Promise<Uint8Array>
}

const brotli = promisify<Uint8Array, typeof brotliOptions, Uint8Array>(brotliCompress)

const compressors = {
  gzip: { now: gzipSync, aside: promisify<Uint8Array, Uint8Array>(gzip) },
  br: {
    now: (bytes) => brotliCompressSync(bytes, brotliOptions),
    aside: (bytes) => brotli(bytes, brotliOptions),
  },
  zstd: { now: zstdCompressSync, aside: promisify<Uint8Array, Uint8Array>(zstdCompress) },
  deflate: { now: deflateSync, aside: promisify<Uint8Array, Uint8Array>(deflate) },
} satisfies Readonly<Record<string, Compress>>

/** Up to here a thread costs more than it saves; beyond, other calls would wait. */
const compressedNowAtMost = 32 * 1024

export const compress = (
  bytes: Uint8Array,
  coding: keyof typeof compressors,
): Uint8Array | Promise<Uint8Array> =>
  bytes.length <= compressedNowAtMost ? compressors[coding].now(bytes) : compressors[coding].aside(bytes)
