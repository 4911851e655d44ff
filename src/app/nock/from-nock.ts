/** Nock's definitions, as its recorder writes them, become mock files. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { decodedAs } from '../../protocols/http/body.ts'
import { hopByHop } from '../../protocols/http/hop-by-hop.ts'
import { writeYaml } from '../../yaml/write.ts'
import type { FromNock, FromNockOptions, NockDefinition, NockNote } from './public.ts'

type Fields = Readonly<Record<string, unknown>>

interface Made {
  readonly service: string
  readonly request: Fields
  readonly response: Fields
  readonly name: string
  /** How far this goes back to definitions, for people. */
  readonly of: string
}

/** Rejects nothing: what cannot be said is listed. Throws FILE_EXISTS where it would write over a file. */
export const fromNock = (definitions: readonly NockDefinition[], options: FromNockOptions = {}): FromNock => {
  const { version = '1.0.0' } = options
  const changed: NockNote[] = []
  const notPossible: NockNote[] = []
  const made: Made[] = []
  for (const [i, definition] of definitions.entries()) {
    const of = `definition ${i + 1}: ${definition.method ?? 'GET'} ${String(definition.scope)}${String(definition.path)}`
    const why = impossible(definition)
    if (why !== undefined) {
      notPossible.push({ of, why })
      continue
    }
    const notes: string[] = []
    made.push({ ...mockOf(definition, options.service, notes), of })
    changed.push(...notes.map((note) => ({ of, why: note })))
  }
  const files = [...Map.groupBy(made, ({ service }) => service)].map(([service, mocks]) => ({
    path: `mocks/${service}/${version}/nock.yaml`,
    text: `# Made of nock's definitions\nservice: ${service}\nversion: ${version}\nmocks:\n${mocksText(mocks, changed)}`,
  }))
  if (options.folder !== undefined) write(options.folder, files)
  const touched = new Set(changed.map(({ of }) => of))
  return { files, taken: made.filter(({ of }) => !touched.has(of)).length, changed, notPossible }
}

const impossible = ({ scope, path, body, reqheaders, options }: NockDefinition): string | undefined => {
  if (typeof scope !== 'string') return 'its scope is an expression, and a service has hosts by name'
  if (typeof path !== 'string') return 'its path is an expression'
  if (typeof body === 'function' || body instanceof RegExp) return 'its body is a function or an expression'
  if (Object.values(reqheaders ?? {}).some((value) => typeof value === 'function'))
    return 'a header is a function'
  if (
    Object.keys((options ?? {}) as object).some(
      (key) => key !== 'encodedQueryParams' && key !== 'allowUnmocked',
    )
  )
    return 'it has options of its own'
  return undefined
}

const mockOf = (
  definition: NockDefinition,
  service: string | undefined,
  notes: string[],
): Omit<Made, 'of'> => {
  const url = new URL(String(definition.path), String(definition.scope))
  const { method = 'GET', body, reqheaders = {}, badheaders = [] } = definition
  const query = queryOf(url.searchParams)
  if (url.search !== '') notes.push('nock takes no other query parameters than these; the mock does')
  const headers: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(reqheaders))
    headers[name] =
      value instanceof RegExp ? { $matches: `[\\s\\S]*(?:${value.source})[\\s\\S]*` } : String(value)
  for (const name of badheaders) headers[name] = { $absent: true }
  const request = {
    method: method.toUpperCase(),
    path: literal(url.pathname),
    ...(query !== undefined && { query }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && body !== '' && { body: bodyCondition(body) }),
  }
  return {
    service: service ?? url.hostname.split('.')[0]!,
    name: `${request.method} ${url.pathname}${url.search}`,
    request,
    response: responseOf(definition, notes),
  }
}

/** Braces mean parameters in our paths. */
const literal = (path: string): string => path.replaceAll('{', '%7B').replaceAll('}', '%7D')

const queryOf = (params: URLSearchParams): Fields | undefined => {
  const names = [...new Set(params.keys())]
  if (names.length === 0) return undefined
  return Object.fromEntries(
    names.map((name) => {
      const values = params.getAll(name)
      return [name, values.length === 1 ? { $equalTo: values[0] } : { $hasExactly: values }]
    }),
  )
}

const bodyCondition = (body: unknown): unknown =>
  typeof body === 'string' ? { $equalTo: body } : { $equalToJson: body }

