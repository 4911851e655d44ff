/** Examples of a read mock file become calls that can be made and replies that can be checked, or problems with their places. */
import type { Definitions } from '../core/definitions.ts'
import type { Compilers, Dialect, ResponseFiles } from '../core/dialect.ts'
import { errors } from '../core/errors.ts'
import type { ExampleCall, ExpectedReply } from '../core/example.ts'
import { SpecError, type TextCondition } from '../core/matcher.ts'
import { collectMistakes, mistakesIn, within } from '../core/mistakes.ts'
import type { Problem } from '../core/problem.ts'
import type { Reply } from '../core/reply.ts'
import type { SourceLocation } from '../core/source.ts'
import { initialState } from '../core/tenant-state.ts'
import { parseDuration } from '../core/units.ts'
import { nearest } from '../yaml/nearest.ts'
import type { MockDefinition, MockFile } from './definition.ts'
import type { ExampleFault, ExampleSpec, ExpectSpec, StepSpec } from './example-schema.ts'

export interface Example {
  readonly name: string
  readonly file: MockFile
  readonly at: SourceLocation
  /** The mock that it stands under, which must answer. */
  readonly mock: MockDefinition | undefined
  /** States of scenarios at its beginning. */
  readonly scenarios: ReadonlyMap<string, string>
  readonly steps: readonly Step[]
}

export interface Step {
  /** From the file's root, for places. */
  readonly path: Path
  readonly call: ExampleCall
  readonly version: string | undefined
  /** undefined: the workspace's. */
  readonly tenant: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly upstream: 'unreachable' | Reply | undefined
  readonly expect: Expectation
}

export interface Expectation {
  readonly mock: string | undefined
  readonly version: TextCondition | undefined
  readonly miss: boolean
  readonly error: string | undefined
  readonly fault: ExampleFault | undefined
  readonly delayMs: number | undefined
  readonly scenarios: readonly (readonly [string, string])[]
  readonly reply: ExpectedReply
}

export interface ExampleContext {
  readonly dialect: Dialect
  readonly service: string
  /** How the service's calls are read. */
  readonly definitions: Definitions | undefined
  readonly compilers: Compilers
  readonly files: ResponseFiles
  /** Of all mocks of the file's service. */
  readonly names: ReadonlySet<string>
}

export interface CompiledExamples {
  readonly examples: readonly Example[]
  readonly problems: readonly Problem[]
}

type Path = readonly (string | number)[]

/** What time it is in an example that does not say. */
export const exampleNow = Date.UTC(2026, 0, 1)

export const hasExamples = ({ examples, mocks }: MockFile): boolean =>
  examples !== undefined || mocks.some((mock) => mock.examples !== undefined)

/** In the order of the file: those under mocks, then those beside them. */
export const compileExamples = (file: MockFile, context: ExampleContext): CompiledExamples => {
  const problems: Problem[] = []
  const compileAll = (specs: readonly ExampleSpec[] | undefined, path: Path, mock?: MockDefinition) =>
    (specs ?? []).flatMap((spec, i): Example[] => {
      const at = [...path, 'examples', i]
      try {
        return [compileExample(spec, { file, mock, path: at }, context)]
      } catch (error) {
        problems.push(...toProblems(error, file, at))
        return []
      }
    })
  const examples = [
    ...file.mocks.flatMap((mock, i) => compileAll(mock.examples, ['mocks', i], mock)),
    ...compileAll(file.examples, []),
  ]
  return { examples, problems }
}

interface ExamplePosition {
  readonly file: MockFile
  readonly mock: MockDefinition | undefined
  readonly path: Path
}

const compileExample = (
  spec: ExampleSpec,
  { file, mock, path }: ExamplePosition,
  context: ExampleContext,
): Example => {
  const defaults = { version: file.version, now: exampleNow, request: mock?.request }
  const steps =
    spec.steps === undefined
      ? [compileStep(spec, path, defaults, context)]
      : compileSteps(spec, spec.steps, path, defaults, context)
  return {
    name: spec.name ?? steps.map(({ call }) => call.operation).join(', '),
    file,
    at: file.locate(path).at,
    mock,
    scenarios: new Map([...ownScenario(mock), ...Object.entries(spec.scenarios ?? {})]),
    steps,
  }
}

const compileSteps = (
  spec: ExampleSpec,
  steps: readonly StepSpec[],
  path: Path,
  defaults: Defaults,
  context: ExampleContext,
): readonly Step[] => {
  let { now } = defaults
  const compiled = collectMistakes<Step | undefined>([
    () => refuseBeside(spec),
    () => {
      if (spec.now !== undefined) now = within(['now'], () => timeOf(spec.now!))
      return undefined
    },
    ...steps.map(
      (step, i) => () =>
        within(['steps', i], () => compileStep(step, [...path, 'steps', i], { ...defaults, now }, context)),
    ),
  ])
  return compiled.filter((step) => step !== undefined)
}

const refuseBeside = (spec: ExampleSpec): undefined => {
  const key = (['request', 'upstream', 'expect'] as const).find((each) => spec[each] !== undefined)
  if (key === undefined) return
  throw new SpecError(`${key} and steps exclude each other`, [key], 'move it into a step', true)
}

