/**
 * Where replies end: RESP2 and RESP3 frames, without a look at what they hold and without recursion. Resumable at every
 * byte, so that the bytes of a long reply can go on while it comes.
 */

const CR = 13
const LF = 10

/** What upstream says is no RESP. */
export class BrokenReply extends Error {}

/** A length or count has at most so many digits; more than 2^53 elements nobody sends. */
const maxDigits = 15

export class ReplyScanner {
  /** Elements of the frame that are still to come. 0: between frames. */
  private todo = 0
  /** Bytes of a bulk string, with its line end, still to come. */
  private bulk = 0
  /** The type of the line that is being read; 0: none. */
  private line = 0
  private value = 0
  private digits = 0
  private negative = false
  /** A length that is no number: `?` of a streamed type, which no Redis sends. */
  private odd = false

  /** Whether a frame has begun and not ended. */
  get within(): boolean {
    return this.todo > 0
  }

  /**
   * Scans from `at` to the end of the frame that begins or goes on there. Returns the place after it, or -1 when
   * `bytes` end before it does. Throws BrokenReply.
   */
  scan(bytes: Uint8Array, at: number): number {
    const end = bytes.length
    let i = at
    if (this.todo === 0) {
      // Before anything has begun, so that what came before is whole.
      if (at < end && !isType(bytes[at]!)) throw brokenType(bytes[at]!)
      this.todo = 1
    }
    while (i < end) {
      if (this.bulk > 0) {
        const left = end - i
        if (left < this.bulk) {
          this.bulk -= left
          return -1
        }
        i += this.bulk
        this.bulk = 0
        if (--this.todo === 0) return i
        continue
      }
      if (this.line === 0) {
        this.line = bytes[i++]!
        this.value = 0
        this.digits = 0
        this.negative = false
        this.odd = false
        if (!isType(this.line)) throw brokenType(this.line)
        continue
      }
      i = isSized(this.line) ? this.sized(bytes, i) : this.text(bytes, i)
      if (i < 0) return -1
      if (this.line === 0 && this.todo === 0) return i
    }
    return -1
  }

  /** The rest of a line that is a value by itself. */
  private text(bytes: Uint8Array, at: number): number {
    const end = bytes.length
    let i = at
    // Short lines are the rule: a loop beats a call of indexOf.
    while (i < end && bytes[i] !== LF) i++
    if (i === end) return -1
    this.line = 0
    this.todo--
    return i + 1
  }

  /** The rest of a line that is a length or a count. */
  private sized(bytes: Uint8Array, at: number): number {
    const end = bytes.length
    let i = at
    for (; i < end; i++) {
      const c = bytes[i]!
      if (c >= 48 && c <= 57) {
        this.value = this.value * 10 + (c - 48)
        if (++this.digits > maxDigits) throw new BrokenReply('a length that is too long')
      } else if (c === LF) break
      else if (c === 45) this.negative = true
      else if (c !== CR) this.odd = true
    }
    if (i === end) return -1
    if (this.odd || this.digits === 0) throw new BrokenReply('a length that is no number')
    const type = this.line
    this.line = 0
    this.todo--
    if (!this.negative) this.grown(type, this.value)
    return i + 1
  }

  private grown(type: number, n: number): void {
    switch (type) {
      case 36: // $
      case 33: // !
      case 61: // =
        this.bulk = n + 2
        this.todo++
        break
      case 37: // %
        this.todo += 2 * n
        break
      case 124: // | attributes, and then the value that they are of
        this.todo += 2 * n + 1
        break
      default: // * ~ >
        this.todo += n
    }
  }
}

const isType = (type: number): boolean => isSized(type) || isText(type)

const brokenType = (type: number): BrokenReply =>
  new BrokenReply(`a type ${JSON.stringify(String.fromCharCode(type))}`)

/** `$ ! = * ~ > % |` */
const isSized = (type: number): boolean =>
  type === 36 ||
  type === 42 ||
  type === 62 ||
  type === 37 ||
  type === 126 ||
  type === 61 ||
  type === 33 ||
  type === 124

/** `+ - : _ , # (` */
const isText = (type: number): boolean =>
  type === 43 || type === 45 || type === 58 || type === 95 || type === 44 || type === 35 || type === 40
