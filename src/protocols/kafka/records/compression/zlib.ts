/** Runs what node:zlib has, with its errors in our words. */
import { MalformedRecords } from '../malformed.ts'

/** `work` gets options that bound what it makes. */
export const unfolded = (
  name: string,
  largest: number,
  work: (options: { maxOutputLength: number }) => Uint8Array,
): Uint8Array => {
  try {
    return work({ maxOutputLength: Math.max(1, largest) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new MalformedRecords(`${name}: more than ${largest} bytes come out`)
    }
    throw new MalformedRecords(`${name}: ${message}`)
  }
}
