/**
 * Two ends of a connection in memory that behave like sockets: bytes arrive later, never within the write that sent them, back-pressure
 * passes, and who goes is seen at the other end. (`stream.duplexPair` delivers at once, so that a reader's mistake is thrown at the writer.)
 */
import { Duplex } from 'node:stream'

class End extends Duplex {
  private other: End | undefined
  /** Lets the other end's write be over, when there is room again. */
  private roomFor: (() => void) | undefined
  private finished = false

  constructor() {
    // As a server's socket: when the other end has said its last, so have we.
    super({ allowHalfOpen: false })
  }

  join(other: End): void {
    this.other = other
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    process.nextTick(() => this.other!.receive(chunk, done))
  }

  override _final(done: () => void): void {
    process.nextTick(() => {
      this.other!.finish()
      done()
    })
  }

  override _read(): void {
    const { roomFor } = this
    this.roomFor = undefined
    roomFor?.()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read()
    process.nextTick(() => this.other!.finish())
    done(error)
  }

  private receive(chunk: Buffer, done: () => void): void {
    // What nobody reads any more is lost, as on a wire.
    if (this.destroyed || this.finished || this.push(chunk)) done()
    else this.roomFor = done
  }

  private finish(): void {
    if (this.destroyed || this.finished) return
    this.finished = true
    this.push(null)
  }
}

/** What is written to one can be read from the other. */
export const pair = (): readonly [Duplex, Duplex] => {
  const [one, two] = [new End(), new End()]
  one.join(two)
  two.join(one)
  return [one, two]
}
