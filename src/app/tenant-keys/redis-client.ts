/** A few questions to a Redis server, in RESP2 with keys as bytes, many on the way at once. */
import type { Duplex } from 'node:stream'
import { ReplyScanner } from '../../protocols/redis/resp/reply-scanner.ts'
import { decodeReply, encodeCommand, isError, type Resp } from '../../protocols/redis/resp/value.ts'

export type Command = readonly (string | Uint8Array)[]

/** What the server refuses, in its own words. */
export class RedisRefusal extends Error {}

const patienceMs = 30_000

export class RedisClient {
  private readonly socket: Duplex
  private readonly scanner = new ReplyScanner()
  private readonly waiting: {
    readonly resolve: (reply: Resp) => void
    readonly reject: (error: Error) => void
  }[] = []
  private pieces: Buffer[] = []
  private ended: Error | undefined
  private readonly timer: NodeJS.Timeout

  constructor(socket: Duplex) {
    this.socket = socket
    this.timer = setTimeout(() => this.end(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs)
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', (error) => this.end(error))
    socket.on('end', () => this.end(new Error('the server closed the connection')))
    socket.on('close', () => this.end(new Error('the connection was closed')))
  }

  /** Rejects with RedisRefusal for an error of the server, with another Error when the connection is over. */
  async ask(...command: Command): Promise<Resp> {
    const [reply] = await this.askAll([command])
    if (isError(reply!)) throw new RedisRefusal(reply!.text!.toString('latin1'))
    return reply!
  }

  /** The replies in the order of the commands; errors of the server are replies. */
  askAll(commands: readonly Command[]): Promise<readonly Resp[]> {
    if (this.ended !== undefined) return Promise.reject(this.ended)
    const replies = commands.map(
      () => new Promise<Resp>((resolve, reject) => void this.waiting.push({ resolve, reject })),
    )
    this.timer.refresh()
    this.socket.write(Buffer.concat(commands.map((command) => encodeCommand(command))))
    return Promise.all(replies)
  }

  close(): void {
    this.end(new Error('closed'))
  }

  private take(chunk: Buffer): void {
    this.timer.refresh()
    let at = 0
    try {
      while (at < chunk.length) {
        const end = this.scanner.scan(chunk, at)
        this.pieces.push(end < 0 ? chunk.subarray(at) : chunk.subarray(at, end))
        if (end < 0) return
        const frame = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces)
        this.pieces = []
        this.waiting.shift()?.resolve(decodeReply(frame))
        at = end
      }
    } catch (error) {
      this.end(error as Error)
    }
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return
    this.ended = error
    clearTimeout(this.timer)
    this.socket.destroy()
    for (const { reject } of this.waiting.splice(0)) reject(error)
  }
}

export const textOf = (reply: Resp | undefined): string => reply?.text?.toString('latin1') ?? ''
