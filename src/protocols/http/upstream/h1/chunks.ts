/** A chunked body (RFC 9112 section 7.1), as it comes in pieces. */
import { BadReply, parseFields, refuseControls } from './fields.ts'

/** A size with its extensions, which nobody has more of than this. */
const maxSizeLine = 16 * 1024
export const maxHeadBytes = 64 * 1024

type State = 'size' | 'data' | 'data end' | 'trailers' | 'done'

export class Chunks {
  private state: State = 'size'
  /** Of the chunk that is being read. */
  private left = 0
  /** Bytes of a line that has not come whole, Latin-1. */
  private line = ''
  trailers: readonly string[] = []

  get done(): boolean {
    return this.state === 'done'
  }

  /** Gives `data` the bytes of the body in `bytes` from `at` on; returns where it stopped. Throws BadReply. */
  read(bytes: Buffer, at: number, data: (piece: Buffer) => void): number {
    let position = at
    while (position < bytes.length && this.state !== 'done') {
      if (this.state === 'data') {
        const end = Math.min(position + this.left, bytes.length)
        this.left -= end - position
        data(position === 0 && end === bytes.length ? bytes : bytes.subarray(position, end))
        position = end
        if (this.left === 0) this.state = 'data end'
      } else {
        const end = bytes.indexOf(0x0a, position)
        const stop = end < 0 ? bytes.length : end + 1
        this.line += bytes.toString('latin1', position, stop)
        position = stop
        if (this.line.length > (this.state === 'trailers' ? maxHeadBytes : maxSizeLine))
          throw new BadReply('a line between its chunks has no end')
        if (end >= 0) this.takeLine()
      }
    }
    return position
  }

  private takeLine(): void {
    const { line } = this
    if (!line.endsWith('\r\n')) throw new BadReply('a line between its chunks does not end with CR LF')
    if (this.state === 'trailers') {
      if (line !== '\r\n' && !line.endsWith('\r\n\r\n')) return
      const text = line.slice(0, -2)
      refuseControls(text)
      this.trailers = parseFields(text, 0)
      this.state = 'done'
    } else if (this.state === 'data end') {
      if (line !== '\r\n') throw new BadReply('a chunk of it is longer than it said')
      this.state = 'size'
    } else {
      const size = /^([0-9a-f]{1,13})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n$/i.exec(line)?.[1]
      if (size === undefined)
        throw new BadReply(`${JSON.stringify(line.trim().slice(0, 80))} is no size of a chunk`)
      this.left = Number.parseInt(size, 16)
      this.state = this.left === 0 ? 'trailers' : 'data'
    }
    this.line = ''
  }
}
