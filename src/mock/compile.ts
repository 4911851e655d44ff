/** A read mock file becomes compiled mocks, or problems that point at the place. */

import type { Clock } from '../core/clock.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Clause, CompiledRequest, Compilers, MockDialect, ResponseFiles } from '../core/dialect.ts'
import type { Fault } from '../core/fault.ts'
import { compileFault, refuseFaultKeys } from '../core/fault-spec.ts'
import { SpecError } from '../core/matcher.ts'
import { collectMistakes, mistakesIn, within } from '../core/mistakes.ts'
import type { Problem } from '../core/problem.ts'
import type { CompiledResponder, Responder, ResponderContext, ResponderTools } from '../core/responder.ts'
import { type ScriptCompiler, ScriptSpecError } from '../core/script.ts'
import type { RequestSource } from '../core/script-request.ts'
import type { CounterKey } from '../core/tenant-state.ts'
import type { CompiledMock } from './compiled.ts'
import { CounterKeys } from './counter-keys.ts'
import type { MockDefinition, MockFile } from './definition.ts'
import { captureParams, type PathPattern, parsePathPattern, splitPath } from './path-pattern.ts'
import { compileScriptClause, type ScriptClause } from './script-clause.ts'
import { compileState, type MockState } from './state.ts'

export interface CompileContext {
  /** By protocol. */
  readonly dialects: ReadonlyMap<string, MockDialect>
  readonly responders: readonly Responder[]
  readonly compilers: Compilers
  readonly tools: ResponderTools
  /** How the calls of a service are read; absent where none has definitions. */
  definitionsOf?(service: string): Definitions | undefined
  /** What replies wait by while they are sent; default the real clock. */
  readonly clock?: Clock | undefined
  /** Where `bodyFile` is read from, for one mock file. */
  filesFor(file: MockFile): ResponseFiles
  /** The scripts of one mock file; absent where none can run. */
  scriptsFor?(file: MockFile): ScriptCompiler
}

export interface CompiledFile {
  readonly mocks: readonly CompiledMock[]
  readonly problems: readonly Problem[]
}

/**
 * What libraries repeat is kept once: parsed paths, and methods, whose text is compared at every call and should
 * not be another cache miss for each mock. Lives as long as the library.
 */
export class SharedParts {
  private readonly patterns = new Map<string | undefined, PathPattern>()
  private readonly methods = new Map<string, string>()

  pattern(path: string | undefined): PathPattern {
    let pattern = this.patterns.get(path)
    if (pattern === undefined) {
      pattern = within(['path'], () => parsePathPattern(path))
      this.patterns.set(path, pattern)
    }
    return pattern
  }

  method(text: string | undefined): string | undefined {
    if (text === undefined) return undefined
    const known = this.methods.get(text)
    if (known === undefined) this.methods.set(text, text)
    return known ?? text
  }
}

export const compileFile = (
  file: MockFile,
  context: CompileContext,
  shared = new SharedParts(),
): CompiledFile => {
  const problems: Problem[] = []
  const spoken = context.dialects.get(file.protocol)
  if (spoken === undefined) return { mocks: [], problems: [unknownProtocol(file)] }
  const { service } = file
  const definitions = context.definitionsOf?.(service)
  const files = context.filesFor(file)
  const keys = new CounterKeys(file)
  const scripts = context.scriptsFor?.(file)
  const mocks = file.mocks.flatMap((definition, position) => {
    const at = (section: readonly string[]) => (error: unknown) => {
      problems.push(...toProblems(error, file, ['mocks', position, ...section]))
    }
    const dialect =
      spoken.forMock?.({ service, definitions, request: definition.request, clock: context.clock }) ?? spoken
    const key: CounterKey = keys.of(definition)
    const responder = responderOf(context.responders, definition)
    const { tools } = context
    const path = ['mocks', position]
    const source: RequestSource = {
      dialect,
      scenario: definition.scenarioName,
      version: file.version,
      params: (call) => (request === undefined ? {} : captureParams(request.pattern, splitPath(call.path))),
    }
    const request = attempt(
      () => {
        const compiled = onlyAsItSays(file, compileRequest(dialect, definition, context.compilers, shared))
        const script = compileScriptClause(definition.request, { scripts, path, request: source })
        return script === undefined ? compiled : withScript(compiled, script)
      },
      at(['request']),
    )
    const compiled = attempt(
      () =>
        responder.compile(specOf(responder, definition), {
          dialect,
          files,
          tools,
          mock: identityOf(definition, key),
          scripts,
          path,
          request: source,
        }),
      at(keyOf(responder)),
    )
    const alone = attempt(() => checkAnswer(context.responders, definition, dialect), at([]))
    const state = attempt(() => compileState(definition, key), at([]))
    const fault = attempt(() => faultOf(definition, dialect), at(['fault']))
    if (request === undefined || compiled === undefined || alone === undefined) return []
    if (state === undefined || fault === undefined) return []
    return [toMock(file, definition, position, request, { ...compiled, state, fault: fault.fault })]
  })
  return { mocks, problems }
}

