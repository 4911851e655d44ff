/** What makes two answers to the same request the same answer: all that is not of the moment. */
import { createHash } from 'node:crypto'
import type { FixtureParts } from '../core/fixture.ts'
import { parseJson, stringifyJson } from '../core/json.ts'
import { volatileKind } from '../core/volatile.ts'

/** `at`: when the call was made. */
export const answerKey = ({ response, body }: FixtureParts, at: number): string => {
  const headers = (response['headers'] ?? {}) as Readonly<Record<string, unknown>>
  const hash = createHash('sha256')
  // Cookies and dates of change differ where the answer does not.
  hash.update(JSON.stringify([response['status'], headers['content-type'], headers['location'], body.kind]))
  const { status: _status, headers: _headers, ...rest } = response
  hash.update(stringifyJson(withoutVolatile(rest, '', at)))
  if (body.kind === 'bytes') hash.update(body.bytes)
  else if (body.kind === 'json') hash.update(settled(body.text, at))
  else if (body.kind === 'text') hash.update(body.text)
  return hash.digest('base64')
}

const none: ReadonlySet<string> = new Set()

const settled = (text: string, at: number): string => {
  const json = parseJson(text)
  return json.ok ? stringifyJson(withoutVolatile(json.value, '', at)) : text
}

const withoutVolatile = (value: unknown, name: string, at: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutVolatile(item, name, at))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, withoutVolatile(member, key, at)]),
    )
  return name !== '' && volatileKind(name, value, { names: none, at }) !== undefined ? null : value
}
