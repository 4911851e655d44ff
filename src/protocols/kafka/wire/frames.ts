/**
 * A stream of bytes -> messages: `int32 size`, then so many bytes (https://kafka.apache.org/protocol#protocol_common). Resumable at every
 * byte. A message that came in one chunk is a view of it; one that came in several is gathered in a buffer that doubles up to
 * its size, so that an announced size alone costs nothing.
 */
import { MalformedFrame } from './malformed.ts'

const sizeBytes = 4
const firstBuffer = 64 * 1024
const empty = Buffer.alloc(0)

export class Frames {
  private readonly largest: number
  /** What has come of the message that is being read, its size included. */
  private gathered: Buffer = empty
  private filled = 0
  /** Bytes of the message with its size; 0: the size isn't whole yet. */
  private wanted = 0

  /** `largest`: bytes of a message at most, without its size. */
  constructor(largest: number) {
    this.largest = largest
  }

  /** Bytes that no whole message was made of yet. */
  get pending(): number {
    return this.filled
  }

  /** The messages that are whole now, without their sizes. Throws MalformedFrame, after which nothing can be read. */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const frames: Buffer[] = []
    let at = 0
    while (this.filled > 0 && at < bytes.length) {
      at = this.gather(bytes, at)
      if (this.wanted === 0 && this.filled >= sizeBytes) this.wanted = this.sizeAt(this.gathered, 0)
      if (this.wanted > 0 && this.filled === this.wanted) {
        frames.push(this.gathered.subarray(sizeBytes, this.wanted))
        this.gathered = empty
        this.filled = 0
        this.wanted = 0
      }
    }
    while (bytes.length - at >= sizeBytes) {
      const size = this.sizeAt(bytes, at)
      if (at + size > bytes.length) break
      frames.push(bytes.subarray(at + sizeBytes, at + size))
      at += size
    }
    if (at < bytes.length) {
      this.wanted = bytes.length - at >= sizeBytes ? this.sizeAt(bytes, at) : 0
      this.gather(bytes, at)
    }
    return frames
  }

  /** Copies what belongs to the message and gives where the rest begins. */
  private gather(bytes: Buffer, at: number): number {
    const want = this.wanted === 0 ? sizeBytes : this.wanted
    const more = Math.min(want - this.filled, bytes.length - at)
    const needed = this.filled + more
    if (this.gathered.length < needed) {
      const room = Math.max(needed, Math.min(want, Math.max(2 * this.filled, firstBuffer)))
      const grown = Buffer.allocUnsafeSlow(room)
      this.gathered.copy(grown, 0, 0, this.filled)
      this.gathered = grown
    }
    bytes.copy(this.gathered, this.filled, at, at + more)
    this.filled = needed
    return at + more
  }

  /** With the four bytes of the size itself. */
  private sizeAt(bytes: Buffer, at: number): number {
    const size = bytes.readInt32BE(at)
    if (size >= 0 && size <= this.largest) return size + sizeBytes
    const seems = speakerOf(bytes, at)
    throw new MalformedFrame(
      seems === undefined
        ? `a message of ${size} bytes is announced, where 0 to ${this.largest} are allowed`
        : `these bytes are ${seems}, not Kafka`,
    )
  }
}

/** What most often arrives at the wrong port. */
const speakerOf = (bytes: Buffer, at: number): string | undefined => {
  if (bytes[at] === 0x16 && bytes[at + 1] === 3) return 'a TLS handshake'
  const word = bytes.toString('latin1', at, at + sizeBytes)
  return /^(GET |POST|PUT |HEAD|DELE|OPTI|PATC|CONN|PRI |HTTP)$/.test(word) ? 'HTTP' : undefined
}