interface RequestAndPattern {
  readonly request: CompiledRequest
  readonly script?: ScriptClause
  readonly pattern: PathPattern
}

const compileRequest = (
  dialect: MockDialect,
  definition: MockDefinition,
  compile: Compilers,
  shared: SharedParts,
): RequestAndPattern => {
  const asked = dialect.compileRequest(definition.request ?? {}, compile)
  const request = { ...asked, method: shared.method(asked.method) }
  const pattern = shared.pattern(request.path)
  const { names } = pattern
  collectMistakes(
    [...request.params.keys()].map((name) => () => {
      if (names.includes(name)) return
      const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
      throw new SpecError(`the path has no parameter {${name}}`, ['params', name], has, true)
    }),
  )
  return { request, pattern }
}

/** GET answers HEAD, unless the file does without conveniences. */
const onlyAsItSays = ({ conveniences }: MockFile, compiled: RequestAndPattern): RequestAndPattern => {
  if (conveniences !== false || compiled.request.method !== 'GET') return compiled
  const { request } = compiled
  return { ...compiled, request: { ...request, clauses: [...request.clauses, getItself] } }
}

const getItself: Clause = {
  label: 'method',
  needsBody: false,
  weight: 0,
  test: (call) => call.method === 'GET',
  mismatch: (call) => ({ path: '', expected: 'GET', actual: call.method }),
  describe: () => 'GET itself (conveniences: false)',
  hints: [],
}

const withScript = ({ request, pattern }: RequestAndPattern, script: ScriptClause): RequestAndPattern => ({
  request: { ...request, clauses: [...request.clauses, script.clause] },
  pattern,
  script,
})

const specOf = (responder: Responder, definition: MockDefinition): unknown =>
  responder.key === undefined ? undefined : definition[responder.key]

const keyOf = (responder: Responder): readonly string[] =>
  responder.key === undefined ? [] : [responder.key]

const responderOf = (responders: readonly Responder[], definition: MockDefinition): Responder => {
  const found = responders.find(
    (responder) => responder.key === undefined || definition[responder.key] !== undefined,
  )
  if (found === undefined) throw new Error('the last responder must take mocks without any answer')
  return found
}

const identityOf = ({ name, at, repeat }: MockDefinition, key: CounterKey): ResponderContext['mock'] => ({
  name,
  where: `${at.file}:${at.line}`,
  counter: { ...key, place: `${key.place}\nsequence` },
  repeat,
})

/** A mock answers in one way, and says nothing about another one. */
const checkAnswer = (
  responders: readonly Responder[],
  definition: MockDefinition,
  { sections }: MockDialect,
): true => {
  const keys = responders.flatMap(({ key }) => {
    if (key === undefined || definition[key] === undefined) return []
    return key === 'response' ? (sections?.response ?? key) : key
  })
  if (keys.length > 1)
    throw new SpecError(`${keys.join(' and ')} exclude each other`, [keys[1]!], 'keep one of them', true)
  if (definition.repeat === undefined || definition.responses !== undefined) return true
  throw new SpecError(
    'repeat says what follows the last of responses, and the mock has none',
    ['repeat'],
    'write responses: [...], or remove repeat',
    true,
  )
}

const faultOf = ({ fault }: MockDefinition, dialect: MockDialect): { readonly fault: Fault | undefined } => {
  if (fault === undefined) return { fault: undefined }
  refuseFaultKeys(fault, dialect.foreignFaults ?? ['error', 'at'], dialect.protocol)
  return { fault: compileFault(fault) }
}

/** How a mock answers, and what goes with it. */
interface Answer extends CompiledResponder {
  readonly state: MockState
  readonly fault: Fault | undefined
}

