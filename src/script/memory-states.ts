/** What scripts keep between calls, in the memory of this process: per tenant and scenario, bounded. */
import type { ScriptState, ScriptStates } from '../core/script.ts'

const maxKeys = 10_000
const maxText = 1024 * 1024

export const memoryStates = (): ScriptStates => {
  const tenants = new Map<string, Map<string, ScriptState>>()
  return (tenant, scenario) => {
    const scenarios = tenants.get(tenant) ?? new Map<string, ScriptState>()
    tenants.set(tenant, scenarios)
    const state = scenarios.get(scenario) ?? new MemoryState()
    scenarios.set(scenario, state)
    return state
  }
}

class MemoryState implements ScriptState {
  readonly #values = new Map<string, unknown>()

  get(key: string): unknown {
    return this.#values.get(key)
  }

  set(key: string, value: unknown): void {
    if (!this.#values.has(key) && this.#values.size >= maxKeys)
      throw new Error(`state holds at most ${maxKeys} keys`)
    if (key.length + JSON.stringify(value).length > maxText)
      throw new Error('a value in state has at most 1 MB')
    this.#values.set(key, value)
  }

  incr(key: string, by: number): number {
    const before = this.#values.get(key) ?? 0
    if (typeof before !== 'number' || !Number.isFinite(by)) throw new Error(`state.incr: ${key} is no number`)
    this.set(key, before + by)
    return before + by
  }

  delete(key: string): boolean {
    return this.#values.delete(key)
  }
}
