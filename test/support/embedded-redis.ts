/** Connections to an embedded cache and to a real server, which are asked the same and answer in bytes. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { realClock } from '../../src/core/clock.ts'
import { type CacheSurroundings, EmbeddedCache } from '../../src/protocols/redis/embedded/embedded-cache.ts'
import { ReplyScanner } from '../../src/protocols/redis/resp/reply-scanner.ts'
import { encodeCommand } from '../../src/protocols/redis/resp/value.ts'

export const embeddedCache = (surroundings: Partial<CacheSurroundings> = {}): EmbeddedCache =>
  new EmbeddedCache({ clock: realClock, now: Date.now, random: Math.random, ...surroundings })

export const connectTo = async (port: number): Promise<Duplex> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** One connection; replies are texts of one character a byte. */
export class Asking {
  readonly stream: Duplex
  private readonly scanner = new ReplyScanner()
  private readonly frames: string[] = []
  /** Of a frame that has not ended. */
  private part = ''
  private readonly waiting: ((frame: string) => void)[] = []

  constructor(stream: Duplex) {
    this.stream = stream
    stream.on('data', (chunk: Buffer) => this.read(chunk))
    stream.on('error', () => stream.destroy())
  }

  send(...args: readonly string[]): void {
    this.stream.write(encodeCommand(args.map((arg) => Buffer.from(arg, 'latin1'))))
  }

  /** The next reply, or push, as it came. */
  next(): Promise<string> {
    const frame = this.frames.shift()
    if (frame !== undefined) return Promise.resolve(frame)
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  ask(...args: readonly string[]): Promise<string> {
    this.send(...args)
    return this.next()
  }

  /** Replies that have come and that nobody has taken. */
  get unread(): number {
    return this.frames.length
  }

  private read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      const end = this.scanner.scan(chunk, at)
      this.part += chunk.toString('latin1', at, end < 0 ? chunk.length : end)
      if (end < 0) return
      at = end
      const frame = this.part
      this.part = ''
      const waiting = this.waiting.shift()
      if (waiting === undefined) this.frames.push(frame)
      else waiting(frame)
    }
  }
}
