/** What is said about connections: once for each kind, however often it happens. */

/** Kinds may hold what clients chose (a user agent), so those of one topic are bounded. */
const kindsAtMost = 100

export class Notices {
  private readonly said = new Map<string, Set<string>>()
  private readonly tell: (text: string) => void

  constructor(tell: (text: string) => void) {
    this.tell = tell
  }

  /**
   * `kind`: `<topic> …`. A topic that clients have filled with names falls silent, after it said so, and leaves the others
   * alone.
   */
  say(kind: string, text: string): void {
    const topic = kind.split(' ', 1)[0]!
    const kinds = this.said.get(topic) ?? new Set()
    this.said.set(topic, kinds)
    if (kinds.has(kind) || kinds.size > kindsAtMost) return
    kinds.add(kind)
    this.tell(kinds.size > kindsAtMost ? `${text} (more of this sort will not be told)` : text)
  }
}

/** Of the main port. */
export const foreign = 'a client sent bytes that are no protocol known here; its connection was closed'
