/**
 * What can be read of bytes in which known values are looked for: as UTF-8, as UTF-16, as GB 18030, and the members of
 * an archive.
 */
import { isUtf8 } from 'node:buffer'
import { inflateRawSync } from 'node:zlib'

/** More of an archive is not unpacked. */
const unpackedAtMost = 32 * 1024 * 1024

/** Thrown by what holds more than can be looked through: it may hold anything. */
export class Unsearchable extends Error {}

export function* readableTexts(bytes: Uint8Array): Generator<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  yield buffer.toString('utf8')
  if (isUtf8(bytes) && !bytes.includes(0)) return
  // Text may begin at any byte.
  for (const shift of [0, 1]) {
    const even = Buffer.from(buffer.subarray(shift, buffer.length - ((buffer.length - shift) % 2)))
    yield even.toString('utf16le')
    yield even.swap16().toString('utf16le')
  }
  yield new TextDecoder('gb18030').decode(bytes)
  for (const member of zipMembers(buffer)) yield* readableTexts(member)
}

/** Of ZIP (APPNOTE 4.3.7), and so of office documents and of jar files: what its local headers say, deflated. */
function* zipMembers(archive: Buffer): Generator<Uint8Array> {
  let left = unpackedAtMost
  for (let at = archive.indexOf('PK\x03\x04'); at >= 0; at = archive.indexOf('PK\x03\x04', at + 4)) {
    if (at + 30 > archive.length || archive.readUInt16LE(at + 8) !== 8) continue
    const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28)
    if (start >= archive.length) continue
    if (left <= 0) throw new Unsearchable()
    try {
      const member = inflateRawSync(archive.subarray(start), { maxOutputLength: left })
      left -= member.length
      yield member
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Unsearchable()
      // No member after all, but bytes that look like the beginning of one.
    }
  }
}
