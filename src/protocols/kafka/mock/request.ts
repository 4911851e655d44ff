/** `on:` of a Kafka mock: which topic, and conditions on a record's key, headers and value. */
import type { DecodedBody } from '../../../core/body.ts'
import type { Clause, CompiledRequest, Compilers } from '../../../core/dialect.ts'
import { indexText } from '../../../core/json.ts'
import { type BodyCondition, type Mismatch, SpecError, type TextCondition } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { isSecretName, maskedIfSecret } from '../../../core/secrets.ts'
import type { RecordCall } from '../call.ts'
import type { RequestSpec } from './schema.ts'
import { topicProblem } from './topic.ts'

/** Throws SpecError, its path from the section's root. */
export const compileRequest = (spec: RequestSpec, compile: Compilers): CompiledRequest => {
  const clauses: Clause[] = []
  let topic: string | undefined
  collectMistakes<unknown>([
    () => {
      if (typeof spec.topic === 'string') topic = within(['topic'], () => checkedTopic(spec.topic as string))
      else if (spec.topic !== undefined)
        clauses.push(
          within(['topic'], () => textClause('topic', compile.text(spec.topic), ({ method }) => [method])),
        )
    },
    () => {
      if ('key' in spec) clauses.push(within(['key'], () => keyClause(spec.key, compile)))
    },
    ...Object.entries(spec.headers ?? {}).map(([name, condition]) => () => {
      const compiled = within(['headers', name], () => compile.text(textual(condition)))
      clauses.push(textClause(`headers.${name}`, compiled, (call) => call.headers(name), isSecretName(name)))
    }),
    () => {
      if ('value' in spec) clauses.push(within(['value'], () => valueClause(spec.value, compile)))
    },
  ])
  return {
    method: topic,
    path: undefined,
    operation: topic === undefined ? 'any topic' : `Produce ${topic}`,
    params: new Map(),
    clauses,
  }
}

const checkedTopic = (topic: string): string => {
  const problem = topicProblem(topic)
  if (problem === undefined) return topic
  throw new SpecError(
    `${JSON.stringify(topic)} is no topic: ${problem}`,
    [],
    'for several topics write an operator: { $matches: orders\\..* }',
  )
}

/** Keys and headers are text, whatever YAML reads. */
const textual = (spec: unknown): unknown =>
  typeof spec === 'number' || typeof spec === 'bigint' || typeof spec === 'boolean' ? String(spec) : spec

const textClause = (
  label: string,
  condition: TextCondition,
  read: (call: RecordCall) => readonly string[],
  secret = false,
): Clause => ({
  label,
  needsBody: false,
  weight: condition.clauses,
  test: (call) => condition.test(read(call as RecordCall)),
  mismatch: (call) => masked(condition.mismatch(read(call as RecordCall)), secret),
  describe: () => (secret ? 'a certain value (not shown)' : condition.describe()),
  hints: condition.equalities.map(({ values }) => ({
    key: label,
    needsBody: false,
    exact: condition.complete === true,
    values: values.map(indexText),
    read: (call) => read(call as RecordCall),
  })),
  place: label,
  condition,
})

const hidden = maskedIfSecret('secret', '')

const masked = (mismatch: Mismatch | undefined, secret: boolean): Mismatch | undefined =>
  mismatch === undefined || !secret
    ? mismatch
    : { ...mismatch, expected: hidden, actual: mismatch.actual === 'absent' ? 'absent' : hidden }

const keyClause = (spec: unknown, compile: Compilers): Clause => {
  if (spec === null) return nullClause('key', (call) => call.record.key === null)
  if (isPlain(spec)) {
    const condition = compile.body(spec)
    return bodyClause('key', condition, (call) => call.keyBody)
  }
  return textClause('key', compile.text(textual(spec)), (call) => call.keys)
}

const valueClause = (spec: unknown, compile: Compilers): Clause => {
  if (spec === null) return nullClause('value', (call) => call.record.value === null)
  return bodyClause('value', compile.body(spec))
}

/** Documents, not operators. */
const isPlain = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && !Object.keys(spec).some((key) => key.startsWith('$'))

/** `of`: another document than the record's value. */
const bodyClause = (
  label: string,
  condition: BodyCondition,
  of?: (call: RecordCall) => DecodedBody,
): Clause => {
  const pick = (call: unknown, body: DecodedBody | undefined): DecodedBody | undefined =>
    of === undefined ? body : of(call as RecordCall)
  return {
    label,
    needsBody: of === undefined,
    weight: condition.clauses,
    test: (call, body) => {
      const read = pick(call, body)
      return read !== undefined && condition.test(read)
    },
    mismatch: (call, body) => {
      const read = pick(call, body)
      return read === undefined ? undefined : condition.mismatch(read)
    },
    describe: () => condition.describe(),
    hints: [],
    place: label,
    condition,
  }
}

const nullClause = (label: string, test: (call: RecordCall) => boolean): Clause => ({
  label,
  needsBody: false,
  weight: 1,
  test: (call) => test(call as RecordCall),
  mismatch: () => ({ path: '', expected: 'null', actual: `a ${label}` }),
  describe: () => 'null',
  hints: [],
})
