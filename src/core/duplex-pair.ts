/**
 * Two ends of a connection inside this process: what is written to one is read from the other, with back-pressure,
 * half-closing, and an end where the other side is destroyed, as sockets have it. For servers that are embedded.
 *
 * Written chunks are handed over as they are, in the next tick and all at once: neither side runs inside the other's write.
 */
import { Duplex } from 'node:stream'

type Written = (error?: Error | null) => void

class End extends Duplex {
  other!: End
  /** Written by the other side, not handed over yet. */
  private arriving: Uint8Array[] = []
  private ending = false
  private scheduled = false
  /** The other side's write, which waits until this one reads on. */
  private waiting: Written | undefined

  constructor(allowHalfOpen: boolean) {
    super({ allowHalfOpen })
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, written: Written): void {
    this.other.arrive(chunk, written)
  }

  override _writev(chunks: { chunk: Uint8Array }[], written: Written): void {
    const last = chunks.length - 1
    for (let i = 0; i < last; i++) this.other.arrive(chunks[i]!.chunk, undefined)
    this.other.arrive(chunks[last]!.chunk, written)
  }

  override _final(written: Written): void {
    this.other.arriveEnd()
    written()
  }

  override _read(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { waiting } = this
    this.waiting = undefined
    this.arriving = []
    waiting?.()
    // As with a socket: the other side reads what was sent, then the end, and can send no more.
    this.other.allowHalfOpen = false
    this.other.arriveEnd()
    done(error)
  }

  private arrive(chunk: Uint8Array, written: Written | undefined): void {
    // A peer that has gone takes everything and answers nothing.
    if (this.destroyed) {
      written?.()
      return
    }
    this.arriving.push(chunk)
    if (written !== undefined) this.waiting = written
    this.schedule()
  }

  private arriveEnd(): void {
    if (this.ending || this.destroyed) return
    this.ending = true
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    process.nextTick(() => this.handOver())
  }

  private handOver(): void {
    this.scheduled = false
    if (this.destroyed) return
    const { arriving } = this
    this.arriving = []
    let open = true
    for (const chunk of arriving) open = this.push(chunk)
    if (open) this._read()
    if (this.ending && this.arriving.length === 0) this.push(null)
  }
}

/** `allowHalfOpen`: whether an end may still write when the other has said its last; false: then it is at its end, too. */
export const duplexPair = (allowHalfOpen = true): readonly [Duplex, Duplex] => {
  const [one, two] = [new End(allowHalfOpen), new End(allowHalfOpen)]
  one.other = two
  two.other = one
  return [one, two]
}
