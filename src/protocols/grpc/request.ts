/** `request:` of a gRPC mock: which method, and conditions on metadata and messages. */
import type { DecodedBody } from '../../core/body.ts'
import type { Clause, CompiledRequest, Compilers, IndexHint } from '../../core/dialect.ts'
import { indexText } from '../../core/json.ts'
import {
  type Equality,
  type JsonCondition,
  type Mismatch,
  type Scalar,
  SpecError,
  type TextCondition,
} from '../../core/matcher.ts'
import { allValues } from '../../core/metadata.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { isSecretName, maskedIfSecret } from '../../core/secrets.ts'
import type { Occasion } from './call.ts'
import { isBinaryName } from './codec/metadata.ts'
import type { RequestSpec } from './mock-schema.ts'
import { type GrpcScope, pathOf, undefinedMessage } from './mock-scope.ts'

/** Throws SpecError, its path from the request's root. */
export const compileRequest = (spec: RequestSpec, scope: GrpcScope, compile: Compilers): CompiledRequest => {
  let place = { path: undefined as string | undefined, operation: 'any method' }
  const clauses: Clause[] = []
  collectMistakes<unknown>([
    () => {
      place = pathOf(scope)
    },
    ...Object.entries(spec.metadata ?? {}).map(
      ([name, value]) =>
        () =>
          clauses.push(
            metadataClause(
              name,
              within(['metadata', name], () => compile.text(withoutPadding(name, value))),
            ),
          ),
    ),
    () => checkStream(spec, scope),
    ...(['message', 'messages'] as const).map((key) => () => {
      if (!(key in spec) || scope.mistaken) return
      clauses.push(within([key], () => messageClause(key, compile.json(conditionsOf(key, spec[key], scope)))))
    }),
  ])
  return {
    method: occasionOf(spec, scope),
    path: place.path,
    operation: place.operation,
    params: new Map(),
    clauses,
  }
}

/** A catch-all answers whatever is asked. */
const occasionOf = (spec: RequestSpec, { rpc, method }: GrpcScope): Occasion | undefined => {
  const each = spec.stream === 'each' || (spec.stream === undefined && isBoth(rpc) && 'message' in spec)
  if (each) return 'each'
  return method === undefined && spec.stream === undefined ? undefined : 'call'
}

const isBoth = (rpc: GrpcScope['rpc']): boolean => rpc?.clientStreams === true && rpc.serverStreams

const checkStream = (spec: RequestSpec, { rpc }: GrpcScope): void => {
  if ('message' in spec && 'messages' in spec)
    throw new SpecError('message and messages exclude each other', ['messages'], 'keep one of them', true)
  if (rpc === undefined) return
  const { operation, clientStreams } = rpc
  if (spec.stream !== undefined && !isBoth(rpc))
    throw new SpecError(
      `stream is for methods that stream both ways, and ${operation} does not`,
      ['stream'],
      'remove it',
      true,
    )
  if ('messages' in spec && !clientStreams)
    throw new SpecError(`a call of ${operation} has one message`, ['messages'], 'write message: { … }', true)
  if ('messages' in spec && spec.stream === 'each')
    throw new SpecError(
      'messages is the whole stream, and stream: each looks at one',
      ['messages'],
      'write message: { … }',
      true,
    )
  if ('message' in spec && clientStreams && (!isBoth(rpc) || spec.stream === 'end'))
    throw new SpecError(
      `a call of ${operation} has a stream of messages`,
      ['message'],
      'write messages: [ … ], or messages: { $includes: [ … ] }',
      true,
    )
}

const conditionsOf = (key: 'message' | 'messages', spec: unknown, scope: GrpcScope): unknown => {
  if (scope.rpc === undefined) throw undefinedMessage(scope, key)
  const { input } = scope.rpc
  return key === 'message' ? input.conditions(spec) : input.listConditions(spec)
}

const messageClause = (label: string, condition: JsonCondition): Clause => ({
  label,
  needsBody: true,
  weight: condition.clauses,
  test: (_call, body) => {
    const json = body?.json()
    return json?.ok === true && condition.test(json.value)
  },
  mismatch: (_call, body) => {
    const json = body?.json()
    if (json === undefined) return undefined
    if (!json.ok) return { path: '', expected: condition.describe(), actual: json.problem }
    return condition.mismatch(json.value)
  },
  describe: () => condition.describe(),
  hints: label === 'message' ? hintsOf(condition) : [],
})

const hintsOf = (condition: JsonCondition): readonly IndexHint[] => {
  const [only] = condition.equalities
  const exact = condition.complete === true && only !== undefined && only.path.length > 0
  return condition.equalities.map((equality) => messageHint(equality, exact))
}

/** An exact one minds types, as the condition does. */
const messageHint = ({ path, values }: Equality, exact: boolean): IndexHint => ({
  key: `${exact ? 'typed ' : ''}message:${JSON.stringify(path)}`,
  needsBody: true,
  exact,
  values: values.map(exact ? typedText : indexText),
  read: (_call, body) => {
    const value = valueAt(body, path)
    if (value === undefined || (typeof value === 'object' && value !== null)) return absent
    return [(exact ? typedText : indexText)(value as Scalar)]
  },
})

const absent: readonly string[] = []

const typedText = (value: Scalar): string =>
  `${value === null ? 'null' : typeof value === 'bigint' ? 'number' : typeof value} ${indexText(value)}`

const valueAt = (body: DecodedBody | undefined, path: readonly (string | number)[]): unknown => {
  const json = body?.json()
  if (json?.ok !== true) return undefined
  let at: unknown = json.value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    if (Array.isArray(at) !== (typeof step === 'number')) return undefined
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}

const hidden = maskedIfSecret('secret', '')

const masked = (mismatch: Mismatch | undefined): Mismatch | undefined =>
  mismatch && { ...mismatch, expected: hidden, actual: mismatch.actual === 'absent' ? 'absent' : hidden }

/** Senders differ in whether they pad. */
const withoutPadding = (name: string, spec: unknown): unknown =>
  isBinaryName(name) && typeof spec === 'string' ? spec.replace(/=+$/, '') : spec

const metadataClause = (name: string, condition: TextCondition): Clause => {
  const key = name.toLowerCase()
  const read = isBinaryName(key)
    ? (metadata: readonly string[]) => allValues(metadata, key).map((value) => value.replace(/=+$/, ''))
    : (metadata: readonly string[]) => allValues(metadata, key)
  const mask = isSecretName(name) ? masked : (mismatch: Mismatch | undefined) => mismatch
  return {
    label: `metadata.${name}`,
    needsBody: false,
    weight: condition.clauses,
    test: (call) => condition.test(read(call.metadata)),
    mismatch: (call) => mask(condition.mismatch(read(call.metadata))),
    describe: () => (isSecretName(name) ? 'a certain value (not shown)' : condition.describe()),
    hints: condition.equalities.map(
      ({ values }): IndexHint => ({
        key: `metadata.${key}`,
        needsBody: false,
        exact: condition.complete === true,
        values: values.map(indexText),
        read: (call) => read(call.metadata),
      }),
    ),
  }
}
