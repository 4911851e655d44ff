/** The ways to compress a batch. */
import { MalformedRecords } from '../malformed.ts'
import type { Compression } from './compression.ts'
import { gzip } from './gzip.ts'
import { lz4 } from './lz4.ts'
import { none } from './none.ts'
import { snappy } from './snappy.ts'
import { zstd } from './zstd.ts'

export type { Compression } from './compression.ts'

/** By their codes. */
export const compressions: readonly Compression[] = [none, gzip, snappy, lz4, zstd]

/** Throws MalformedRecords for a code that nobody has given out. */
export const compressionOf = (attributes: number): Compression => {
  const compression = compressions[attributes & 7]
  if (compression === undefined) throw new MalformedRecords(`compression ${attributes & 7} isn't known`)
  return compression
}
