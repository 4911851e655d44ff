/** Undoes `content-encoding` with what a browser has: gzip and deflate. */
import type { Decoded } from '../core/body.ts'
import { joinBytes } from '../core/bytes.ts'

const formats: Readonly<Record<string, CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
}

/** `coding`: the header's list, the last one was put on last. `limit`: bytes that may come out. */
export const undoCoding = async (
  bytes: Uint8Array,
  coding: string,
  limit: number,
): Promise<Decoded<Uint8Array>> => {
  let plain = bytes
  for (const name of coding.split(',').reverse()) {
    const known = name.trim().toLowerCase()
    if (known === 'identity' || known === '') continue
    const format = Object.hasOwn(formats, known) ? formats[known] : undefined
    if (format === undefined) return { ok: false, problem: `the content-encoding ${known} is not known` }
    try {
      const inflated = await inflate(plain, format, limit)
      if (inflated === undefined)
        return { ok: false, problem: `the body is larger than limits.body: ${limit} bytes` }
      plain = inflated
    } catch {
      return { ok: false, problem: `the body is not valid ${known}` }
    }
  }
  return { ok: true, value: plain }
}

/** undefined: more than `limit`. */
const inflate = async (
  bytes: Uint8Array,
  format: CompressionFormat,
  limit: number,
): Promise<Uint8Array | undefined> => {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream(format))
  const parts: Uint8Array[] = []
  let size = 0
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) return joinBytes(parts)
    size += value.length
    if (size > limit) {
      void reader.cancel()
      return undefined
    }
    parts.push(value)
  }
}
