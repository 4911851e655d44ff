/** How live calls broke contracts: each way once, with how often. Bounded, because paths and operations may be anybody's. */
import type { Breach } from '../core/contract.ts'
import type { LiveViolation } from './running.ts'

const keptAtMost = 1_000

export class LiveViolations {
  private readonly kept = new Map<string, Counted>()

  /** Of one call. Returns those that are new. */
  add(service: string, breaches: readonly Breach[]): readonly LiveViolation[] {
    const fresh: LiveViolation[] = []
    const seen = new Set<string>()
    for (const breach of breaches) {
      const key = keyOf(service, breach)
      if (seen.has(key)) continue
      seen.add(key)
      const known = this.kept.get(key)
      if (known !== undefined) known.calls++
      else if (this.kept.size < keptAtMost) {
        const one = { ...breach, service, calls: 1 }
        this.kept.set(key, one)
        fresh.push({ ...one })
      }
    }
    return fresh
  }

  list(): readonly LiveViolation[] {
    return [...this.kept.values()].map((one) => ({ ...one }))
  }
}

type Counted = Omit<LiveViolation, 'calls'> & { calls: number }

/** Which item of a list it was makes no other way. */
const keyOf = (service: string, { side, rule, operation, path }: Breach): string =>
  [service, side, operation, rule, path.replaceAll(/\[\d+\]/g, '[*]')].join('\n')
