/** The last calls, and counts of all of them. Bounded: a proxy runs all day. */
import type { CallRecord } from '../core/call-record.ts'
import type { Counts, Totals } from './running.ts'

const keptCalls = 1_000
/** Hosts that no service names, counted one by one up to this many; the rest under one name. */
const countedHosts = 1_000
const otherHosts = '(other hosts)'

export class CallLog {
  private readonly ring: CallRecord[] = []
  private next = 0
  private readonly services = new Map<string, Counts>()
  private readonly unknown = new Map<string, Counts>()
  private readonly allowed = new Map<string, Counts>()

  add(record: CallRecord): void {
    if (this.ring.length < keptCalls) this.ring.push(record)
    else this.ring[this.next] = record
    this.next = (this.next + 1) % keptCalls
    const kind = record.known ? this.services : record.allowed ? this.allowed : this.unknown
    countsOf(kind, record.service)[record.outcome]++
  }

  /** Oldest first. */
  calls(filter: { readonly miss?: boolean } = {}): readonly CallRecord[] {
    const ordered =
      this.ring.length < keptCalls
        ? this.ring
        : [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)]
    return filter.miss === true ? ordered.filter((record) => record.outcome === 'miss') : [...ordered]
  }

  totals(): Totals {
    return { services: this.services, unknown: this.unknown, allowed: this.allowed }
  }
}

const countsOf = (counts: Map<string, Counts>, name: string): Counts => {
  const known = counts.get(name)
  if (known !== undefined) return known
  const key = counts.size < countedHosts ? name : otherHosts
  const fresh = counts.get(key) ?? { mock: 0, passthrough: 0, miss: 0, error: 0 }
  counts.set(key, fresh)
  return fresh
}
