/**
 * The request head as the client sent it. undici pools connections and parses replies, but it writes heads in
 * its own order and case, Host first; a proxy must not. So the head travels beside undici's: on the wrapped
 * socket undici's head, told by a path that is a marker, is replaced by the prepared one. Everything after it
 * (the body's framing) stays undici's, and trailers are put into its last chunk.
 */
import type { Duplex } from 'node:stream'
import type { Metadata } from '../../../core/metadata.ts'
import { UnaskedContinue } from './unasked-continue.ts'

/** Stands before the head's number in the path that undici is given; it never reaches the wire. */
const marker = '/svcm-prepared-head-'

export interface PreparedHead {
  /** Request line and header lines, each with CRLF, without the empty line. */
  readonly text: string
  /** Whether the head announces a chunked body. */
  readonly chunked: boolean
  /** Filled in when the client's body has ended; raw pairs. */
  trailers: Metadata
}

/** Heads that wait for their connection. */
export class PreparedHeads {
  private readonly waiting = new Map<number, PreparedHead>()
  private last = 0

  /** Returns its number. */
  add(head: PreparedHead): number {
    const number = ++this.last
    this.waiting.set(number, head)
    return number
  }

  /** The path under which undici is asked to send it. */
  path(number: number): string {
    return marker + number
  }

  /** Each is sent once, or not at all. */
  remove(number: number): void {
    this.waiting.delete(number)
  }

  private take(number: number): PreparedHead {
    const head = this.waiting.get(number)
    if (head === undefined) throw new Error('a request head was not prepared')
    this.waiting.delete(number)
    return head
  }

  /** Wraps a fresh upstream connection. */
  attach(socket: Duplex): void {
    const unasked = new UnaskedContinue()
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null
    socket.read = (size) => {
      const chunk = read(size)
      return chunk === null ? null : unasked.pass(chunk)
    }
    const write = socket.write.bind(socket) as (chunk: unknown, ...rest: unknown[]) => boolean
    let current: PreparedHead | undefined
    const replaced = (chunk: unknown, ...rest: unknown[]): boolean => {
      if (typeof chunk !== 'string') return write(chunk, ...rest)
      const at = chunk.indexOf(marker)
      if (at >= 0) {
        const start = at + marker.length
        unasked.expect()
        current = this.take(Number(chunk.slice(start, chunk.indexOf(' ', start))))
        return write(current.text + endOfHead(chunk, current), 'latin1')
      }
      if (chunk === lastChunk && current !== undefined && current.trailers.length > 0) {
        return write(`\r\n0\r\n${lines(current.trailers)}\r\n`, 'latin1')
      }
      return write(chunk, ...rest)
    }
    socket.write = replaced as typeof socket.write
  }
}

/** How undici ends a chunked body (client-h1.js, AsyncWriter.end). */
const lastChunk = '\r\n0\r\n\r\n'

/**
 * undici ends the head of a chunked body without the empty line, which the first chunk brings; a body that
 * turned out empty it sends without any framing, which the client's own `chunked` would contradict.
 */
const endOfHead = (chunk: string, head: PreparedHead): string => {
  if (chunk.endsWith('transfer-encoding: chunked\r\n')) return ''
  return head.chunked ? `${lastChunk.slice(0, 5)}${lines(head.trailers)}\r\n` : '\r\n'
}

export const lines = (pairs: Metadata): string => {
  let text = ''
  for (let i = 0; i < pairs.length; i += 2) text += `${pairs[i]}: ${pairs[i + 1]}\r\n`
  return text
}
