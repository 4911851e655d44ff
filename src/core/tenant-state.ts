/**
 * What one tenant's calls have left behind: the states of scenarios and how often mocks have answered. Lives as
 * long as the process: a reload leaves it alone, a restart or `svc-mock reset` clears it.
 */

/** What a scenario is in before anything moved it; WireMock's name. */
export const initialState = 'Started'

/** Which count: a mock's place in its library, and its text, because a mock that was changed counts anew. */
export interface CounterKey {
  readonly place: string
  readonly print: string
  /** Reset together with this scenario. */
  readonly scenario: string | undefined
}

export interface ResetCounts {
  /** Scenarios that were not in their initial state. */
  readonly scenarios: number
  /** Mocks that had answered. */
  readonly counters: number
}

interface Counter {
  readonly print: string
  readonly scenario: string | undefined
  count: number
}

export class TenantState {
  private readonly scenarios = new Map<string, string>()
  private readonly counters = new Map<string, Counter>()

  scenario(name: string): string {
    return this.scenarios.get(name) ?? initialState
  }

  moveTo(name: string, state: string): void {
    if (state === initialState) this.scenarios.delete(name)
    else this.scenarios.set(name, state)
  }

  count({ place, print }: CounterKey): number {
    const counter = this.counters.get(place)
    return counter?.print === print ? counter.count : 0
  }

  /** Counts one more and returns how many there were before. */
  next(key: CounterKey): number {
    const counter = this.counters.get(key.place)
    if (counter?.print === key.print) return counter.count++
    this.counters.set(key.place, { print: key.print, scenario: key.scenario, count: 1 })
    return 0
  }

  /** All of it, or one scenario and the counts of its mocks. */
  reset(scenario?: string): ResetCounts {
    const before = { scenarios: this.scenarios.size, counters: this.counters.size }
    if (scenario === undefined) {
      this.scenarios.clear()
      this.counters.clear()
      return before
    }
    this.scenarios.delete(scenario)
    for (const [place, counter] of this.counters) {
      if (counter.scenario === scenario) this.counters.delete(place)
    }
    return {
      scenarios: before.scenarios - this.scenarios.size,
      counters: before.counters - this.counters.size,
    }
  }
}
