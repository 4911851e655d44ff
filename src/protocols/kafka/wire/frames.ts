/** A stream of bytes -> whole messages, for who needs all of each. */
import { MessageStream, sizeBytes } from './message-stream.ts'

export class Frames {
  private readonly stream: MessageStream

  /** `largest`: bytes of a message at most, without its size. */
  constructor(largest: number) {
    this.stream = new MessageStream(largest, () => false)
  }

  /** Bytes that no whole message was made of yet. */
  get pending(): number {
    return this.stream.pending
  }

  /** The messages that are whole now, without their sizes. Throws MalformedFrame, after which nothing can be read. */
  push(chunk: Uint8Array): Buffer[] {
    const { stream } = this
    const frames: Buffer[] = []
    stream.push(chunk)
    for (let message = stream.next(); message !== undefined; message = stream.next())
      frames.push(message.subarray(sizeBytes))
    return frames
  }
}
