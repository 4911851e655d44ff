/**
 * Replies in RESP2 or RESP3. Strings are latin1 here, one character a byte, so that a reply is one text that is encoded
 * once when it leaves, and what a failed command had written is taken back by keeping the text before it.
 */
import { formatDouble } from './numbers.ts'

export class ReplyWriter {
  resp: 2 | 3 = 2
  /** What has not left yet. */
  text = ''

  ok(): void {
    this.text += '+OK\r\n'
  }

  simple(text: string): void {
    this.text += `+${text}\r\n`
  }

  /** With its code. */
  error(text: string): void {
    this.text += `-${text.replace(/[\r\n]/g, ' ')}\r\n`
  }

  integer(value: number | bigint): void {
    this.text += `:${value}\r\n`
  }

  bulk(value: string): void {
    this.text += `$${value.length}\r\n${value}\r\n`
  }

  /** undefined is null. */
  maybe(value: string | undefined): void {
    if (value === undefined) this.null()
    else this.bulk(value)
  }

  null(): void {
    this.text += this.resp === 2 ? '$-1\r\n' : '_\r\n'
  }

  nullArray(): void {
    this.text += this.resp === 2 ? '*-1\r\n' : '_\r\n'
  }

  array(length: number): void {
    this.text += `*${length}\r\n`
  }

  /** Of so many pairs. */
  map(pairs: number): void {
    this.text += this.resp === 2 ? `*${2 * pairs}\r\n` : `%${pairs}\r\n`
  }

  set(length: number): void {
    this.text += this.resp === 2 ? `*${length}\r\n` : `~${length}\r\n`
  }

  push(length: number): void {
    this.text += this.resp === 2 ? `*${length}\r\n` : `>${length}\r\n`
  }

  double(value: number): void {
    const text = formatDouble(value)
    if (this.resp === 2) this.bulk(text)
    else this.text += `,${text}\r\n`
  }

  /** Text that is shown as it is. */
  verbatim(value: string): void {
    if (this.resp === 2) this.bulk(value)
    else this.text += `=${value.length + 4}\r\ntxt:${value}\r\n`
  }

  bulks(values: readonly string[]): void {
    this.array(values.length)
    for (const value of values) this.bulk(value)
  }
}
