/**
 * A `100 Continue` that nobody asked for. Services may send it (RFC 9110 section 15.2 tells clients to take any
 * number of interim replies), but undici ends the connection on one. It says nothing to a client whose body is on its
 * way already, so it is taken out of the bytes before undici reads them; other interim replies stay.
 */

/** `HTTP/1.1 1` of a status line: shorter bytes cannot be told. */
const toFirstDigit = 10
const maxHeadBytes = 64 * 1024

export class UnaskedContinue {
  /** The head of a reply comes next. */
  private awaiting = false
  /** Of an interim reply that has not come whole. */
  private held: Buffer | undefined

  /** A request has been sent. */
  expect(): void {
    this.awaiting = true
  }

  /** What goes on of bytes that have come; null: nothing yet. */
  pass(chunk: Buffer): Buffer | null {
    if (!this.awaiting) return chunk
    // Nearly always a reply that is final, in one piece with the beginning of its status line.
    if (this.held === undefined && chunk.length >= toFirstDigit && chunk[9] !== one) {
      this.awaiting = false
      return chunk
    }
    return this.sift(this.held === undefined ? chunk : Buffer.concat([this.held, chunk]))
  }

  private sift(bytes: Buffer): Buffer | null {
    const kept: Buffer[] = []
    let rest = bytes
    this.held = undefined
    while (rest.length > 0) {
      const head = interimHead(rest)
      if (head === 'more') {
        this.held = rest
        break
      }
      if (head === 'final') {
        this.awaiting = false
        kept.push(rest)
        break
      }
      if (head.status !== 100) kept.push(rest.subarray(0, head.end))
      rest = rest.subarray(head.end)
    }
    return kept.length === 0 ? null : Buffer.concat(kept)
  }
}

const one = '1'.charCodeAt(0)
/** Of any interim reply, where its last two digits are taken as 0. */
const statusLine = 'HTTP/1.1 100'

/** The interim reply that begins here; `final` also for what is none, which is undici's to judge. */
const interimHead = (bytes: Buffer): { readonly status: number; readonly end: number } | 'more' | 'final' => {
  const start = bytes.toString('latin1', 0, statusLine.length)
  // Digits stand for any digit.
  const shape =
    start.slice(0, 9) + start.slice(9).replace(/\d/g, (digit, at: number) => (at === 0 ? digit : '0'))
  if (!statusLine.startsWith(shape)) return 'final'
  if (start.length < statusLine.length) return 'more'
  const status = Number(start.slice(9))
  // What follows belongs to another protocol.
  if (status === 101) return 'final'
  const end = bytes.indexOf('\r\n\r\n')
  if (end >= 0) return { status, end: end + 4 }
  return bytes.length > maxHeadBytes ? 'final' : 'more'
}
