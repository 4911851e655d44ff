/** A message as an exchange, so that it is made clean as calls are, and what of it stands in a fixture. */
import { isUtf8 } from 'node:buffer'
import type { Exchange } from '../core/exchange.ts'
import type { MessageFixture } from '../core/fixture.ts'
import { parseJson } from '../core/json.ts'
import type { CleanExchange } from './desensitizer.ts'

/** A tenant's tag is whose recording it was, and comes anew when it is replayed. */
const tagName = 'svcm-tenant'

export type MessageContent = Pick<MessageFixture, 'topic' | 'key' | 'value' | 'json' | 'headers'>

/** Decoded: `{ key?, value }`. */
export const messageExchange = (
  place: Pick<Exchange, 'protocol' | 'service' | 'version'>,
  { topic, key, value, json, headers }: MessageContent,
): Exchange => ({
  ...place,
  operation: `Produce ${topic}`,
  request: {
    headers: headers.flatMap(({ name, value: one }) => {
      if (name === tagName) return []
      const bytes = Buffer.from(one ?? [])
      return [name, isUtf8(bytes) ? bytes.toString() : bytes.toString('base64')]
    }),
    bodies: [
      {
        kind: 'fields',
        value: {
          ...(key !== null && { key: plainOf(key) }),
          value: json === undefined ? (value === null ? null : plainOf(value)) : documentOf(json),
        },
      },
    ],
  },
  reply: { headers: [], bodies: [] },
})

/** A document, a text, or bytes. */
const plainOf = (bytes: Uint8Array): unknown => {
  if (!isUtf8(bytes)) return new Uint8Array(bytes)
  const text = Buffer.from(bytes).toString()
  return /^\s*[{[]/.test(text) ? (documentOf(text) ?? text) : text
}

const documentOf = (text: string): unknown => {
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : undefined
}

/** As a fixture has it. */
export const messageParts = ({
  request,
}: CleanExchange): { key?: unknown; headers?: unknown; value: unknown } => {
  const [body] = request.bodies
  const fields = (body?.kind === 'fields' ? body.value : {}) as {
    readonly key?: unknown
    readonly value?: unknown
  }
  const headers: Record<string, string | string[]> = Object.create(null)
  for (let i = 0; i < request.headers.length; i += 2) {
    const name = request.headers[i]!
    const value = request.headers[i + 1]!
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return {
    ...(fields.key !== undefined && { key: writable(fields.key) }),
    ...(Object.keys(headers).length > 0 && { headers }),
    value: writable(fields.value ?? null),
  }
}

const writable = (value: unknown): unknown =>
  value instanceof Uint8Array ? { $binary: Buffer.from(value).toString('base64') } : value
