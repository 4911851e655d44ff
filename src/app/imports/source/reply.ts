/** An answer of another tool as `response:` of ours. */
import { hopByHop } from '../../../protocols/http/hop-by-hop.ts'
import type { JsonNode } from './json-node.ts'
import { NotPossible, type Thing } from './things.ts'

export type ReplyBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly base64: string }
  /** Its expressions are live: nothing is escaped. */
  | { readonly kind: 'template'; readonly text: string }

export interface ReplyParts {
  /** Or an expression. */
  readonly status: number | string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: ReplyBody | undefined
  /** The reason phrase. */
  readonly statusText?: string | undefined
  /** Header values hold live expressions. */
  readonly liveHeaders?: boolean
}

interface Surroundings {
  readonly thing: Thing
  /** Where the answer stands. */
  readonly node: JsonNode
}

/** Throws NotPossible. */
export const responseOf = (parts: ReplyParts, { thing, node }: Surroundings): Record<string, unknown> => {
  const { status } = parts
  if (typeof status === 'number' && (!Number.isInteger(status) || status < 200 || status > 599))
    throw new NotPossible(`a mock cannot answer with status ${status}`, node)
  const headers = headersOf(parts, { thing, node })
  const bodiless = status === 204 || status === 304
  const body = bodyOf(parts.body, headers)
  if (bodiless && Object.keys(body).length > 0) thing.note(`a reply with status ${status} has no body`, node)
  return {
    ...(status !== 200 && { status }),
    ...(parts.statusText !== undefined && { statusText: parts.statusText }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(!bodiless && body),
  }
}

const headersOf = (
  { headers, liveHeaders = false, body }: ReplyParts,
  { thing, node }: Surroundings,
): Record<string, string | string[]> => {
  const kept: Record<string, string | string[]> = Object.create(null)
  for (const [given, value] of headers) {
    const lower = given.toLowerCase().trim()
    const name = Object.keys(kept).find((known) => known.toLowerCase() === lower) ?? given.trim()
    if (lower === 'content-length' || hopByHop.has(lower)) {
      if (!isOurs(lower, value, body))
        thing.note(`${given}: ${value} is left out: it is the connection's`, node)
      continue
    }
    if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name)) {
      thing.note(`the header ${JSON.stringify(given)} is left out: that is no name of a header`, node)
      continue
    }
    const text = liveHeaders ? value : escapeTemplates(value)
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text.replaceAll(/\$\{\{[\s\S]*?\}\}/g, ''))) {
      thing.note(`the header ${name} is left out: it has a sign that no header can carry`, node)
      continue
    }
    const before = kept[name]
    kept[name] = before === undefined ? text : [before, text].flat()
  }
  return { ...kept }
}

/** What we send of ourselves says the same. */
const isOurs = (name: string, value: string, body: ReplyBody | undefined): boolean => {
  if (name === 'connection') return /^keep-alive$/i.test(value.trim())
  if (name === 'keep-alive') return true
  if (name === 'transfer-encoding') return /^chunked$/i.test(value.trim())
  if (name !== 'content-length') return false
  if (body === undefined) return value.trim() === '0'
  if (body.kind === 'text') return Number(value) === Buffer.byteLength(body.text)
  return body.kind === 'bytes' && Number(value) === Buffer.from(body.base64, 'base64').length
}

const bodyOf = (
  body: ReplyBody | undefined,
  headers: Readonly<Record<string, string | string[]>>,
): Record<string, unknown> => {
  if (body === undefined) return {}
  if (body.kind === 'bytes') return { bodyBase64: Buffer.from(body.base64, 'base64').toString('base64') }
  if (body.kind === 'template') return { body: body.text }
  if (body.kind === 'json')
    return typeof body.value === 'string'
      ? { body: escapeTemplates(JSON.stringify(body.value)) }
      : { body: escapeTemplates(body.value) }
  if (body.text === '') return {}
  const structured = asValue(body.text, headers)
  return { body: structured === undefined ? escapeTemplates(body.text) : escapeTemplates(structured) }
}

/** JSON whose bytes are the same when we write its value: shown as a value. */
const asValue = (text: string, headers: Readonly<Record<string, string | string[]>>): unknown => {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (type === undefined || !/\bjson\b/i.test(String(type)) || !/^[[{]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

/** `${{` stands for itself. */
export const escapeTemplates = <T>(value: T): T => {
  if (typeof value === 'string') return value.replaceAll('${{', () => '$${{') as T
  if (Array.isArray(value)) return value.map(escapeTemplates) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escapeTemplates(member)])) as T
}

/** As mock files write times. */
export const duration = (ms: number): string => `${Math.round(ms)}ms`
