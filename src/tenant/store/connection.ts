/** One connection to the Redis that holds routes. Replies come in the order of commands; messages of a subscription between. */
import type { Duplex } from 'node:stream'
import { encodeCommand, RedisError, type RedisReply, ReplyParser } from './resp.ts'

interface Waiting {
  resolve(reply: RedisReply): void
  reject(error: Error): void
}

const patienceMs = 5_000

export class RedisConnection {
  private readonly socket: Duplex
  private readonly parser = new ReplyParser()
  private readonly waiting: Waiting[] = []
  private timer: NodeJS.Timeout | undefined
  private ended: Error | undefined
  /** Resolves when the connection is over, with the reason. */
  readonly over: Promise<Error>

  /** `message`: of a channel that was subscribed to. */
  constructor(socket: Duplex, message: (text: string) => void = () => undefined) {
    this.socket = socket
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.over = promise
    const end = (error: Error): void => {
      if (this.ended !== undefined) return
      this.ended = error
      clearTimeout(this.timer)
      socket.destroy()
      for (const one of this.waiting.splice(0)) one.reject(error)
      resolve(error)
    }
    socket.on('error', end)
    socket.on('close', () => end(new Error('the connection was closed')))
    socket.on('end', () => end(new Error('the server closed the connection')))
    socket.on('data', (chunk: Uint8Array) => {
      try {
        for (const reply of this.parser.push(chunk)) this.take(reply, message)
      } catch (error) {
        end(error as Error)
      }
    })
    this.end = end
  }

  private readonly end: (error: Error) => void

  /** Rejects with RedisError for what the server refuses, with another Error when the connection is over. */
  ask(...args: readonly string[]): Promise<RedisReply> {
    if (this.ended !== undefined) return Promise.reject(this.ended)
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.timer ??= setTimeout(() => this.end(new Error('no answer within 5 s')), patienceMs).unref()
      this.socket.write(encodeCommand(args))
    })
  }

  close(): void {
    this.end(new Error('closed'))
  }

  private take(reply: RedisReply, message: (text: string) => void): void {
    if (Array.isArray(reply) && reply[0] === 'message') {
      message(String(reply[2]))
      return
    }
    const asked = this.waiting.shift()
    if (this.waiting.length === 0) {
      clearTimeout(this.timer)
      this.timer = undefined
    } else this.timer?.refresh()
    if (reply instanceof RedisError) asked?.reject(reply)
    else asked?.resolve(reply)
  }
}
