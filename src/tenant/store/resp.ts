/** The little of RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/) that the store of routes speaks. */

export class RedisError extends Error {}

export type RedisReply = string | number | null | RedisError | readonly RedisReply[]

export const encodeCommand = (args: readonly string[]): string =>
  `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`

/** What a server of routes answers is short; more is no answer of one. */
const mostBytes = 16 * 1024 * 1024

/** Takes bytes as they come, cut anywhere, and gives whole replies. */
export class ReplyParser {
  private bytes = Buffer.alloc(0)

  /** Throws RedisError for what is no RESP2. */
  push(chunk: Uint8Array): readonly RedisReply[] {
    this.bytes = this.bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.bytes, chunk])
    if (this.bytes.length > mostBytes) throw new RedisError('an answer of more than 16 MB')
    const replies: RedisReply[] = []
    let at = 0
    for (;;) {
      const found = this.reply(at)
      if (found === undefined) break
      replies.push(found.value)
      at = found.end
    }
    this.bytes = this.bytes.subarray(at)
    return replies
  }

  private reply(at: number): { readonly value: RedisReply; readonly end: number } | undefined {
    const eol = this.bytes.indexOf('\r\n', at)
    if (eol < 0) return undefined
    const line = this.bytes.toString('utf8', at + 1, eol)
    const end = eol + 2
    switch (this.bytes[at]) {
      case 0x2b: // +
        return { value: line, end }
      case 0x2d: // -
        return { value: new RedisError(line), end }
      case 0x3a: // :
        return { value: Number(line), end }
      case 0x24: // $
        return this.bulk(Number(line), end)
      case 0x2a: // *
        return this.list(Number(line), end)
      default:
        throw new RedisError('bytes that are no RESP')
    }
  }

  private bulk(length: number, at: number) {
    if (length < 0) return { value: null, end: at }
    const end = at + length
    if (this.bytes.length < end + 2) return undefined
    return { value: this.bytes.toString('utf8', at, end), end: end + 2 }
  }

  private list(length: number, at: number) {
    if (length < 0) return { value: null, end: at }
    const value: RedisReply[] = []
    let end = at
    for (let i = 0; i < length; i++) {
      const item = this.reply(end)
      if (item === undefined) return undefined
      value.push(item.value)
      end = item.end
    }
    return { value, end }
  }
}
