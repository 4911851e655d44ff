/**
 * A stream of bytes -> messages: `int32 size`, then so many bytes (https://kafka.apache.org/protocol#protocol_common), one after the other, as somebody
 * asks for them. Resumable at every byte.
 *
 * A message that passes is given in pieces as its bytes come, so that it costs neither memory nor a copy, however large it is. Any other
 * is given whole: as a view of the chunk that holds it, or gathered in a buffer that grows up to its size, so that an announced size alone costs nothing.
 */
import { MalformedFrame } from './malformed.ts'

export const sizeBytes = 4
const firstBuffer = 64 * 1024
/** So much of a message that is cut is gathered before somebody is asked whether it passes: enough for its header. */
const beginningBytes = 4 * 1024
const empty = Buffer.alloc(0)

/**
 * Whether a message goes on as it is. `beginning`: without its size, all of it if `whole`. What isn't whole and doesn't pass is asked about
 * again when it is whole.
 */
export type Passes = (beginning: Buffer, whole: boolean) => boolean

export class MessageStream {
  /** Whether what `next` gave passes; else it is a whole message. */
  passing = false
  private readonly largest: number
  private readonly passes: Passes
  /** Chunks that came behind the present one. */
  private readonly later: Buffer[] = []
  private chunk: Buffer = empty
  /** Up to here the chunk is given or gathered. */
  private at = 0
  /** Bytes that are still to come of the message that passes. */
  private passLeft = 0
  /** What has come of the message that is gathered, its size included. */
  private gathered: Buffer = empty
  private filled = 0
  /** Bytes of that message with its size; 0: the size isn't whole yet. */
  private wanted = 0
  /** It doesn't pass before it is whole. */
  private gathers = false

  /** `largest`: bytes of a message at most, without its size. */
  constructor(largest: number, passes: Passes) {
    this.largest = largest
    this.passes = passes
  }

  /** Bytes that are gathered and not given yet. */
  get pending(): number {
    return this.filled
  }

  /** What was given last was the end of a message. */
  get between(): boolean {
    return this.passLeft === 0
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.at < this.chunk.length) this.later.push(bytes)
    else {
      this.chunk = bytes
      this.at = 0
    }
  }

  /** The chunk's memory is about to change, and what isn't given of it is copied. */
  ownRest(): void {
    if (this.at === this.chunk.length) this.chunk = empty
    else this.chunk = Buffer.from(this.chunk.subarray(this.at))
    this.at = 0
  }

  /**
   * A whole message with its size, or a piece of one that passes, its size in the first; undefined: more bytes must come.
   * Throws MalformedFrame, after which nothing can be read, and what `passes` throws.
   */
  next(): Buffer | undefined {
    while (this.at < this.chunk.length || this.turnOver()) {
      const given =
        this.passLeft > 0 ? this.rest() : this.filled === 0 ? this.inChunk() : this.inSeveralChunks()
      if (given !== undefined) return given
    }
    return undefined
  }

  private turnOver(): boolean {
    const chunk = this.later.shift()
    this.chunk = chunk ?? empty
    this.at = 0
    return chunk !== undefined
  }

  private rest(): Buffer {
    const { chunk, at } = this
    const end = Math.min(chunk.length, at + this.passLeft)
    this.passLeft -= end - at
    this.at = end
    return chunk.subarray(at, end)
  }

  /** A message that begins where the chunk is read. */
  private inChunk(): Buffer | undefined {
    const { chunk, at } = this
    const left = chunk.length - at
    if (left >= sizeBytes) {
      const size = this.sizeAt(chunk, at)
      if (left >= size) {
        this.at = at + size
        return this.given(chunk.subarray(at, at + size), size)
      }
      if (left >= beginningBytes) {
        if (this.passes(chunk.subarray(at + sizeBytes), false)) {
          this.at = chunk.length
          return this.begun(chunk.subarray(at), size)
        }
        this.gathers = true
      }
      this.wanted = size
    }
    this.gather()
    return undefined
  }

  private inSeveralChunks(): Buffer | undefined {
    this.gather()
    if (this.wanted === 0 && this.filled >= sizeBytes) this.wanted = this.sizeAt(this.gathered, 0)
    const { gathered, filled, wanted } = this
    if (wanted === 0 || filled < this.target()) return undefined
    const bytes = gathered.subarray(0, filled)
    if (filled === wanted) {
      this.forget()
      return this.given(bytes, wanted)
    }
    if (this.passes(bytes.subarray(sizeBytes), false)) {
      this.forget()
      return this.begun(bytes, wanted)
    }
    this.gathers = true
    return undefined
  }

  private given(message: Buffer, size: number): Buffer {
    this.passing = this.passes(message.subarray(sizeBytes, size), true)
    return message
  }

  private begun(piece: Buffer, size: number): Buffer {
    this.passing = true
    this.passLeft = size - piece.length
    return piece
  }

  private forget(): void {
    this.gathered = empty
    this.filled = 0
    this.wanted = 0
    this.gathers = false
  }

  /** How many bytes of the message are wanted next. */
  private target(): number {
    if (this.wanted === 0) return sizeBytes
    return this.gathers ? this.wanted : Math.min(this.wanted, beginningBytes)
  }

  /** Copies what belongs to it out of the chunk. */
  private gather(): void {
    const { chunk, at, filled } = this
    const target = this.target()
    const more = Math.min(target - filled, chunk.length - at)
    const needed = filled + more
    if (this.gathered.length < needed) {
      const room = Math.max(needed, Math.min(target, Math.max(4 * needed, firstBuffer)))
      const grown = Buffer.allocUnsafeSlow(room)
      this.gathered.copy(grown, 0, 0, filled)
      this.gathered = grown
    }
    chunk.copy(this.gathered, filled, at, at + more)
    this.filled = needed
    this.at = at + more
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
