/** The last calls, and counts of all of them. Bounded: a proxy runs all day. */
import type { CallRecord } from '../core/call-record.ts'
import type { Breach } from '../core/contract.ts'
import { LiveViolations } from './live-violations.ts'
import type { CallFilter, ContractCounts, Counts, LiveViolation, Totals } from './running.ts'

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
  private readonly contracts = new Map<string, ContractCounts>()
  private readonly broken = new LiveViolations()

  /** Returns the ways in which it broke its contract and no call had before. */
  add(record: CallRecord): readonly LiveViolation[] {
    if (this.ring.length < keptCalls) this.ring.push(record)
    else this.ring[this.next] = record
    this.next = (this.next + 1) % keptCalls
    const kind = record.known ? this.services : record.allowed ? this.allowed : this.unknown
    countsOf(kind, record.service)[record.outcome]++
    return record.violations === undefined ? none : this.judged(record, record.violations)
  }

  private judged(
    { service, unchecked }: CallRecord,
    violations: readonly Breach[],
  ): readonly LiveViolation[] {
    let counts = this.contracts.get(service)
    if (counts === undefined) {
      counts = { checked: 0, unchecked: 0, broken: 0 }
      this.contracts.set(service, counts)
    }
    counts[unchecked === undefined ? 'checked' : 'unchecked']++
    if (violations.length === 0) return none
    counts.broken++
    return this.broken.add(service, violations)
  }

  violations(): readonly LiveViolation[] {
    return this.broken.list()
  }

  /** Oldest first. */
  calls({ miss, violations }: CallFilter = {}): readonly CallRecord[] {
    const ordered =
      this.ring.length < keptCalls
        ? this.ring
        : [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)]
    return ordered.filter(
      (record) =>
        (miss !== true || record.outcome === 'miss') &&
        (violations !== true || (record.violations?.length ?? 0) > 0),
    )
  }

  totals(): Totals {
    return {
      services: this.services,
      unknown: this.unknown,
      allowed: this.allowed,
      contracts: this.contracts,
    }
  }
}

const none: readonly LiveViolation[] = []

const countsOf = (counts: Map<string, Counts>, name: string): Counts => {
  const known = counts.get(name)
  if (known !== undefined) return known
  const key = counts.size < countedHosts ? name : otherHosts
  const fresh = counts.get(key) ?? { mock: 0, passthrough: 0, miss: 0, error: 0 }
  counts.set(key, fresh)
  return fresh
}
