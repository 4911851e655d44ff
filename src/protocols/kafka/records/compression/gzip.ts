/** RFC 1952. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Compression } from './compression.ts'
import { unfolded } from './zlib.ts'

export const gzip: Compression = {
  name: 'gzip',
  code: 1,
  compress: (bytes) => gzipSync(bytes),
  decompress: (bytes, largest) => unfolded('gzip', largest, (options) => gunzipSync(bytes, options)),
}
