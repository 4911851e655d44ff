/** Runs one example from a fresh state: its calls in order, up to the first that is not answered as expected. */
import { newTenant, type Tenant } from '../../core/call.ts'
import { formatLocation } from '../../core/source.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { Example, Step } from '../../mock/examples.ts'
import { explain } from '../../mock/explain.ts'
import { type NearMiss, nearMisses } from '../../mock/near-miss.ts'
import { judge } from './judge.ts'
import { callOf, type ExampleTools, makeCall, type Outcome } from './make-call.ts'
import type { ExampleFailure } from './test-view.ts'

export interface RunTools extends ExampleTools {
  /** Whose calls they are, where the example does not say. */
  readonly tenant: string
  readonly mocks: readonly CompiledMock[]
}

export interface RunExample {
  readonly failure: ExampleFailure | undefined
  /** Mocks that took a call. */
  readonly answered: ReadonlySet<CompiledMock>
}

export const runExample = async (example: Example, tools: RunTools): Promise<RunExample> => {
  tools.begin()
  const tenants = new Tenants(example, tools.tenant)
  const own = tools.mocks.find(({ at }) => at === example.mock?.at)
  const answered = new Set<CompiledMock>()
  for (const [i, step] of example.steps.entries()) {
    const call = callOf(example, step, tenants.of(step), tools.services)
    if (call.service.name !== example.file.service)
      return { failure: elsewhere(example, i, call.service), answered }
    const outcome = await makeCall(step, call, tools)
    const mock = tools.mocks.find((one) => one === outcome.call.context.mock)
    if (mock !== undefined) answered.add(mock)
    const wrong = judge(step, { outcome, own, answered: mock })
    if (wrong.length === 0) continue
    const unexpected = wrong.map(({ path, ...told }) => ({ ...told, at: placeOf(example, step, path) }))
    const wanted = wrong.some(({ clause }) => clause === 'mock')
      ? tools.mocks.find((one) => one === own || one.name === step.expect.mock)
      : undefined
    const why = await reasons(example, i, outcome, { wanted, answered: mock, tools })
    return { failure: { ...headOf(example, i), unexpected, answeredBy: viewOf(mock), ...why }, answered }
  }
  return { failure: undefined, answered }
}

/** Fresh for each example, and for each tenant in it. */
class Tenants {
  private readonly tenants = new Map<string, Tenant>()
  private readonly example: Example
  private readonly usual: string

  constructor(example: Example, usual: string) {
    this.example = example
    this.usual = usual
  }

  of({ tenant = this.usual }: Step): Tenant {
    const known = this.tenants.get(tenant)
    if (known !== undefined) return known
    const fresh = newTenant(tenant)
    for (const [name, state] of this.example.scenarios) fresh.state.moveTo(name, state)
    this.tenants.set(tenant, fresh)
    return fresh
  }
}

const headOf = ({ file, steps }: Example, i: number) => ({
  step: i + 1,
  operation: steps[i]!.call.operation,
  at: formatLocation(file.locate(steps[i]!.path).at),
})

/** `..` leads from `expect` to what stands beside it. */
const placeOf = ({ file }: Example, step: Step, path: readonly string[]): string => {
  const below = path[0] === '..' ? path.slice(1) : ['expect', ...path]
  return formatLocation(file.locate([...step.path, ...below]).at)
}

const viewOf = (mock: CompiledMock | undefined) =>
  mock === undefined ? undefined : { name: mock.name, at: formatLocation(mock.at) }

const elsewhere = (
  example: Example,
  i: number,
  { name, known }: { readonly name: string; readonly known: boolean },
): ExampleFailure => ({
  ...headOf(example, i),
  unexpected: [
    {
      clause: 'url',
      expected: `a host of ${example.file.service}`,
      actual: known ? `a host of ${name}` : `${name}, which no service names`,
      at: placeOf(example, example.steps[i]!, ['..', 'request', 'url']),
    },
  ],
  answeredBy: undefined,
  nearest: [],
  notes: [],
})

interface Reasoned {
  /** The mock that should have answered, when another or none did. */
  readonly wanted: CompiledMock | undefined
  readonly answered: CompiledMock | undefined
  readonly tools: RunTools
}

const reasons = async (
  example: Example,
  i: number,
  outcome: Outcome,
  { wanted, answered, tools }: Reasoned,
): Promise<Pick<ExampleFailure, 'nearest' | 'notes'>> => {
  const { error, unanswered } = outcome
  if (unanswered) {
    const note = `${answered?.name ?? 'the mock'} asks the real service: add upstream: { status, headers, body } to the example, or upstream: unreachable`
    return { nearest: [], notes: [note] }
  }
  if (wanted !== undefined && answered !== wanted) return whyNot(example, i, wanted, tools)
  const nearest = error?.context.details?.['nearest']
  if (Array.isArray(nearest)) return { nearest: nearest as NearMiss[], notes: [] }
  return { nearest: [], notes: error === undefined ? [] : detailsOf(outcome) }
}

/** Where a patch did not fit and what was there; the lines around a script's mistake. */
const detailsOf = ({ error }: Outcome): string[] => {
  const { path, found, frame } = error?.context.details ?? {}
  if (error?.code === 'SCRIPT_ENGINE_MISSING') return [error.hint]
  if (Array.isArray(frame)) return frame.map(String).filter((line) => line.trim() !== '')
  if (typeof found !== 'string') return []
  return [`${typeof path === 'string' && path !== '' ? `on the way to ${path} ` : ''}there was ${found}`]
}

/** The call has moved the state, so that the way to it is gone again from the beginning. */
const whyNot = async (
  example: Example,
  i: number,
  wanted: CompiledMock,
  tools: RunTools,
): Promise<Pick<ExampleFailure, 'nearest' | 'notes'>> => {
  tools.begin()
  const tenants = new Tenants(example, tools.tenant)
  for (const step of example.steps.slice(0, i))
    await makeCall(step, callOf(example, step, tenants.of(step), tools.services), tools)
  const step = example.steps[i]!
  tools.setNow(step.now)
  const call = callOf(example, step, tenants.of(step), tools.services)
  const at = formatLocation(wanted.at)
  const { shadowed, winner } = await explain(tools.index, call)
  const behind = shadowed.find((one) => one.at === at && one.name === wanted.name)
  if (behind !== undefined && winner !== undefined) {
    const note = `${wanted.name} matches too, but ${winner.view.name} wins because its ${behind.because}`
    return { nearest: [], notes: [note] }
  }
  const all = await nearMisses(tools.index, call, Number.POSITIVE_INFINITY)
  const near = all.find((one) => one.at === at && one.mock === wanted.name)
  return { nearest: near === undefined ? all.slice(0, 3) : [near], notes: [] }
}