const toMock = (
  file: MockFile,
  definition: MockDefinition,
  position: number,
  { request, pattern, script }: RequestAndPattern,
  { respond, constant, asksUpstream, untouched, status, does, notes = noNotes, state, fault }: Answer,
): CompiledMock => {
  const ownConstant =
    fault === undefined && state.step === undefined && script === undefined ? constant : undefined
  const clauses = allClauses(request.clauses, state.clauses)
  return {
    // The fields that every call reads stand first, in as few cache lines as possible, and what is read first behind them: so the lines are fetched at once.
    method: request.method,
    constant: ownConstant,
    text: ownConstant?.kind === 'single' ? ownConstant.wire : undefined,
    convenient: file.conveniences !== false,
    where: `${definition.at.file}:${definition.at.line}`,
    plain: ownConstant !== undefined && clauses.length === 0 && request.params.size === 0,
    decided: request.params.size === 0 && isDecided(clauses),
    kind: 'mock',
    rank: 0,
    // Shared where empty: tens of thousands of mocks should not fill the processor's caches with nothing.
    clauses,
    params: request.params.size === 0 ? noParams : request.params,
    asksUpstream,
    step: state.step,
    fault,
    needsBody: request.clauses.some((clause) => clause.needsBody),
    respond,
    script,
    name: definition.name,
    at: definition.at,
    service: file.service,
    version: file.version,
    protocol: file.protocol,
    priority: definition.priority,
    layer: file.layer,
    position: file.derived?.mock.position ?? position,
    pattern,
    methodKey: request.methodKey ?? 'method',
    operation: request.operation,
    weight:
      sum([...request.clauses, ...state.clauses].map((clause) => clause.weight)) +
      sum([...request.params.values()].map((p) => p.clauses)),
    status,
    does,
    request: definition.request,
    ...(untouched === true && fault === undefined && { untouched }),
    ...(definition.contract === false && { promises: false }),
    replaces: replaces(file, definition),
    stateKeys: allKeys(state.keys, file),
    notes: allNotes(
      [...caseNotes(file), ...(script === undefined ? [] : script.notes), ...state.notes],
      notes,
      fault,
    ),
  }
}

/** A mock for some tenants, or of a case, leaves the others what they have. */
export const replaces = (
  { derived, case: label }: MockFile,
  { named, tenants }: MockDefinition,
): CompiledMock['replaces'] => {
  if (tenants !== undefined || label !== undefined) return undefined
  if (derived?.inPlace === true) return 'base'
  return named === true ? 'packaged' : undefined
}

/** Those of the request first: they are what a person would look at first. */
const allClauses = (request: CompiledMock['clauses'], state: CompiledMock['clauses']) => {
  if (state.length > 0) return [...request, ...state]
  return request.length === 0 ? noClauses : request
}

const isDecided = ([first, ...others]: CompiledMock['clauses']): boolean =>
  first !== undefined && others.length === 0 && first.hints.length === 1 && first.hints[0]!.exact

const caseNotes = ({ case: label }: MockFile): readonly string[] =>
  label === undefined ? noNotes : [`case ${label}`]

/** Mocks of different cases are never in force for the same call, so they do not shadow each other. */
const allKeys = (ofState: readonly string[], { case: label }: MockFile): readonly string[] => {
  if (label !== undefined) return [...ofState, `case ${JSON.stringify(label)}`]
  return ofState.length === 0 ? noNotes : ofState
}

const allNotes = (
  ofState: readonly string[],
  ofAnswer: readonly string[],
  fault: Fault | undefined,
): readonly string[] => {
  if (ofState.length + ofAnswer.length === 0 && fault === undefined) return noNotes
  return [...ofState, ...ofAnswer, ...(fault === undefined ? [] : [`fault: ${fault.description}`])]
}

const noParams: CompiledMock['params'] = new Map()
const noClauses: CompiledMock['clauses'] = []
const noNotes: CompiledMock['notes'] = []

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

const attempt = <T>(work: () => T, failed: (error: unknown) => void): T | undefined => {
  try {
    return work()
  } catch (error) {
    failed(error)
    return undefined
  }
}

const toProblems = (error: unknown, file: MockFile, section: readonly (string | number)[]): Problem[] => {
  if (!(error instanceof SpecError)) throw error
  if (error instanceof ScriptSpecError) {
    const { message, hint, place } = error
    return [
      { severity: 'error', code: 'SCRIPT_ERROR', ...place, message, ...(hint !== undefined && { hint }) },
    ]
  }
  return mistakesIn(error).map(({ code, path, onKey, message, hint }) => ({
    severity: 'error',
    code: code ?? 'MOCK_FILE_INVALID',
    ...file.locate([...section, ...path], onKey),
    message,
    ...(hint !== undefined && { hint }),
  }))
}

const unknownProtocol = (file: MockFile): Problem => ({
  severity: 'error',
  code: 'NOT_YET_SUPPORTED',
  ...file.locate(['protocol']),
  message: `protocol ${file.protocol} cannot be mocked yet`,
})
