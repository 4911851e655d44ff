/** A read mock file becomes compiled mocks, or problems that point at the place. */

import type { Call } from '../core/call.ts'
import type { CompiledRequest, Compilers, Dialect, ResponseFiles } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import type { Problem } from '../core/problem.ts'
import type { CompiledResponder, Responder } from '../core/responder.ts'
import { type ScriptCompiler, ScriptSpecError } from '../core/script.ts'
import type { Params } from '../core/script-request.ts'
import type { CompiledMock } from './compiled.ts'
import type { MockDefinition, MockFile } from './definition.ts'
import { captureParams, type PathPattern, parsePathPattern, splitPath } from './path-pattern.ts'
import { compileScriptClause, type ScriptClause } from './script-clause.ts'

export interface CompileContext {
  /** By protocol. */
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly responders: readonly Responder[]
  readonly compilers: Compilers
  /** Where `bodyFile` is read from, for one mock file. */
  filesFor(file: MockFile): ResponseFiles
  /** The scripts of one mock file; absent where none can run. */
  scriptsFor?(file: MockFile): ScriptCompiler
}

export interface CompiledFile {
  readonly mocks: readonly CompiledMock[]
  readonly problems: readonly Problem[]
}

/** Equal paths share one parsed pattern: libraries repeat them. Lives as long as one load. */
type Patterns = Map<string | undefined, PathPattern>

export const compileFile = (
  file: MockFile,
  context: CompileContext,
  patterns: Patterns = new Map(),
): CompiledFile => {
  const problems: Problem[] = []
  const dialect = context.dialects.get(file.protocol)
  if (dialect === undefined) return { mocks: [], problems: [unknownProtocol(file)] }
  const files = context.filesFor(file)
  const scripts = context.scriptsFor?.(file)
  const mocks = file.mocks.flatMap((definition, position) => {
    const at = (section: readonly string[]) => (error: unknown) => {
      problems.push(toProblem(error, file, ['mocks', position, ...section]))
    }
    const responder = responderOf(context.responders, definition)
    const path = ['mocks', position]
    const params = (call: Call): Params =>
      request === undefined ? {} : captureParams(request.pattern, splitPath(call.path))
    const request = attempt(
      () => {
        const compiled = compileRequest(dialect, definition, context.compilers, patterns)
        const script = compileScriptClause(definition.request, { dialect, scripts, path, params })
        return script === undefined ? compiled : withScript(compiled, script)
      },
      at(['request']),
    )
    const compiled = attempt(
      () => {
        refuseSeveral(context.responders, definition, responder)
        return responder.compile(specOf(responder, definition), {
          dialect,
          files,
          scripts,
          path,
          params,
        })
      },
      at(keyOf(responder)),
    )
    if (request === undefined || compiled === undefined) return []
    return [toMock(file, definition, position, request, compiled)]
  })
  return { mocks, problems }
}

interface RequestAndPattern {
  readonly request: CompiledRequest
  readonly script?: ScriptClause
  readonly pattern: PathPattern
}

const compileRequest = (
  dialect: Dialect,
  definition: MockDefinition,
  compile: Compilers,
  patterns: Patterns,
): RequestAndPattern => {
  const request = dialect.compileRequest(definition.request ?? {}, compile)
  let pattern = patterns.get(request.path)
  if (pattern === undefined) {
    pattern = inPath(request.path)
    patterns.set(request.path, pattern)
  }
  for (const name of request.params.keys()) {
    if (pattern.names.includes(name)) continue
    const has = pattern.names.length === 0 ? 'it has none' : `it has ${pattern.names.join(', ')}`
    throw new SpecError(`the path has no parameter {${name}}`, ['params', name], has, true)
  }
  return { request, pattern }
}

const withScript = ({ request, pattern }: RequestAndPattern, script: ScriptClause): RequestAndPattern => ({
  request: { ...request, clauses: [...request.clauses, script.clause] },
  pattern,
  script,
})

const inPath = (path: string | undefined): PathPattern => {
  try {
    return parsePathPattern(path)
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(error.message, ['path', ...error.path], error.hint)
    throw error
  }
}

const refuseSeveral = (
  responders: readonly Responder[],
  definition: MockDefinition,
  used: Responder,
): void => {
  const other = responders.find(
    ({ key }) => key !== undefined && key !== used.key && definition[key] !== undefined,
  )
  if (other === undefined) return
  throw new SpecError(`${used.key} and ${other.key} exclude each other`, [], 'keep one of them', true)
}

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

const toMock = (
  file: MockFile,
  definition: MockDefinition,
  position: number,
  { request, pattern, script }: RequestAndPattern,
  { respond, constant, asksUpstream, status }: CompiledResponder,
): CompiledMock => ({
  // The fields that every call reads stand first, in as few cache lines as possible.
  kind: 'mock',
  method: request.method,
  rank: 0,
  // Shared where empty: tens of thousands of mocks should not fill the processor's caches with nothing.
  clauses: request.clauses.length === 0 ? noClauses : request.clauses,
  params: request.params.size === 0 ? noParams : request.params,
  needsBody: request.clauses.some((clause) => clause.needsBody),
  constant,
  asksUpstream,
  where: `${definition.at.file}:${definition.at.line}`,
  respond,
  decide: script?.decide,
  name: definition.name,
  at: definition.at,
  service: file.service,
  version: file.version,
  protocol: file.protocol,
  priority: definition.priority,
  layer: file.layer,
  position,
  pattern,
  weight:
    sum(request.clauses.map((clause) => clause.weight)) +
    sum([...request.params.values()].map((p) => p.clauses)),
  status,
  request: definition.request,
})

const noParams: CompiledMock['params'] = new Map()
const noClauses: CompiledMock['clauses'] = []

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

const attempt = <T>(work: () => T, failed: (error: unknown) => void): T | undefined => {
  try {
    return work()
  } catch (error) {
    failed(error)
    return undefined
  }
}

const toProblem = (error: unknown, file: MockFile, section: readonly (string | number)[]): Problem => {
  if (!(error instanceof SpecError)) throw error
  const scripted = error instanceof ScriptSpecError
  const { at, frame } = scripted ? error.place : file.locate([...section, ...error.path], error.onKey)
  return {
    severity: 'error',
    code: scripted ? 'SCRIPT_ERROR' : (error.code ?? 'MOCK_FILE_INVALID'),
    at,
    frame,
    message: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
  }
}

const unknownProtocol = (file: MockFile): Problem => ({
  severity: 'error',
  code: 'NOT_YET_SUPPORTED',
  ...file.locate(['protocol']),
  message: `protocol ${file.protocol} cannot be mocked yet`,
})
