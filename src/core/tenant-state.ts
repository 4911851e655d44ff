/**
 * What one tenant's calls have left behind: the states of scenarios, how often mocks have answered, and what scripts
 * keep. Lives as long as the process: a reload leaves it alone, a restart or `svc-mock reset` clears it.
 */
import { ScriptState } from './script-state.ts'

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
  /** Values that scripts had kept. */
  readonly values: number
  /** Keys and messages that embedded servers held; absent: none were asked. */
  readonly embedded?: number
}

interface Counter {
  readonly print: string
  readonly scenario: string | undefined
  count: number
}

export class TenantState {
  private readonly scenarios = new Map<string, string>()
  private readonly counters = new Map<string, Counter>()
  /** By scenario. */
  private readonly ofScenarios = new Map<string, ScriptState>()
  /** By service. */
  private readonly ofServices = new Map<string, ScriptState>()

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

  /** What scripts keep: the scenario's for a mock that names one, else the service's. */
  scripts(service: string, scenario: string | undefined): ScriptState {
    const states = scenario === undefined ? this.ofServices : this.ofScenarios
    const name = scenario ?? service
    const state = states.get(name) ?? new ScriptState()
    states.set(name, state)
    return state
  }

  /** All of it, or one scenario, the counts of its mocks and what their scripts keep. */
  reset(scenario?: string): ResetCounts {
    const kept = [...this.ofScenarios.values(), ...this.ofServices.values()]
    const before = {
      scenarios: this.scenarios.size,
      counters: this.counters.size,
      values: kept.reduce((sum, { count }) => sum + count, 0),
    }
    if (scenario === undefined) {
      this.scenarios.clear()
      this.counters.clear()
      this.ofScenarios.clear()
      this.ofServices.clear()
      return before
    }
    const values = this.ofScenarios.get(scenario)?.count ?? 0
    this.scenarios.delete(scenario)
    this.ofScenarios.delete(scenario)
    for (const [place, counter] of this.counters) {
      if (counter.scenario === scenario) this.counters.delete(place)
    }
    return {
      scenarios: before.scenarios - this.scenarios.size,
      counters: before.counters - this.counters.size,
      values,
    }
  }
}
