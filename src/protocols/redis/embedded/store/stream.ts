/** A stream: entries by id, and the groups that read them. An id is one number here, milliseconds in its upper 64 bits. */

export type StreamId = bigint

const low = 2n ** 64n
export const maxStreamId: StreamId = low * low - 1n
export const maxPart = low - 1n

export const streamId = (ms: bigint, sequence: bigint): StreamId => ms * low + sequence
export const msOf = (id: StreamId): bigint => id / low
export const sequenceOf = (id: StreamId): bigint => id % low
export const shownId = (id: StreamId): string => `${id / low}-${id % low}`

export interface StreamEntry {
  readonly id: StreamId
  /** Fields and values in turns. */
  readonly fields: readonly string[]
}

/** Delivered, and not acknowledged. */
export interface Pending {
  readonly id: StreamId
  consumer: Consumer
  deliveredAt: number
  count: number
}

export interface Consumer {
  readonly name: string
  seenAt: number
  readonly pending: Map<StreamId, Pending>
}

export interface Group {
  readonly name: string
  last: StreamId
  /** How many entries it has read; undefined: nobody can tell. */
  read: bigint | undefined
  /** In order of id. */
  readonly pending: Map<StreamId, Pending>
  readonly consumers: Map<string, Consumer>
}

export class StreamValue {
  readonly kind = 'stream'
  /** In order of id. */
  entries: StreamEntry[] = []
  last: StreamId = 0n
  /** The highest that was deleted. */
  maxDeleted: StreamId = 0n
  added = 0n
  readonly groups = new Map<string, Group>()

  get length(): number {
    return this.entries.length
  }

  get first(): StreamId {
    return this.entries[0]?.id ?? 0n
  }

  /** The place of the first entry with this id or a later one. */
  place(id: StreamId): number {
    let from = 0
    let to = this.entries.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.entries[middle]!.id < id) from = middle + 1
      else to = middle
    }
    return from
  }

  find(id: StreamId): StreamEntry | undefined {
    const entry = this.entries[this.place(id)]
    return entry?.id === id ? entry : undefined
  }

  append(id: StreamId, fields: readonly string[]): void {
    this.entries.push({ id, fields })
    this.last = id
    this.added++
  }

  delete(id: StreamId): boolean {
    const place = this.place(id)
    if (this.entries[place]?.id !== id) return false
    this.entries.splice(place, 1)
    if (id > this.maxDeleted) this.maxDeleted = id
    return true
  }

  /** Entries from `from` to `to`, both included. */
  range(from: StreamId, to: StreamId): readonly StreamEntry[] {
    return this.entries.slice(this.place(from), this.place(to + 1n))
  }

  /** Whether an entry between these, both included, was deleted (`streamRangeHasTombstones`). */
  hasGap(from: StreamId, to: StreamId): boolean {
    if (this.length === 0 || this.maxDeleted === 0n || this.first > this.maxDeleted) return false
    return from <= this.maxDeleted && this.maxDeleted <= to
  }

  get encoding(): string {
    return 'stream'
  }

  clone(): StreamValue {
    const copy = new StreamValue()
    copy.entries = [...this.entries]
    copy.last = this.last
    copy.maxDeleted = this.maxDeleted
    copy.added = this.added
    for (const [name, group] of this.groups) {
      const consumers = new Map<string, Consumer>()
      for (const { name: own, seenAt } of group.consumers.values())
        consumers.set(own, { name: own, seenAt, pending: new Map() })
      const pending = new Map<StreamId, Pending>()
      for (const one of group.pending.values()) {
        const consumer = consumers.get(one.consumer.name)!
        const own = { ...one, consumer }
        pending.set(one.id, own)
        consumer.pending.set(one.id, own)
      }
      copy.groups.set(name, { name, last: group.last, read: group.read, pending, consumers })
    }
    return copy
  }
}
