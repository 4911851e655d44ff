/** Files of recorded messages: what `svc-mock tail --record` writes, and `svc-mock replay` sends. */
import { z } from 'zod'
import { SvcMockError } from '../../core/errors.ts'
import { stringifyJson } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import { parseDuration } from '../../core/units.ts'
import { parseDocument } from '../../yaml/document.ts'
import { shapeProblems } from '../../yaml/zod-problems.ts'
import { base64, type WireHeader } from './wire.ts'

const scalar = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ $binary: z.base64() }),
])

const messageSchema = z.strictObject({
  topic: z.string().min(1),
  /** After the first one's time. */
  at: z.string().optional(),
  partition: z.int().min(0).optional(),
  key: z.unknown().optional(),
  headers: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
  value: z.unknown(),
})

const fileSchema = z.strictObject({
  recorded: z.strictObject({ service: z.string().optional() }).optional(),
  messages: z.array(messageSchema),
})

type MessageFixture = z.infer<typeof fileSchema>

export interface ReplayMessage {
  readonly topic: string
  readonly atMs: number
  readonly partition: number | undefined
  readonly key: string | null
  readonly value: string | null
  readonly typed: boolean
  readonly headers: readonly WireHeader[]
}

export interface ReadFixture {
  /** Where it was recorded. */
  readonly service: string | undefined
  readonly messages: readonly ReplayMessage[]
}

/** Throws FIXTURE_INVALID with all that is wrong, each with its place. */
export const readFixture = (text: string, shown: string): ReadFixture => {
  const document = parseDocument(text, shown, 'FIXTURE_INVALID')
  const problems: Problem[] = [...document.problems]
  if (problems.length === 0)
    problems.push(
      ...shapeProblems({ schema: fileSchema, value: document.value, document, code: 'FIXTURE_INVALID' }),
    )
  if (problems.length > 0) throw invalid(shown, problems)
  const { messages, recorded } = document.value as MessageFixture
  const read = messages.map((message, i): ReplayMessage => {
    const atMs = message.at === undefined ? 0 : parseDuration(message.at)
    if (atMs === undefined)
      problems.push({
        severity: 'error',
        code: 'FIXTURE_INVALID',
        ...document.locate(['messages', i, 'at']),
        message: `${JSON.stringify(message.at)} is no time`,
        hint: 'write at: 120ms, counted from the first message',
      })
    return {
      topic: message.topic,
      atMs: atMs ?? 0,
      partition: message.partition,
      key: bytesOf(message.key),
      value: bytesOf(message.value),
      // Text and bytes are what they are; all else is a document.
      typed: typeof message.value !== 'string' && !isBinary(message.value) && message.value !== null,
      headers: Object.entries(message.headers ?? {}).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: bytesOf(one) })),
      ),
    }
  })
  if (problems.length > 0) throw invalid(shown, problems)
  return { service: recorded?.service, messages: read }
}

const invalid = (shown: string, problems: readonly Problem[]): SvcMockError =>
  new SvcMockError('FIXTURE_INVALID', `${shown} has mistakes`, { details: { problems } })

const isBinary = (value: unknown): value is { readonly $binary: string } =>
  typeof value === 'object' && value !== null && '$binary' in value

/** In base64. */
const bytesOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (isBinary(value)) return value.$binary
  return base64(Buffer.from(typeof value === 'string' ? value : stringifyJson(value)))
}
