/**
 * What clients send: commands as arrays of bulk strings, or inline (https://redis.io/docs/latest/develop/reference/protocol-spec).
 * Resumable at every byte. Nothing is copied while a chunk holds whole commands; what is cut is gathered in a buffer that
 * doubles, so a declared length alone costs nothing. Read the way the server reads, leniencies included, so that the
 * two never take the same bytes for different commands.
 */
import { splitInline } from './inline.ts'

/** Bytes of a line at most (PROTO_INLINE_MAX_SIZE). */
const maxInline = 64 * 1024
/** A bulk string at most (the default of proto-max-bulk-len). */
const maxBulk = 512 * 1024 * 1024
/** Longer than any length that is allowed. */
const maxHeader = 32
const CR = 13
const LF = 10
const ASTERISK = 42
const DOLLAR = 36

export type Parsed = 'command' | 'more' | 'error'

export class RequestParser {
  /** Where the command stands: its raw bytes are `source[from, to)`. */
  source: Buffer = empty
  from = 0
  to = 0
  argc = 0
  /** Where argument i begins and ends in `source`. */
  starts = new Int32Array(16)
  ends = new Int32Array(16)
  /** In the server's words, without `-ERR`; set once, after which nothing is parsed. */
  error = ''

  private buffer: Buffer = empty
  /** Bytes of `buffer` that are filled. */
  private end = 0
  /** Whether `buffer` is ours to append to. */
  private own = false
  private begin = 0
  private pos = 0
  /** Arguments announced; -1: the header has not been read. */
  private expected = -1
  /** Length of the argument that is being read; -1: not known. */
  private bulk = -1
  private read = 0

  /** Bytes that no command was made of yet. */
  get pending(): number {
    return this.end - this.begin
  }

  feed(chunk: Buffer): void {
    const left = this.end - this.begin
    if (left === 0) {
      this.buffer = chunk
      this.own = false
      this.begin = 0
      this.end = chunk.length
      this.pos = 0
      return
    }
    if (!this.own || this.end + chunk.length > this.buffer.length) this.grow(left, chunk.length)
    chunk.copy(this.buffer, this.end)
    this.end += chunk.length
  }

  private grow(left: number, more: number): void {
    const grown = Buffer.allocUnsafe(Math.max(2 * left, left + more, 512))
    this.buffer.copy(grown, 0, this.begin, this.end)
    const shift = this.begin
    for (let i = 0; i < this.read; i++) {
      this.starts[i] = this.starts[i]! - shift
      this.ends[i] = this.ends[i]! - shift
    }
    this.buffer = grown
    this.own = true
    this.pos -= shift
    this.begin = 0
    this.end = left
  }

  next(): Parsed {
    if (this.error !== '') return 'error'
    for (;;) {
      if (this.expected < 0) {
        if (this.begin >= this.end) return this.release()
        if (this.buffer[this.begin] !== ASTERISK) {
          const parsed = this.inline()
          if (parsed !== undefined) return parsed
          continue
        }
        this.pos = this.begin + 1
        const count = this.number('mbulk count', 'multibulk length')
        if (count === undefined) return this.error === '' ? 'more' : 'error'
        if (count > 0x7fffffff) return this.fail('invalid multibulk length')
        if (count <= 0) {
          this.begin = this.pos
          continue
        }
        this.expected = count
        this.read = 0
        this.bulk = -1
      }
      return this.bulks()
    }
  }

  private release(): Parsed {
    this.buffer = empty
    this.own = false
    this.begin = 0
    this.end = 0
    this.pos = 0
    return 'more'
  }

  private bulks(): Parsed {
    const { buffer, end } = this
    while (this.read < this.expected) {
      if (this.bulk < 0) {
        if (this.pos >= end) return 'more'
        const c = buffer[this.pos]!
        if (c !== DOLLAR) return this.fail(`expected '$', got '${String.fromCharCode(c)}'`)
        const line = this.pos
        this.pos++
        const length = this.number('bulk count', 'bulk length')
        if (length === undefined) {
          this.pos = line
          return this.error === '' ? 'more' : 'error'
        }
        if (length < 0 || length > maxBulk) return this.fail('invalid bulk length')
        this.bulk = length
      }
      const stop = this.pos + this.bulk
      if (stop + 2 > end) return 'more'
      if (this.read === this.starts.length) this.widen()
      this.starts[this.read] = this.pos
      this.ends[this.read] = stop
      this.read++
      this.pos = stop + 2
      this.bulk = -1
    }
    this.source = buffer
    this.from = this.begin
    this.to = this.pos
    this.argc = this.expected
    this.begin = this.pos
    this.expected = -1
    return 'command'
  }

  private widen(): void {
    const { starts, ends } = this
    this.starts = new Int32Array(starts.length * 2)
    this.ends = new Int32Array(ends.length * 2)
    this.starts.set(starts)
    this.ends.set(ends)
  }

  /** A number up to CR, of which the server takes two bytes for the end of the line; undefined: not all there, or `error`. */
  private number(what: string, invalid: string): number | undefined {
    const { buffer, end } = this
    let at = this.pos
    let c = at < end ? buffer[at]! : -1
    const negative = c === 45
    if (negative) c = ++at < end ? buffer[at]! : -1
    const first = at
    let value = 0
    let valid = true
    while (c >= 0 && c !== CR) {
      if (c < 48 || c > 57) valid = false
      value = value * 10 + (c - 48)
      c = ++at < end ? buffer[at]! : -1
      if (at - this.pos > maxHeader) {
        this.fail(c === CR ? `invalid ${invalid}` : `too big ${what} string`)
        return undefined
      }
    }
    if (at + 1 >= end) return undefined
    const digits = at - first
    if (!valid || digits === 0 || ((digits > 1 || negative) && buffer[first] === 48)) {
      this.fail(`invalid ${invalid}`)
      return undefined
    }
    this.pos = at + 2
    return negative ? -value : value
  }

  /** undefined: an empty line, which is skipped. */
  private inline(): Parsed | undefined {
    const { buffer, begin, end } = this
    const newline = buffer.indexOf(LF, Math.max(begin, this.pos))
    if (newline < 0 || newline >= end) {
      if (end - begin > maxInline) return this.fail('too big inline request')
      this.pos = end
      return 'more'
    }
    const stop = newline > begin && buffer[newline - 1] === CR ? newline - 1 : newline
    const args = splitInline(buffer.subarray(begin, stop))
    this.begin = newline + 1
    this.pos = this.begin
    if (args === undefined) return this.fail('unbalanced quotes in request')
    if (args.length === 0) return undefined
    this.rewritten(args)
    return 'command'
  }

  /** An inline command in the form of the others. */
  private rewritten(args: readonly Buffer[]): void {
    const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)]
    let at = parts[0]!.length
    while (args.length > this.starts.length) this.widen()
    args.forEach((arg, i) => {
      const head = Buffer.from(`$${arg.length}\r\n`)
      this.starts[i] = at + head.length
      this.ends[i] = at + head.length + arg.length
      at += head.length + arg.length + 2
      parts.push(head, arg, crlf)
    })
    this.source = Buffer.concat(parts)
    this.from = 0
    this.to = at
    this.argc = args.length
  }

  private fail(error: string): 'error' {
    this.error = `Protocol error: ${error}`
    return 'error'
  }
}

const empty = Buffer.alloc(0)
const crlf = Buffer.from('\r\n')
