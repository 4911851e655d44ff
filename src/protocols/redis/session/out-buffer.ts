/**
 * What goes out on one side in one turn, as one write. Small pieces are gathered in a slab; long ones, and a chunk of which
 * nothing was changed, are written as they came.
 */
import type { Duplex } from 'node:stream'

const slabBytes = 64 * 1024
/** A longer piece costs more to copy than to write by itself. */
const copyAtMost = 4 * 1024
/** A shorter one is copied byte by byte faster than by a call. */
const loopAtMost = 48

/**
 * Where small pieces are gathered, for all sessions: each fills and writes within one turn. Written bytes are never
 * touched again; a slab that is full is left to those who still write it.
 */
export class Slab {
  bytes: Buffer = none
  used = 0

  room(length: number): void {
    if (this.used + length <= this.bytes.length) return
    this.bytes = Buffer.allocUnsafeSlow(Math.max(slabBytes, length))
    this.used = 0
  }
}

export class OutBuffer {
  private readonly socket: Duplex
  private readonly shared: Slab
  private slab: Buffer = none
  /** Gathered, not yet among the parts: slab[from, at). */
  private from = 0
  private at = 0
  private parts: Buffer[] = []
  /** A run of one chunk that has not been copied: run[runFrom, runTo). */
  private run: Buffer = none
  private runFrom = 0
  private runTo = 0

  constructor(socket: Duplex, shared: Slab) {
    this.socket = socket
    this.shared = shared
  }

  /** Bytes that are not changed until they are written. */
  pass(bytes: Buffer, from: number, to: number): void {
    if (from === to) return
    if (this.runTo === from && this.run === bytes) {
      this.runTo = to
      return
    }
    this.settle()
    this.run = bytes
    this.runFrom = from
    this.runTo = to
  }

  /** Bytes that may be looked at only now. */
  add(bytes: Buffer): void {
    this.settle()
    this.copy(bytes, 0, bytes.length)
  }

  /** `$<length>\r\n` and the prefix, of a bulk string whose other bytes follow. */
  head(length: number, prefix: Buffer): void {
    this.settle()
    this.room(16 + prefix.length)
    const { slab } = this
    let at = this.at
    slab[at++] = 36
    if (length < 10) slab[at++] = 48 + length
    else if (length < 100) {
      slab[at++] = 48 + ((length / 10) | 0)
      slab[at++] = 48 + (length % 10)
    } else at += slab.write(String(length), at, 'latin1')
    slab[at++] = 13
    slab[at++] = 10
    for (let i = 0; i < prefix.length; i++) slab[at++] = prefix[i]!
    this.at = at
  }

  /** Writes; false: wait for `drain`. */
  flush(): boolean {
    const { parts, socket } = this
    if (this.from === this.at && parts.length === 0) {
      if (this.runTo === this.runFrom) return true
      const { run, runFrom, runTo } = this
      this.forget()
      return socket.write(runFrom === 0 && runTo === run.length ? run : run.subarray(runFrom, runTo))
    }
    this.settle()
    this.cut()
    this.parts = []
    this.release()
    if (parts.length === 1) return socket.write(parts[0]!)
    socket.cork()
    let open = true
    for (const part of parts) open = socket.write(part)
    socket.uncork()
    return open
  }

  private settle(): void {
    const { run, runFrom, runTo } = this
    if (runFrom === runTo) return
    this.forget()
    this.copy(run, runFrom, runTo)
  }

  private forget(): void {
    this.run = none
    this.runFrom = 0
    this.runTo = 0
  }

  private copy(bytes: Buffer, from: number, to: number): void {
    const length = to - from
    if (length > copyAtMost) {
      this.cut()
      this.parts.push(bytes.subarray(from, to))
      return
    }
    this.room(length)
    const { slab } = this
    let at = this.at
    if (length <= loopAtMost) for (let i = from; i < to; i++) slab[at++] = bytes[i]!
    else {
      bytes.copy(slab, at, from, to)
      at += length
    }
    this.at = at
  }

  private room(length: number): void {
    const { shared } = this
    if (this.slab !== none) {
      if (this.at + length <= this.slab.length) return
      this.cut()
      shared.used = this.at
    }
    shared.room(length)
    this.slab = shared.bytes
    this.from = shared.used
    this.at = shared.used
  }

  /** The next session's turn; an idle connection holds no slab. */
  private release(): void {
    if (this.slab !== none) this.shared.used = this.at
    this.slab = none
    this.from = 0
    this.at = 0
  }

  private cut(): void {
    if (this.from === this.at) return
    this.parts.push(this.slab.subarray(this.from, this.at))
    this.from = this.at
  }
}

const none: Buffer = Buffer.alloc(0)
