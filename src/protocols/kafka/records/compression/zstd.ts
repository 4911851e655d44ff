/** RFC 8878; in Kafka since KIP-110. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Compression } from './compression.ts'
import { unfolded } from './zlib.ts'

export const zstd: Compression = {
  name: 'zstd',
  code: 4,
  compress: (bytes) => zstdCompressSync(bytes),
  decompress: (bytes, largest) => unfolded('zstd', largest, (options) => zstdDecompressSync(bytes, options)),
}
