/**
 * Reads of a connection into memory that is used again. Node gives every read 64 kB of its own, which is garbage outside V8's heap as soon as it is written
 * on. What only passes needs no memory of its own: it is written before the next read, and the bytes never leave the processor's cache.
 *
 * Of a connection that was opened so (DialOptions.lent) `lentReads(socket)` gives the bytes. They stay as they are until the next read: whoever takes them
 * pauses the socket for as long as somebody still looks at them. To whoever listens to 'data' it is a socket like any other.
 */
import { type OnReadOpts, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** What Node reads at once. */
const ownBytes = 64 * 1024
/** For a connection whose last read was full. Twice as much saves nothing more, half of it costs a tenth. */
const largeBytes = 512 * 1024
/** Large memory that no connection uses now. */
const spare: Buffer[] = []
const mostSpare = 4

export class LentReads {
  /** As `net.connect` takes it. */
  readonly onread: OnReadOpts
  private readonly own = Buffer.allocUnsafeSlow(ownBytes)
  private memory: Buffer = this.own
  /** Large memory of the last read; looked at until the next. */
  private former: Buffer | undefined
  private full = false
  private socket: Socket | undefined
  private take: ((bytes: Buffer) => void) | undefined

  constructor() {
    this.onread = {
      buffer: () => this.next(),
      callback: (length, memory) => this.came(length, memory as Buffer),
    }
  }

  /** The socket that was opened with these reads. */
  of(socket: Socket): void {
    this.socket = socket
    bySocket.set(socket, this)
  }

  /** From now on, instead of 'data'. */
  each(take: (bytes: Buffer) => void): void {
    this.take = take
    const { socket } = this
    for (let held: unknown = socket!.read(); held !== null; held = socket!.read()) take(held as Buffer)
  }

  /** False: no more until somebody asks. */
  private came(length: number, memory: Buffer): boolean {
    if (this.former !== undefined && spare.length < mostSpare) spare.push(this.former)
    this.former = undefined
    this.full = length === memory.length
    const bytes = memory.subarray(0, length)
    if (this.take === undefined) return this.socket!.push(Buffer.from(bytes))
    this.take(bytes)
    return true
  }

  /** Where the next read goes. */
  private next(): Buffer {
    const { own, memory, full } = this
    if (full && memory === own) this.memory = spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes)
    else if (!full && memory !== own) {
      this.former = memory
      this.memory = own
    }
    return this.memory
  }
}

const bySocket = new WeakMap<Duplex, LentReads>()

/** undefined: it reads as streams do. */
export const lentReads = (socket: Duplex): LentReads | undefined => bySocket.get(socket)

/** Whether nothing that was written to it is still looked at, once its `writableLength` is 0: a plain connection has given it to the system. */
export const writesAtOnce = (to: Duplex): boolean => to instanceof Socket && !(to instanceof TLSSocket)
