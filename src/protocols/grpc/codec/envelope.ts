/**
 * The five bytes before each message (gRPC over HTTP/2, "Length-Prefixed-Message"; the same in gRPC-Web and in Connect's
 * streams): a byte of flags and the length, big-endian. Pure, and resumable at every byte.
 */

export const flags = {
  compressed: 0x01,
  /** Connect: the last envelope, whose payload is JSON. */
  endStream: 0x02,
  /** gRPC-Web: the last envelope, whose payload is trailers. */
  trailers: 0x80,
} as const

export interface Envelope {
  readonly flags: number
  readonly payload: Uint8Array
}

export const headBytes = 5

export const envelope = (payload: Uint8Array, flag = 0): Uint8Array => {
  const bytes = new Uint8Array(headBytes + payload.length)
  bytes[0] = flag
  new DataView(bytes.buffer).setUint32(1, payload.length)
  bytes.set(payload, headBytes)
  return bytes
}

/** A message longer than may be. */
export class MessageTooLarge extends Error {
  readonly bytes: number

  constructor(bytes: number, limit: number) {
    super(`a message of ${bytes} bytes is larger than limits.message (${limit} bytes)`)
    this.bytes = bytes
  }
}

/** Takes bytes in pieces of any size and gives whole envelopes. */
export class EnvelopeReader {
  private readonly limit: number
  private readonly head = new Uint8Array(headBytes)
  private headLength = 0
  private payload: Uint8Array | undefined
  private filled = 0

  /** `limit`: bytes of one payload at most. */
  constructor(limit: number) {
    this.limit = limit
  }

  /** Throws MessageTooLarge as soon as a head says so. `take` gets payloads that nobody else writes to. */
  push(chunk: Uint8Array, take: (envelope: Envelope) => void): void {
    let at = 0
    while (at < chunk.length) {
      if (this.payload === undefined) {
        at = this.readHead(chunk, at)
        if (this.headLength < headBytes) return
        const length = new DataView(this.head.buffer).getUint32(1)
        if (length > this.limit) throw new MessageTooLarge(length, this.limit)
        // A message that lies whole in one piece is not copied.
        if (chunk.length - at >= length) {
          this.headLength = 0
          const payload = chunk.subarray(at, at + length)
          at += length
          take({ flags: this.head[0]!, payload })
          continue
        }
        this.payload = new Uint8Array(length)
        this.filled = 0
      }
      const part = chunk.subarray(at, at + this.payload.length - this.filled)
      this.payload.set(part, this.filled)
      this.filled += part.length
      at += part.length
      if (this.filled < this.payload.length) return
      const { payload } = this
      this.payload = undefined
      this.headLength = 0
      take({ flags: this.head[0]!, payload })
    }
  }

  /** Bytes have come that are no whole envelope yet. */
  get inside(): boolean {
    return this.headLength > 0
  }

  private readHead(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + headBytes - this.headLength)
    this.head.set(part, this.headLength)
    this.headLength += part.length
    return at + part.length
  }
}

/** All envelopes of bytes that hold nothing else. */
export const envelopesIn = (bytes: Uint8Array): readonly Envelope[] => {
  const found: Envelope[] = []
  new EnvelopeReader(Number.POSITIVE_INFINITY).push(bytes, (one) => found.push(one))
  return found
}
