/** A request of HTTP that might meet a mock's conditions; whether it does is tried. */

import type { SampleRequest } from '../contract/formats/openapi/sample-request.ts'
import { type Fields, isFields } from '../core/fields.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { Segment } from '../mock/path-pattern.ts'
import { entries, textFor, valueFor } from './sample-values.ts'

type Pairs = readonly (readonly [string, string])[]

export interface DraftRequest {
  /** Encoded. */
  readonly path: string
  /** Without its `?`. */
  readonly query: string
  readonly headers: Pairs
  readonly body: string | undefined
}

export interface DraftWishes {
  /** Where a condition names no value. */
  readonly guess: string
  /** What the service's contract knows of its calls. */
  readonly known?: SampleRequest | undefined
  /** Values of the contract are taken before the guess. */
  readonly trusting?: boolean
}

export const draftRequest = (mock: CompiledMock, wishes: DraftWishes): DraftRequest => {
  const request = (mock.request ?? {}) as Fields
  const { guess, known, trusting } = wishes
  const like = trusting === true ? known : undefined
  const named = (section: string): Fields => (request[section] ?? {}) as Fields
  const pairs = (section: 'query' | 'headers' | 'cookies'): Pairs => [
    ...entries(named(section), guess, like?.[section]),
    ...missing(section, named(section), known),
  ]
  const params = named('params')
  const path = mock.pattern.segments
    .map((segment) => `/${segmentText(segment, (name) => textFor(params[name], guess, like?.params[name]))}`)
    .join('')
  const content = contentOf(request, wishes)
  const headers = pairs('headers')
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type' && content?.fixed !== true)
  const cookies = pairs('cookies')
  return {
    path: path === '' ? '/' : path,
    query: new URLSearchParams(pairs('query').map(([name, value]) => [name, value])).toString(),
    headers: [
      ...(content?.type === undefined || typed ? [] : [['content-type', content.type] as const]),
      ...headers.filter(([name]) => content?.fixed !== true || name.toLowerCase() !== 'content-type'),
      ...(cookies.length === 0
        ? []
        : [['cookie', cookies.map(([name, value]) => `${name}=${value}`).join('; ')] as const]),
    ],
    body: content?.text,
  }
}

/** What the contract requires and the mock does not speak of. */
const missing = (
  section: 'query' | 'headers' | 'cookies',
  asked: Fields,
  known: SampleRequest | undefined,
): Pairs => {
  const names = new Set(Object.keys(asked).map((name) => name.toLowerCase()))
  return Object.entries(known?.[section] ?? {}).flatMap(([name, value]) =>
    names.has(name.toLowerCase()) || known?.required.has(`${section}.${name}`) !== true
      ? []
      : [value].flat().map((one) => [name, one] as const),
  )
}

const segmentText = (segment: Segment, textOf: (name: string) => string): string => {
  if (segment.kind === 'literal') return encodeURI(segment.text)
  if (segment.kind === 'part')
    return encodeURI(segment.source.replace(/\{([^{}]*)\}/g, (_all, name: string) => textOf(name)))
  const text = textOf(segment.name)
  // The rest of a path may have several segments.
  return segment.kind === 'rest'
    ? encodeURI(text).replace(/[?#]/g, encodeURIComponent)
    : encodeURIComponent(text)
}

interface Content {
  readonly text: string
  readonly type: string | undefined
  /** No other type would do. */
  readonly fixed?: true
}

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const contentOf = (request: Fields, { guess, known, trusting }: DraftWishes): Content | undefined => {
  const { body: spec, multipart } = request
  if (multipart !== undefined) return multipartOf(multipart as Fields, guess)
  const sample = known?.body
  if (spec === undefined) return sample?.required === true ? written(sample.value, sample.type) : undefined
  if (isAbsent(spec)) return undefined
  const like = trusting === true ? sample?.value : undefined
  if (isFields(spec) && isFields(spec['$form'])) {
    const pairs = entries(spec['$form'], guess, like)
    return { text: new URLSearchParams(pairs).toString(), type: form }
  }
  const value = valueFor(spec, guess, like)
  if (isFields(spec) && isFields(value) && isFields(sample?.value) && !isOperator(spec))
    return written({ ...without(sample.value, spec), ...value }, sample.type)
  if (typeof value !== 'string') return written(value, sample?.type ?? json)
  return { text: value, type: typeOfText(value) }
}

const isOperator = (spec: Fields): boolean => Object.keys(spec)[0]?.startsWith('$') === true

const isAbsent = (spec: unknown): boolean => isFields(spec) && spec['$absent'] === true

/** Fields that the mock wants to be absent stay so. */
const without = (sample: Fields, spec: Fields): Fields =>
  Object.fromEntries(Object.entries(sample).filter(([name]) => !isAbsent(spec[name])))

const written = (value: unknown, type: string): Content =>
  type === form && isFields(value)
    ? { text: new URLSearchParams(entries(value, '')).toString(), type }
    : { text: typeof value === 'string' && !/json$/.test(type) ? value : jsonText(value), type }

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))

const typeOfText = (text: string): string => {
  if (/^\s*</.test(text)) return 'application/xml'
  return /^\s*[{[]/.test(text) ? json : 'text/plain'
}

/** RFC 7578. */
const multipartOf = (parts: Fields, guess: string): Content => {
  const boundary = 'svc-mock-7d3a41'
  const text = Object.entries(parts).flatMap(([name, spec]) =>
    isAbsent(spec) ? [] : [part(name, spec, guess)],
  )
  return {
    text: `${text.map((one) => `--${boundary}\r\n${one}\r\n`).join('')}--${boundary}--\r\n`,
    type: `multipart/form-data; boundary=${boundary}`,
    fixed: true,
  }
}

const part = (name: string, spec: unknown, guess: string): string => {
  const own = isFields(spec) && !isOperator(spec) ? spec : { body: spec }
  const isPart = Object.keys(own).every((key) => ['headers', 'filename', 'body'].includes(key))
  const { headers, filename, body } = isPart ? own : ({ body: spec } as Fields)
  const file = filename === undefined ? '' : `; filename="${textFor(filename, `${guess}.txt`)}"`
  const value = valueFor(body, guess)
  const lines = isFields(headers) ? entries(headers, guess).map(([key, one]) => `\r\n${key}: ${one}`) : []
  const text = typeof value === 'string' ? value : jsonText(value)
  return `content-disposition: form-data; name="${name}"${file}${lines.join('')}\r\n\r\n${text}`
}
