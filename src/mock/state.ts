/**
 * A mock's part in state: the conditions on it and on whose it is, as clauses like any other, and the step that an answered call
 * takes. Mocks without state have neither, so that they cost what they cost without it.
 */
import type { Clause } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import { tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { CounterKey, TenantState } from '../core/tenant-state.ts'
import type { MockDefinition } from './definition.ts'

export interface MockState {
  readonly clauses: readonly Clause[]
  /** Once for each call that the mock takes, in the same turn as its selection. undefined: nothing to do. */
  readonly step: ((state: TenantState) => void) | undefined
  /** The conditions as texts; equal texts are equal conditions. */
  readonly keys: readonly string[]
  /** For `list` and `explain`. */
  readonly notes: readonly string[]
}

const stateless: MockState = { clauses: [], step: undefined, keys: [], notes: [] }

/** `key`: under which the mock's own count stands. */
export const compileState = (definition: MockDefinition, key: CounterKey): MockState => {
  const { scenarioName, requiredScenarioState: required, newScenarioState: next, times, tenants } = definition
  if (scenarioName === undefined) refuseNameless(definition)
  if (required === undefined && next === undefined && times === undefined && tenants === undefined)
    return stateless
  const clauses: Clause[] = []
  const keys: string[] = []
  const notes: string[] = []
  if (tenants !== undefined) {
    clauses.push(tenantsClause(tenants))
    keys.push(`tenants ${JSON.stringify([...new Set(tenants)].sort())}`)
    notes.push(`only for ${tenants.join(', ')}`)
  }
  if (scenarioName !== undefined && required !== undefined) {
    clauses.push(stateClause(scenarioName, required))
    keys.push(`scenario ${JSON.stringify([scenarioName, required])}`)
    notes.push(`only while scenario ${scenarioName} is ${required}`)
  }
  if (scenarioName !== undefined && next !== undefined) notes.push(`scenario ${scenarioName} becomes ${next}`)
  if (times !== undefined) {
    clauses.push(timesClause(times, key))
    // Each mock has its own count, so no two of them ask for the same.
    keys.push(`times ${JSON.stringify(key.place)}`)
    notes.push(`answers ${inCalls(times)}`)
  }
  return { clauses, keys, notes, step: stepOf(scenarioName, next, times === undefined ? undefined : key) }
}

const refuseNameless = (definition: MockDefinition): void => {
  for (const key of ['requiredScenarioState', 'newScenarioState'] as const) {
    if (definition[key] === undefined) continue
    throw new SpecError(
      `${key} belongs to a scenario, and the mock names none`,
      [key],
      'add scenarioName: <name>',
      true,
    )
  }
}

const stepOf = (
  scenario: string | undefined,
  next: string | undefined,
  key: CounterKey | undefined,
): MockState['step'] => {
  const moves = scenario !== undefined && next !== undefined
  if (!moves && key === undefined) return undefined
  return (state) => {
    if (key !== undefined) state.next(key)
    if (moves) state.moveTo(scenario, next)
  }
}

/** Throws SpecError. */
const tenantsClause = (tenants: readonly string[]): Clause => {
  tenants.forEach((name, i) => {
    const problem = tenantNameProblem(name)
    if (problem === undefined) return
    throw new SpecError(`${JSON.stringify(name)} ${problem}`, ['tenants', i], tenantNameHint)
  })
  const known = new Set(tenants)
  return {
    label: 'tenants',
    needsBody: false,
    weight: 1,
    test: (call) => known.has(call.tenant.id),
    mismatch: (call) => ({ path: '', expected: tenants.join(' or '), actual: call.tenant.id }),
    describe: () => tenants.join(' or '),
    hints: [],
  }
}

const stateClause = (scenario: string, required: string): Clause => ({
  label: `scenario ${scenario}`,
  needsBody: false,
  weight: 1,
  test: (call) => call.tenant.state.scenario(scenario) === required,
  mismatch: (call) => ({ path: '', expected: required, actual: call.tenant.state.scenario(scenario) }),
  describe: () => required,
  hints: [],
})

const timesClause = (times: number, key: CounterKey): Clause => ({
  label: 'times',
  needsBody: false,
  weight: 1,
  test: (call) => call.tenant.state.count(key) < times,
  mismatch: (call) => ({
    path: '',
    expected: `at most ${inCalls(times)}`,
    actual: `${call.tenant.state.count(key)} answered already`,
  }),
  describe: () => `at most ${inCalls(times)}`,
  hints: [],
})

const inCalls = (count: number): string => `${count} call${count === 1 ? '' : 's'}`
