/**
 * A recorded answer held against the one that the service gives now, both as mock files say them and both desensitized: status,
 * headers that say something of the interface, and the body or the messages, field by field.
 */
import { hash } from 'node:crypto'
import { parseJson, sameScalar } from '../../core/json.ts'
import { timeOf, volatileKind } from '../../core/volatile.ts'
import type { Change, IsVolatile, Path } from './change.ts'
import { compareDocuments } from './compare-documents.ts'

type Fields = Readonly<Record<string, unknown>>

export interface FileAnswer {
  /** `response`, or one of `responses`, of a mock file. */
  readonly response: Fields
  /** Bytes of the file that `bodyFile` names; undefined: it is not there. */
  readFile(name: string): Uint8Array | undefined
}

export interface AnswerOptions {
  readonly protocol: string
  /** Names of fields that differ from call to call, as `fieldKey` makes them. */
  readonly volatile: ReadonlySet<string>
  /** When the service was asked, in ms since the epoch. */
  readonly at: number
}

/** An answer of another status is another answer: nothing else of it is compared. */
export const compareAnswers = (
  before: FileAnswer,
  after: FileAnswer,
  options: AnswerOptions,
): readonly Change[] => {
  const status = options.protocol === 'grpc' ? 'OK' : 200
  const [old, now] = [before, after].map(({ response }) => response['status'] ?? status)
  if (!sameScalar(old, now)) {
    const path = ['status']
    return [{ kind: 'status', path, was: path, before: old, after: now, shape: true }]
  }
  const isVolatile = volatileIn(options)
  return options.protocol === 'grpc'
    ? rpcChanges(before.response, after.response, isVolatile)
    : httpChanges(before, after, isVolatile)
}

/** By its name, or because it is the time of the call. */
const volatileIn =
  ({ volatile: names, at }: AnswerOptions): IsVolatile =>
  (name, before, after) => {
    if (typeof before === 'object' || typeof after === 'object' || name === '') return false
    const kind = volatileKind(name, after, { names, at })
    if (kind === undefined) return false
    const then = timeOf(before)
    return volatileKind(name, before, { names, at: then ?? at }) !== undefined
  }

const rpcChanges = (before: Fields, after: Fields, isVolatile: IsVolatile): readonly Change[] => [
  ...['metadata', 'trailers'].flatMap((section) =>
    headerChanges(fieldsOf(before[section]), fieldsOf(after[section]), section, isVolatile),
  ),
  ...['message', 'messages', 'statusMessage', 'details'].flatMap((section) =>
    compareDocuments(before[section] ?? null, after[section] ?? null, [section], {
      isVolatile,
      absentIsDefault: true,
    }),
  ),
]

const httpChanges = (before: FileAnswer, after: FileAnswer, isVolatile: IsVolatile): readonly Change[] => {
  const [old, now] = [before, after].map(({ response }) => fieldsOf(response['headers']))
  const headers = headerChanges(old!, now!, 'headers', isVolatile)
  const [body, bodyNow] = [bodyOf(before, old!), bodyOf(after, now!)]
  return [...headers, ...bodyChanges(body, bodyNow, isVolatile)]
}

/** Of one answer or one connection, or of what stands between: that they are there says nothing of the interface. */
const passing =
  /^(?:age|alt-svc|connection|content-encoding|content-length|date|keep-alive|server|transfer-encoding|vary|via|x-powered-by|last-modified|cf-.+)$/
/** That they are there does, but not what they say. */
const momentary = /^(?:set-cookie|retry-after|x-ratelimit-.+|ratelimit.*|link)$/

const headerChanges = (
  before: Fields,
  after: Fields,
  section: string,
  isVolatile: IsVolatile,
): readonly Change[] => {
  const [old, now] = [before, after].map(
    (fields) => new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value])),
  )
  const names = [...new Set([...old!.keys(), ...now!.keys()])].filter((name) => !passing.test(name))
  return names.flatMap((name): readonly Change[] => {
    const [left, right] = [old!.get(name), now!.get(name)]
    const path = [section, name]
    const change = { path, was: path, before: left, after: right }
    if (left === undefined) return [{ ...change, kind: 'added', shape: true }]
    if (right === undefined) return [{ ...change, kind: 'removed', shape: true }]
    const texts = [left, right].map(textOf)
    if (texts[0] === texts[1] || momentary.test(name) || isVolatile(name, ...(texts as [string, string])))
      return []
    if (name !== 'content-type') return [{ ...change, kind: 'value', shape: false }]
    return [{ ...change, kind: 'content-type', shape: mediaType(left) !== mediaType(right) }]
  })
}

