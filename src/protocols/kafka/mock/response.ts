/** `send:` of a Kafka mock becomes records, made once and shared by all calls; and what scripts and templates make. */
import type { CompiledResponse, ScriptDocument, WriteResult } from '../../../core/dialect.ts'
import { parseJson } from '../../../core/json.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { refuseTemplates, unescapeTemplates } from '../../../core/template.ts'
import { parseDuration } from '../../../core/units.ts'
import {
  bytesOf,
  type OutgoingHeader,
  type OutgoingRecord,
  type OutgoingValue,
  sendReply,
} from './outcome.ts'
import { type MessageSpec, messagesSchema, type ResponseSpec } from './schema.ts'
import { topicProblem } from './topic.ts'

/** Throws SpecError. `literal`: nothing in it is a template. */
export const compileResponse = (spec: ResponseSpec, literal = false): CompiledResponse => {
  if (!literal) refuseTemplates(spec, [])
  const { send = [] } = literal ? spec : (unescapeTemplates(spec) as ResponseSpec)
  const reply = sendReply(within(['send'], () => recordsOfSpec(send)))
  return { reply, status: reply.status }
}

/** `head`: what a script returned but for `send`: nothing, or the list itself. */
export const compileResult = (head: unknown): WriteResult => {
  if (Array.isArray(head)) {
    const reply = sendReply(recordsOfSpec(checked(head)))
    return () => reply
  }
  const [other] = Object.keys((head ?? {}) as object)
  if (other !== undefined)
    throw new SpecError(
      `there is no ${other} in what a mock of messages returns`,
      [other],
      'return { send: [...] }',
    )
  return (document) => {
    if (document === undefined) return sendReply([])
    return sendReply(within(['send'], () => recordsOfSpec(checked(parsedValue(document)))))
  }
}

const parsedValue = (document: ScriptDocument): unknown => {
  if (!('json' in document)) throw new SpecError('it is text, and must be a list of messages')
  const parsed = parseJson(document.json)
  if (!parsed.ok) throw new SpecError(parsed.problem)
  return parsed.value
}

/** Plain data that nobody has looked at. Throws SpecError. */
const checked = (value: unknown): readonly MessageSpec[] => {
  if (value === null) return []
  const list = Array.isArray(value) ? value : [value]
  return collectMistakes(
    list.map((one, i) => () => {
      const result = messagesSchema.safeParse(asWritten(one))
      if (result.success) return result.data as MessageSpec
      const issue = deepest(result.error.issues as readonly Issue[])
      throw new SpecError(
        issue?.message ?? 'it is no message',
        [i, ...(issue?.path.map(String) ?? [])],
        'a message has topic and value',
      )
    }),
  )
}

interface Issue {
  readonly message: string
  readonly path: readonly PropertyKey[]
  readonly errors?: readonly (readonly Issue[])[]
}

/** Of a union the first branch, a single message, says what is wrong. */
const deepest = ([issue]: readonly Issue[]): Issue | undefined =>
  issue?.errors?.[0] === undefined ? issue : deepest(issue.errors[0])

/** An expression may give a number where text is meant: a topic or a time. */
const asWritten = (one: unknown): unknown => {
  if (typeof one !== 'object' || one === null) return one
  const { topic } = one as { readonly topic?: unknown }
  return typeof topic === 'number' ? { ...one, topic: String(topic) } : one
}

/** Throws SpecError, its path from the list. */
export const recordsOfSpec = (spec: MessageSpec | readonly MessageSpec[]): readonly OutgoingRecord[] => {
  if (!Array.isArray(spec)) return [recordOf(spec as MessageSpec)]
  return collectMistakes(spec.map((one: MessageSpec, i) => () => within([i], () => recordOf(one))))
}

const recordOf = (spec: MessageSpec): OutgoingRecord => {
  const problem = topicProblem(spec.topic)
  if (problem !== undefined)
    throw new SpecError(`${JSON.stringify(spec.topic)} is no topic: ${problem}`, ['topic'])
  if (!('value' in spec))
    throw new SpecError('the message has no value', [], 'write value: …, or value: null for a tombstone')
  return {
    topic: spec.topic,
    key: within(['key'], () => bytesOf(outgoing(spec.key ?? null))),
    value: within(['value'], () => outgoing(spec.value)),
    headers: Object.entries(spec.headers ?? {}).flatMap(([name, value]) =>
      within(['headers', name], () => headersOf(name, value)),
    ),
    delayMs: within(['delay'], () => delayOf(spec.delay)),
    partition: within(['partition'], () => wholeNumber(spec.partition, 'a partition')),
    timestamp: within(['timestamp'], () => wholeNumber(spec.timestamp, 'a time')),
  }
}

const headersOf = (name: string, value: unknown): readonly OutgoingHeader[] =>
  (Array.isArray(value) ? value : [value]).map((one: unknown) => ({ name, value: bytesOf(outgoing(one)) }))

const encoder = new TextEncoder()

/** Throws SpecError. */
const outgoing = (value: unknown): OutgoingValue => {
  if (value === null || value === undefined) return { kind: 'null' }
  if (typeof value === 'string') return { kind: 'bytes', bytes: encoder.encode(value) }
  if (typeof value === 'object' && '$binary' in value) return { kind: 'bytes', bytes: binary(value) }
  return { kind: 'json', value }
}

const binary = (value: object): Uint8Array => {
  const { $binary: text, ...others } = value as { readonly $binary: unknown }
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw new SpecError('nothing stands beside $binary', [other], 'remove the other keys', true)
  if (typeof text !== 'string' || Buffer.from(text, 'base64').toString('base64') !== text)
    throw new SpecError('$binary is base64', ['$binary'])
  return Buffer.from(text, 'base64')
}

const delayOf = (delay: string | number | undefined): number => {
  if (delay === undefined) return 0
  const ms = typeof delay === 'number' ? delay : parseDuration(delay)
  if (ms !== undefined && ms >= 0) return ms
  throw new SpecError(`${JSON.stringify(delay)} is no time`, [], 'write 200ms, 2s or 1m')
}

const wholeNumber = (value: string | number | undefined, what: string): number | undefined => {
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new SpecError(`${JSON.stringify(value)} is no number of ${what}`)
}