/** Headers that describe bytes which are written anew, or belong to a connection. */
const dropped: ReadonlySet<string> = new Set([...hopByHop, 'content-length', 'content-encoding', 'date'])

const responseOf = (definition: NockDefinition, notes: string[]): Fields => {
  const { status = 200, response } = definition
  const pairs = headerPairs(definition)
  const kept: Record<string, unknown> = {}
  for (const [name, value] of pairs) {
    if (dropped.has(name.toLowerCase())) continue
    const before = Object.keys(kept).find((one) => one.toLowerCase() === name.toLowerCase())
    if (before === undefined) kept[name] = value
    else kept[before] = [kept[before], value].flat()
  }
  const typed = Object.keys(kept).find((name) => name.toLowerCase() === 'content-type')
  const body = bodyOf(definition, pairs, notes)
  if (status === 204 || status === 304 || body === undefined)
    return { status, ...(Object.keys(kept).length > 0 && { headers: kept }) }
  // What nock sends of JSON has a type; a text has one only where it was recorded.
  const isText = typeof response === 'string' && definition.responseIsBinary !== true
  if (typed === undefined && isText && 'body' in body)
    notes.push('nock gives a text no content-type, the mock text/plain')
  return { status, ...(Object.keys(kept).length > 0 && { headers: kept }), ...body }
}

const headerPairs = ({ rawHeaders, headers }: NockDefinition): readonly (readonly [string, string])[] => {
  const given = rawHeaders ?? headers ?? {}
  if (Array.isArray(given)) {
    const flat = given as readonly string[]
    return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!] as const] : []))
  }
  return Object.entries(given as Readonly<Record<string, string | readonly string[]>>).flatMap(
    ([name, values]) => [values].flat().map((value) => [name, value] as const),
  )
}

const bodyOf = (
  { response, responseIsBinary }: NockDefinition,
  headers: readonly (readonly [string, string])[],
  notes: string[],
): Fields | undefined => {
  if (response === undefined || response === '' || response === null) return undefined
  const coding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
  if (coding !== undefined) {
    const hex = Array.isArray(response) ? response.join('') : String(response)
    const plain = decodedAs(Buffer.from(hex, 'hex'), headers.flat(), 256 * 1024 * 1024)
    if (plain.problem === undefined) {
      notes.push(`the body is written without its ${coding}`)
      return bytesOf(plain.bytes)
    }
  }
  if (responseIsBinary === true) return bytesOf(Buffer.from(String(response), 'hex'))
  if (typeof response === 'string') return textOf(response)
  return { body: escaped(response) }
}

const bytesOf = (bytes: Uint8Array): Fields => {
  try {
    return textOf(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return { bodyBase64: Buffer.from(bytes).toString('base64') }
  }
}

const textOf = (text: string): Fields => ({ body: escapedText(text) })

// A replacement text would take the sign for its own.
const escapedText = (text: string): string => text.replaceAll('${{', () => '$${{')

/** Texts in which an expression would begin. */
const escaped = (value: unknown): unknown => {
  if (typeof value === 'string') return escapedText(value)
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]))
}

/** Several answers to one request come in their order, as nock's do. */
const mocksText = (mocks: readonly Made[], changed: NockNote[]): string => {
  const groups = Map.groupBy(mocks, ({ request }) => JSON.stringify(request))
  const names = new Map<string, number>()
  const list = [...groups.values()].map((group) => {
    const [{ name, request, response }] = group as [Made]
    const used = (names.get(name) ?? 0) + 1
    names.set(name, used)
    const why =
      group.length === 1
        ? 'nock answers once, the mock again and again'
        : 'nock answers in turn and then no more; the mock stays with the last answer'
    changed.push(...group.map(({ of }) => ({ of, why })))
    const answers =
      group.length === 1 ? { response } : { responses: group.map((one) => one.response), repeat: 'last' }
    return { name: used === 1 ? name : `${name} (${used})`, request, ...answers }
  })
  return writeYaml(list).replaceAll(/^(?=.)/gm, '  ')
}

const write = (folder: string, files: FromNock['files']): void => {
  for (const { path } of files)
    if (existsSync(join(folder, path)))
      throw new SvcMockError('FILE_EXISTS', `${path} is there already`, {
        hint: 'remove it, or choose another version',
      })
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
