/** Static mocks as nock's definitions: what `nock.define` reads. */
import type { Reply } from '../../core/reply.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import { bodiless } from '../../protocols/http/constant-reply.ts'
import type { NockDefinition, NockNote, ToDefinitions } from './public.ts'

export interface Source {
  readonly files: readonly MockFile[]
  readonly mocks: readonly CompiledMock[]
  /** By service. */
  readonly hosts: ReadonlyMap<string, readonly string[]>
}

type Fields = Readonly<Record<string, unknown>>

export const toDefinitions = ({ files, mocks, hosts }: Source): ToDefinitions => {
  const definitions: NockDefinition[] = []
  const changed: NockNote[] = []
  const notPossible: NockNote[] = []
  let taken = 0
  for (const file of files) {
    for (const mock of file.mocks) {
      const of = `${mock.name} (${mock.at.file}:${mock.at.line})`
      const compiled = mocks.find(
        ({ name, where }) => name === mock.name && where.startsWith(`${mock.at.file}:${mock.at.line}`),
      )
      const made = definitionOf(file, mock, compiled?.constant, hosts.get(file.service) ?? [])
      if (typeof made === 'string') {
        notPossible.push({ of, why: made })
        continue
      }
      definitions.push(made.definition)
      for (const why of made.notes) changed.push({ of, why })
      if (made.notes.length === 0) taken++
    }
  }
  return { definitions, taken, changed, notPossible }
}

interface Made {
  readonly definition: NockDefinition
  readonly notes: readonly string[]
}

/** Or why there is none. */
const definitionOf = (
  file: MockFile,
  mock: MockDefinition,
  reply: Reply | undefined,
  hosts: readonly string[],
): Made | string => {
  const host = hosts.find((one) => /^[^*/:]+(?::\d+)?$/.test(one))
  if (file.protocol !== 'http') return `nock knows no ${file.protocol}`
  if (host === undefined) return 'its service has no plain host'
  const request = (mock.request ?? {}) as Fields
  const why = whyNot(mock, request, reply)
  if (why !== undefined) return why
  const { metadata, status } = reply as Extract<Reply, { kind: 'single' }>
  const bytes = bodiless.has(status) ? undefined : (reply as Extract<Reply, { kind: 'single' }>).body
  const notes: string[] = []
  const query = new URLSearchParams(
    Object.entries((request['query'] ?? {}) as Fields).map(([name, value]) => [name, String(plain(value))]),
  ).toString()
  if (file.version !== undefined)
    notes.push(`nock knows no versions: it answers calls for any, not only ${file.version}`)
  notes.push('nock takes no query parameters that are not named')
  if (request['method'] === undefined) notes.push('the mock takes any method, the definition GET')
  const headers = Object.fromEntries(
    Object.entries((request['headers'] ?? {}) as Fields).map(([name, value]) => [name, String(plain(value))]),
  )
  const body = request['body'] as Fields | undefined
  const definition: NockDefinition = {
    scope: `http://${/:\d+$/.test(host) ? host : `${host}:80`}`,
    method: (request['method'] as string | undefined) ?? 'GET',
    path: `${request['path'] as string}${query === '' ? '' : `?${query}`}`,
    ...(body !== undefined && { body: '$equalToJson' in body ? body['$equalToJson'] : body['$equalTo'] }),
    status,
    ...responseOf(bytes),
    rawHeaders: listed(metadata),
    ...(Object.keys(headers).length > 0 && { reqheaders: headers }),
  }
  return { definition, notes }
}

const whyNot = (mock: MockDefinition, request: Fields, reply: Reply | undefined): string | undefined => {
  if (mock.tenants !== undefined) return 'it is for tenants'
  if (reply === undefined || reply.kind !== 'single')
    return 'its answer is no constant one: it depends on the call, on state, on a fault or on the real service'
  if (typeof request['path'] !== 'string') return 'it takes any path'
  if (/[{}]/.test(request['path'])) return 'its path has parameters'
  const known = ['method', 'path', 'query', 'headers', 'body']
  const other = Object.keys(request).find((key) => !known.includes(key))
  if (other !== undefined) return `nock's definitions have no ${other}`
  for (const key of ['query', 'headers'] as const) {
    const found = Object.entries((request[key] ?? {}) as Fields).find(
      ([, value]) => plain(value) === undefined,
    )
    if (found !== undefined) return `the condition on ${key}.${found[0]} is no equality`
  }
  const { body } = request
  if (body === undefined) return undefined
  const keys = typeof body === 'object' && body !== null ? Object.keys(body) : []
  const equal = keys.length === 1 && (keys[0] === '$equalToJson' || keys[0] === '$equalTo')
  return equal ? undefined : 'the condition on the body is no equality'
}

/** undefined: it is no equality. */
const plain = (value: unknown): string | number | boolean | undefined => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value)
  return entries.length === 1 && entries[0]![0] === '$equalTo' ? plain(entries[0]![1]) : undefined
}

const responseOf = (bytes: Uint8Array | undefined): Pick<NockDefinition, 'response' | 'responseIsBinary'> => {
  if (bytes === undefined || bytes.length === 0) return { response: '' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    // nock reads JSON out of a text and writes it anew: such bytes stay as they are only in hexadecimal.
    if (!isJson(text)) return { response: text }
  } catch {
    // No text.
  }
  return { response: Buffer.from(bytes).toString('hex'), responseIsBinary: true }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const listed = (metadata: readonly string[]): Readonly<Record<string, string | readonly string[]>> => {
  const headers: Record<string, string | string[]> = {}
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!
    const before = headers[name]
    headers[name] = before === undefined ? metadata[i + 1]! : [before, metadata[i + 1]!].flat()
  }
  return headers
}
