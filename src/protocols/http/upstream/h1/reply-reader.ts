/** Bytes of an upstream as replies, one for each request. */
import { Chunks, maxHeadBytes } from './chunks.ts'
import { BadReply } from './fields.ts'
import { parseReplyHead, type ReplyHead } from './reply-head.ts'

/** Told what a reply says, as it comes. */
export interface ReplyEvents {
  /** 1xx but 101; any number of them. */
  interim(head: ReplyHead): void
  /** Once. */
  head(head: ReplyHead): void
  data(piece: Buffer): void
  end(trailers: readonly string[]): void
  /** 101: what follows is of another protocol. `rest`: bytes of it that have come. */
  upgraded(head: ReplyHead, rest: Buffer): void
}

export class ReplyReader {
  private method = ''
  private upgrade = false
  private events: ReplyEvents | undefined
  /** Of a head that has not come whole. */
  private held: Buffer | undefined
  /** Of the body; undefined: the head is read. */
  private left: number | 'close' | Chunks | undefined

  /** A request has been sent; its reply comes next. */
  expect(method: string, upgrade: boolean, events: ReplyEvents): void {
    this.method = method
    this.upgrade = upgrade
    this.events = events
  }

  /** Nothing has come of the reply yet. */
  get untouched(): boolean {
    return this.left === undefined && this.held === undefined
  }

  /** False when more has come than was asked for. Throws BadReply. */
  read(bytes: Buffer): boolean {
    let at = 0
    while (at < bytes.length) {
      if (this.events === undefined) return false
      if (this.left === undefined) {
        if (this.held !== undefined) {
          const whole = Buffer.concat([this.held, bytes.subarray(at)])
          this.held = undefined
          return this.read(whole)
        }
        at = this.readHead(bytes, at)
      } else at = this.readBody(bytes, at, this.left)
    }
    return true
  }

  /** The connection has ended. False: before the reply had. */
  close(): boolean {
    if (this.left === 'close') this.ended([])
    return this.events === undefined
  }

  private readHead(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('\r\n\r\n', at, 'latin1')
    if ((end < 0 ? bytes.length : end) - at > maxHeadBytes)
      throw new BadReply(`its head has more than ${maxHeadBytes / 1024} KB`)
    if (end < 0) {
      refuseOther(bytes, at)
      this.held = at === 0 ? bytes : bytes.subarray(at)
      return bytes.length
    }
    const head = parseReplyHead(bytes.toString('latin1', at, end), this.method)
    const rest = end + 4
    if (head.status === 101) {
      const { events } = this
      if (!this.upgrade) throw new BadReply('it switched to another protocol, which nobody had asked for')
      this.events = undefined
      events!.upgraded(head, bytes.subarray(rest))
      return bytes.length
    }
    if (head.status < 200) {
      this.events!.interim(head)
      return rest
    }
    this.left = head.framing === 'chunked' ? new Chunks() : head.framing
    this.events!.head(head)
    if (this.left === 0) this.ended([])
    return rest
  }

  private readBody(bytes: Buffer, at: number, left: number | 'close' | Chunks): number {
    const events = this.events!
    if (left instanceof Chunks) {
      const stop = left.read(bytes, at, (piece) => events.data(piece))
      if (left.done) this.ended(left.trailers)
      return stop
    }
    const stop = left === 'close' ? bytes.length : Math.min(at + left, bytes.length)
    events.data(at === 0 && stop === bytes.length ? bytes : bytes.subarray(at, stop))
    if (left !== 'close') {
      this.left = left - (stop - at)
      if (this.left === 0) this.ended([])
    }
    return stop
  }

  private ended(trailers: readonly string[]): void {
    const { events } = this
    this.left = undefined
    this.events = undefined
    events!.end(trailers)
  }
}

/** Another protocol is told by its first bytes: its sender may wait for us for ever. */
const refuseOther = (bytes: Buffer, at: number): void => {
  const begin = bytes.toString('latin1', at, Math.min(at + 7, bytes.length))
  if (!'HTTP/1.'.startsWith(begin))
    throw new BadReply(`it sent ${JSON.stringify(begin)}, which is no HTTP/1.1`)
}