const textOf = (value: unknown): string => [value].flat().map(String).join('\n')

const mediaType = (value: unknown): string => textOf(value).split(';')[0]!.trim().toLowerCase()

type Body =
  | { readonly kind: 'none' | 'missing' }
  | { readonly kind: 'JSON'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** Where it stands does not matter, nor whether JSON is written as YAML or as text. */
const bodyOf = ({ response, readFile }: FileAnswer, headers: Fields): Body => {
  const { body, bodyBase64, bodyFile } = response
  const types = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'content-type')
  const type = types.length === 0 ? '' : mediaType(types[0]![1])
  if (typeof bodyBase64 === 'string') return bodyOfBytes(Buffer.from(bodyBase64, 'base64'), type)
  if (typeof bodyFile === 'string') {
    const bytes = readFile(bodyFile.replace(/^\.\//, ''))
    return bytes === undefined ? { kind: 'missing' } : bodyOfBytes(bytes, type)
  }
  if (body === undefined) return { kind: 'none' }
  if (typeof body === 'string') return bodyOfText(body, type)
  return { kind: 'JSON', value: body }
}

const bodyOfBytes = (bytes: Uint8Array, type: string): Body => {
  const text = Buffer.from(bytes).toString('utf8')
  if (text.includes('\ufffd') || /[\x00-\x08\x0e-\x1f]/.test(text)) return { kind: 'bytes', bytes }
  // Only in a mock file itself `${{` opens an expression.
  return bodyOfText(
    text.replaceAll('${{', () => '$${{'),
    type,
  )
}

const bodyOfText = (text: string, type: string): Body => {
  const json = /[/+]json$/.test(type) ? parseJson(text) : undefined
  return json?.ok === true ? { kind: 'JSON', value: json.value } : { kind: 'text', text }
}

const bodyChanges = (before: Body, after: Body, isVolatile: IsVolatile): readonly Change[] => {
  const path: Path = ['body']
  // What is not there any more was told when the file was loaded.
  if (before.kind === 'missing') return []
  if (before.kind === 'none' || after.kind === 'none' || before.kind !== after.kind) {
    if (before.kind === after.kind) return []
    const kind = before.kind === 'none' ? 'added' : after.kind === 'none' ? 'removed' : 'type'
    return [{ kind, path, was: path, before: shownBody(before), after: shownBody(after), shape: true }]
  }
  if (before.kind === 'JSON')
    return compareDocuments(before.value, (after as typeof before).value, path, { isVolatile })
  if (before.kind === 'bytes') {
    const same = Buffer.from(before.bytes).equals((after as typeof before).bytes)
    if (same) return []
    return [
      { kind: 'value', path, was: path, before: shownBody(before), after: shownBody(after), shape: false },
    ]
  }
  return textChanges((before as { text: string }).text, (after as { text: string }).text, path)
}

/** What a body that cannot be compared field by field is called. */
const shownBody = (body: Body): unknown => {
  if (body.kind === 'none') return undefined
  if (body.kind === 'text') return `text of ${body.text.length} characters`
  if (body.kind !== 'bytes') return body.kind
  return `${body.bytes.length} bytes (${hash('sha256', body.bytes).slice(0, 8)})`
}

/** The first line that differs, and how many do. */
const textChanges = (before: string, after: string, path: Path): readonly Change[] => {
  if (before === after) return []
  const [old, now] = [before, after].map((text) => text.split(/\r?\n/))
  const most = Math.max(old!.length, now!.length)
  const differing = Array.from({ length: most }, (_none, i) => i).filter((i) => old![i] !== now![i])
  const [first] = differing
  if (first === undefined) return []
  const times = differing.length
  return [
    {
      kind: 'value',
      path: [...path, first],
      was: path,
      ...(old![first] !== undefined && { before: old![first] }),
      ...(now![first] !== undefined && { after: now![first] }),
      shape: false,
      ...(times > 1 && { times }),
    },
  ]
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
