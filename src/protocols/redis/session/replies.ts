/**
 * The way back: bytes of the server pass as they come, but for replies that somebody waits for, errors (they may name keys),
 * pushes and messages.
 */
import type { Duplex } from 'node:stream'
import type { Names } from '../names.ts'
import { BrokenReply, ReplyScanner } from '../resp/reply-scanner.ts'
import { decodeReply, encodeReply, isError, type Resp, types } from '../resp/value.ts'
import { monitorLine } from './monitor.ts'
import { OutBuffer, type Slab } from './out-buffer.ts'
import { ReplyQueue } from './reply-queue.ts'
import { isConfirmation, isMessage, Subscriptions } from './subscriptions.ts'

export interface RepliesHost {
  readonly names: Names
  /** An error of the server's for the client; the text without `-`. */
  redirected(text: string): string
  /** The last answer has been given. */
  last(): void
  /** The server does not speak RESP, or a reply of it cannot be read. */
  broken(error: Error): void
}

export class Replies {
  readonly queue = new ReplyQueue()
  readonly out: OutBuffer
  resp: 2 | 3 = 2
  /** Lines of MONITOR come between the replies. */
  monitoring = false
  private readonly host: RepliesHost
  private readonly scanner = new ReplyScanner()
  private subscribed: Subscriptions | undefined
  /** The frame that is being gathered; undefined: what comes passes. */
  private held: Buffer[] | undefined

  constructor(client: Duplex, slab: Slab, host: RepliesHost) {
    this.out = new OutBuffer(client, slab)
    this.host = host
  }

  /** Made on first use. */
  get subscriptions(): Subscriptions {
    this.subscribed ??= new Subscriptions()
    return this.subscribed
  }

  get subscriptionCount(): number {
    return this.subscribed?.size ?? 0
  }

  /** Whether a reply has begun that has not ended. */
  get within(): boolean {
    return this.scanner.within
  }

  /** An answer of our own, in its turn; `last`: then nothing more is answered. */
  local(bytes: Buffer, last = false, told?: () => void): void {
    this.queue.push({ kind: 'local', bytes, last, told })
    if (!this.scanner.within) this.locals()
  }

  reset(): void {
    this.resp = 2
    this.monitoring = false
    this.subscribed?.clear()
  }

  /** Takes a chunk of the server's. The caller writes. */
  feed(chunk: Buffer): void {
    try {
      this.take(chunk)
    } catch (error) {
      if (!(error instanceof BrokenReply) && !(error instanceof RangeError)) throw error
      this.host.broken(error)
    }
  }

  private take(chunk: Buffer): void {
    const { scanner, queue, out } = this
    const { length } = chunk
    let at = 0
    let from = 0
    while (at < length) {
      if (!scanner.within && this.gathers(chunk[at]!)) {
        if (from < at) out.pass(chunk, from, at)
        from = at
        this.held = []
      }
      const end = scanner.scan(chunk, at)
      if (this.held !== undefined) {
        const { held } = this
        from = end < 0 ? length : end
        held.push(chunk.subarray(at, from))
        if (end < 0) return
        this.held = undefined
        at = end
        this.gathered(held.length === 1 ? held[0]! : Buffer.concat(held))
        this.locals()
        continue
      }
      if (end < 0) break
      at = end
      queue.shift()
      const { head } = queue
      if (head !== undefined && typeof head !== 'number' && head.kind === 'local') {
        out.pass(chunk, from, at)
        from = at
        this.locals()
      }
    }
    if (from < length) out.pass(chunk, from, length)
  }

  private gathers(type: number): boolean {
    if (type === types.push || type === types.error || this.monitoring) return true
    if (typeof this.queue.head !== 'number') return true
    return this.subscribed !== undefined && this.subscribed.size > 0
  }

  private locals(): void {
    const { queue } = this
    for (;;) {
      const { head } = queue
      if (head === undefined || typeof head === 'number' || head.kind !== 'local') return
      this.out.add(head.bytes)
      queue.shift()
      head.told?.()
      if (head.last) this.host.last()
    }
  }

  private gathered(frame: Buffer): void {
    const reply = decodeReply(frame)
    const { queue } = this
    if (this.outOfTurn(reply)) return
    const { head } = queue
    if (head !== undefined) queue.shift()
    if (head === undefined || typeof head === 'number' || head.kind !== 'reply') {
      this.send(reply, frame)
      return
    }
    const answer = head.take(reply)
    if (answer === undefined) return
    if (answer === reply) this.send(reply, frame)
    else this.out.add(encodeReply(answer))
  }

  private send(reply: Resp, frame: Buffer): void {
    if (!isError(reply) || reply.text === undefined) {
      this.out.add(frame)
      return
    }
    const text = this.host.names.hide(reply.text)
    const told = this.host.redirected(text.toString('latin1'))
    this.out.add(encodeReply({ ...reply, text: Buffer.from(told, 'latin1') }))
  }

  /** Pushes, messages, confirmations and lines of MONITOR. */
  private outOfTurn(reply: Resp): boolean {
    const { names } = this.host
    if (
      this.monitoring &&
      reply.type === types.simple &&
      /^\d+\.\d+ \[/.test(reply.text!.toString('latin1', 0, 40))
    ) {
      const line = monitorLine(reply.text!, names)
      if (line !== undefined) this.out.add(encodeReply({ ...reply, text: line }))
      return true
    }
    if (reply.type !== types.push && reply.type !== types.array) return false
    const kind = reply.items?.[0]?.text?.toString('latin1') ?? ''
    const awaited = this.queue.head
    const confirming = typeof awaited === 'object' && awaited.kind === 'confirming' ? awaited : undefined
    const spoken = reply.type === types.push || this.subscriptionCount > 0 || awaited === undefined
    if (isConfirmation(kind) && (confirming !== undefined || spoken)) {
      if (confirming !== undefined && confirming.verb === kind) {
        if (confirming.left === 0) confirming.left = this.subscriptions.all(kind)
        if (--confirming.left === 0) this.queue.shift()
      }
      const confirmed = this.subscriptions.confirmed(reply, names)
      if (confirmed !== undefined) this.out.add(encodeReply(confirmed))
      return true
    }
    if (!spoken || !isMessage(kind)) {
      if (reply.type !== types.push) return false
      this.out.add(encodeReply(reply))
      return true
    }
    for (const message of this.subscriptions.message(reply, names)) this.out.add(encodeReply(message))
    return true
  }
}
