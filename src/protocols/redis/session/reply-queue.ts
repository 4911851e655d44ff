/** What the replies to come need, in order: mostly nothing, which is a count, else a handler or an answer of our own. */
import type { Resp } from '../resp/value.ts'

/** A reply that is looked at. */
export interface Awaited {
  readonly kind: 'reply'
  /** What the client gets; undefined: nothing. */
  take(reply: Resp): Resp | undefined
}

/** An answer of our own, whose turn comes after the replies before it. */
export interface Local {
  readonly kind: 'local'
  readonly bytes: Buffer
  /** The connection ends with it. */
  readonly last: boolean
  /** Its turn has come. */
  readonly told?: (() => void) | undefined
}

/** One confirmation for each name, `left`; 0: of an UNSUBSCRIBE without names, as many as there are subscriptions. */
export interface Confirming {
  readonly kind: 'confirming'
  /** `subscribe`, `punsubscribe`, … */
  readonly verb: string
  left: number
}

export type Entry = Awaited | Local | Confirming

export class ReplyQueue {
  /** Replies that pass unread, before `items`. */
  private first = 0
  private items: (Entry | number)[] = []
  private at = 0

  get head(): Entry | number | undefined {
    return this.first > 0 ? this.first : this.items[this.at]
  }

  get empty(): boolean {
    return this.first === 0 && this.at === this.items.length
  }

  /** One more reply that passes unread. */
  raw(): void {
    const last = this.items.length - 1
    if (last < this.at) {
      this.first++
      return
    }
    const tail = this.items[last]
    if (typeof tail === 'number') this.items[last] = tail + 1
    else this.items.push(1)
  }

  push(entry: Entry): void {
    this.items.push(entry)
  }

  /** One reply has come, or the head's turn is over. */
  shift(): void {
    if (this.first > 0) {
      this.first--
      return
    }
    const head = this.items[this.at]
    if (typeof head === 'number' && head > 1) {
      this.items[this.at] = head - 1
      return
    }
    this.items[this.at] = 0
    if (++this.at === this.items.length) {
      this.items = []
      this.at = 0
    } else if (this.at > 1_000) {
      this.items = this.items.slice(this.at)
      this.at = 0
    }
  }
}
