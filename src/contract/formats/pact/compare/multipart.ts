/** Multipart bodies (RFC 2046, RFC 7578): part by part, by the name that form-data gives it, else by its position. */
import type { DecodedBody } from '../../../../core/body.ts'
import type { Part } from '../../../../core/multipart.ts'
import { parseMultipart } from '../../../../core/multipart-parse.ts'
import { type Body, bodyOfBytes } from '../body.ts'
import { formatMediaType, type MediaType } from '../media-type.ts'
import type { Mismatch } from '../mismatch.ts'
import { formatPath, type Path, root } from '../path-expression.ts'
import type { Context } from './context.ts'

interface ReadPart {
  readonly key: string
  readonly body: Body
}

type Compare = (path: Path, expected: Body, actual: Body) => readonly Mismatch[]

export const compareMultipart = (
  expected: { readonly bytes: Uint8Array; readonly type: string },
  actual: { readonly bytes: Uint8Array; readonly type: string },
  context: Context,
  compare: Compare,
): readonly Mismatch[] => {
  const wanted = partsOf(expected.bytes, expected.type)
  const got = partsOf(actual.bytes, actual.type)
  if (typeof wanted === 'string') return [unreadable(`the expected body: ${wanted}`)]
  if (typeof got === 'string') return [unreadable(`the body: ${got}`)]
  const found = wanted.flatMap(({ key, body }) => {
    const other = got.find((part) => part.key === key)
    return other === undefined ? [part(key, 'is missing')] : compare([...root, key], body, other.body)
  })
  const more = context.strict ? got.filter(({ key }) => !wanted.some((one) => one.key === key)) : []
  return [...found, ...more.map(({ key }) => part(key, 'is not expected'))]
}

const unreadable = (message: string): Mismatch => ({
  kind: 'body',
  path: '$',
  expected: null,
  actual: null,
  message,
})

const part = (key: string, what: string): Mismatch => ({
  kind: 'body',
  path: formatPath([...root, key]),
  expected: what === 'is missing' ? key : null,
  actual: what === 'is missing' ? null : key,
  message: `the part ${key} ${what}`,
})

const partsOf = (bytes: Uint8Array, type: string): readonly ReadPart[] | string => {
  const raw: Uint8Array[] = []
  const types: string[] = []
  const read = parseMultipart(bytes, type, (content, contentType) => {
    raw.push(content)
    types.push(contentType)
    return unread
  })
  if (!read.ok) return read.problem
  return read.value.map((one: Part, i) => ({
    key: one.name === '' ? String(i) : one.name,
    body: bodyOfBytes(raw[i]!, types[i] === '' ? undefined : types[i]),
  }))
}

/** Parts are read as Pact's bodies, not as ours. */
const unread = {} as DecodedBody

/** Without the boundary nothing can be taken apart, and the file's own may stand in the header only. */
export const multipartType = (type: MediaType, header: string | undefined): string =>
  type.parameters.has('boundary') || header === undefined ? formatMediaType(type) : header
