/** As they are. */
import type { Compression } from './compression.ts'

export const none: Compression = {
  name: 'none',
  code: 0,
  compress: (bytes) => bytes,
  decompress: (bytes) => bytes,
}