/** An example of a mock that asks for a state begins in that state. */
const ownScenario = (mock: MockDefinition | undefined): readonly (readonly [string, string])[] =>
  mock?.scenarioName === undefined
    ? []
    : [[mock.scenarioName, mock.requiredScenarioState ?? initialState] as const]

interface Defaults {
  readonly version: string | undefined
  readonly now: number
  readonly request: unknown
}

const compileStep = (
  spec: StepSpec,
  path: Path,
  defaults: Defaults,
  { dialect: spoken, service, definitions, compilers, files, names }: ExampleContext,
): Step => {
  const { version, tenant, ...request } = spec.request ?? {}
  const asked = { ...(defaults.request as object | undefined), ...request }
  const dialect = spoken.forMock?.({ service, definitions, request: asked }) ?? spoken
  const { expect = {} } = spec
  let call: ExampleCall | undefined
  let now = defaults.now
  let upstream: Step['upstream']
  let expectation: Expectation | undefined
  collectMistakes<void>([
    () => {
      if (spec.request === undefined && defaults.request === undefined)
        throw new SpecError('request is missing', [], 'add request: the call of the example')
      call = within(['request'], () => dialect.example!.compileCall(request, defaults.request, files))
    },
    () => {
      if (spec.now !== undefined) now = within(['now'], () => timeOf(spec.now!))
    },
    () => {
      upstream = within(['upstream'], () => compileUpstream(spec.upstream, dialect, files))
    },
    () => {
      expectation = within(['expect'], () => compileExpect(expect, dialect, compilers, names))
    },
  ])
  return {
    path,
    call: call!,
    version: version === undefined ? defaults.version : String(version),
    tenant,
    now,
    upstream,
    expect: expectation!,
  }
}

const timeOf = (text: string): number => {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new SpecError(`${text} is no time`, [], 'write 2026-01-31T12:00:00Z')
  return time
}

const compileUpstream = (spec: unknown, dialect: Dialect, files: ResponseFiles): Step['upstream'] =>
  spec === undefined || spec === 'unreachable' ? spec : dialect.compileResponse(spec, files, true).reply

const compileExpect = (
  spec: ExpectSpec,
  dialect: Dialect,
  compilers: Compilers,
  names: ReadonlySet<string>,
): Expectation => {
  const { mock, version, miss, error, fault, delay, scenarios, ...reply } = spec
  let condition: TextCondition | undefined
  let delayMs: number | undefined
  let expected: ExpectedReply | undefined
  collectMistakes<void>([
    () => refuseTogether(spec, Object.keys(reply)),
    () => {
      if (mock === undefined || names.has(mock)) return
      const near = nearest(mock, names)
      const hint = near === undefined ? 'write its name as it stands there' : `did you mean ${near}?`
      throw new SpecError(`no mock of this service is called ${JSON.stringify(mock)}`, ['mock'], hint)
    },
    () => {
      if (version !== undefined) condition = within(['version'], () => compilers.text(version))
    },
    () => {
      if (error === undefined || Object.hasOwn(errors, error)) return
      const near = nearest(error, Object.keys(errors))
      throw new SpecError(
        `there is no error code ${error}`,
        ['error'],
        near === undefined ? 'a code stands in x-svc-mock-error: PATCH_FAILED' : `did you mean ${near}?`,
      )
    },
    () => {
      if (delay === undefined) return
      delayMs = parseDuration(delay)
      if (delayMs === undefined)
        throw new SpecError(
          `delay: ${JSON.stringify(delay)} is no duration`,
          ['delay'],
          'write 300ms, 2s or 1m',
        )
    },
    () => {
      expected = dialect.example!.compileReply(reply, compilers)
    },
  ])
  return {
    mock,
    version: condition,
    miss: miss === true,
    error,
    fault,
    delayMs,
    scenarios: Object.entries(scenarios ?? {}),
    reply: expected!,
  }
}

/** A call without a reply cannot be expected to have one. */
const refuseTogether = (spec: ExpectSpec, reply: readonly string[]): void => {
  const none = (['miss', 'error', 'fault'] as const).find(
    (key) => spec[key] !== undefined && spec[key] !== 'status',
  )
  if (none === undefined) return
  const others = none === 'miss' ? ['mock', 'version', 'error', 'fault', 'delay'] : ['error', 'fault']
  const other = [...reply, ...others.filter((key) => key !== none && spec[key] !== undefined)][0]
  if (other === undefined) return
  const why = { miss: 'no mock answers', error: 'there is no reply', fault: 'there is no whole reply' }[none]
  throw new SpecError(`${none} and ${other} exclude each other: ${why}`, [other], 'keep one of them', true)
}

const toProblems = (error: unknown, file: MockFile, section: Path): Problem[] => {
  if (!(error instanceof SpecError)) throw error
  return mistakesIn(error).map(({ code, path, onKey, message, hint }) => ({
    severity: 'error',
    code: code ?? 'MOCK_FILE_INVALID',
    ...file.locate([...section, ...path], onKey),
    message,
    ...(hint !== undefined && { hint }),
  }))
}
