/** Calls that were kept, in the words of WireMock's journal. */

import { createHash } from 'node:crypto'
import type { JournalEntry } from '../../app/running.ts'
import type { Fields } from '../../core/fields.ts'
import { allValues, firstValue, type Metadata } from '../../core/metadata.ts'
import type { AdminCall } from './answer.ts'

type Named = Readonly<Record<string, string | readonly string[]>>

/** A list only where a name came more than once: clients read both. */
const named = (pairs: Iterable<readonly [string, string]>): Named => {
  const values = new Map<string, string[]>()
  const names = new Map<string, string>()
  for (const [name, value] of pairs) {
    const key = names.get(name.toLowerCase()) ?? name
    names.set(name.toLowerCase(), key)
    values.set(key, [...(values.get(key) ?? []), value])
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]))
}

function* pairsOf(metadata: Metadata): Generator<readonly [string, string]> {
  for (let i = 0; i < metadata.length; i += 2) yield [metadata[i]!, metadata[i + 1]!]
}

function* cookiesOf(metadata: Metadata): Generator<readonly [string, string]> {
  for (const pair of allValues(metadata, 'cookie').join(';').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0) yield [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
  }
}

const multiValues = (search: string): Fields => {
  const values: Record<string, { key: string; values: string[] }> = Object.create(null)
  for (const [key, value] of new URLSearchParams(search)) {
    values[key] ??= { key, values: [] }
    values[key].values.push(value)
  }
  return values
}

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8')
const base64Of = (body: Uint8Array): string => Buffer.from(body).toString('base64')

/** LoggedRequest. `clientIp` is missing: it is not kept. */
export const loggedRequest = (entry: JournalEntry): Fields => {
  const { id, at, method, scheme, host, port, protocol, headers, body } = entry
  const url = entry.path + entry.search
  const form = /^application\/x-www-form-urlencoded\b/i.test(firstValue(headers, 'content-type') ?? '')
  const authority = firstValue(headers, 'host') ?? `${host}:${port}`
  return {
    id,
    url,
    absoluteUrl: `${scheme}://${authority}${url}`,
    method,
    headers: named(pairsOf(headers)),
    cookies: named(cookiesOf(headers)),
    browserProxyRequest: false,
    loggedDate: at,
    bodyAsBase64: base64Of(body),
    body: textOf(body),
    protocol,
    scheme,
    host,
    port,
    loggedDateString: new Date(at).toISOString(),
    queryParams: multiValues(entry.search),
    formParams: form ? multiValues(textOf(body)) : {},
  }
}

/** ServeEvent. */
export const serveEvent = (entry: JournalEntry, call: Pick<AdminCall, 'running' | 'stubs'>): Fields => {
  const { reply, mock, missed } = entry
  const stub = mock === undefined ? undefined : stubAt(mock, call)
  const status = reply?.status ?? (missed ? 502 : undefined)
  const took = Math.round(entry.durationMs)
  return {
    id: entry.id,
    request: loggedRequest(entry),
    ...(status !== undefined && {
      responseDefinition: { status, fromConfiguredStub: mock !== undefined },
    }),
    ...(reply !== undefined && {
      response: {
        status: reply.status,
        headers: named(pairsOf(reply.headers)),
        ...(reply.body !== undefined && { bodyAsBase64: base64Of(reply.body), body: textOf(reply.body) }),
      },
    }),
    wasMatched: mock !== undefined,
    timing: { addedDelay: 0, processTime: took, responseSendTime: 0, serveTime: took, totalTime: took },
    subEvents: [],
    ...(stub !== undefined && { stubMapping: stub }),
  }
}

/** The stub that a mock was put as; for one of a file, a stub that says which it is. */
export const stubAt = (
  { name, where }: { readonly name: string; readonly where: string },
  { running, stubs }: Pick<AdminCall, 'running' | 'stubs'>,
  more: Fields = {},
): Fields => {
  const id = running.runTime.idOf(where)
  const put = id === undefined ? undefined : stubs.get(id)
  if (put !== undefined)
    return Object.keys(more).length === 0
      ? put.json
      : { ...put.json, metadata: { ...(put.json['metadata'] as object), 'svc-mock': more } }
  const own = uuidOf(where)
  return {
    id: own,
    uuid: own,
    name,
    request: { method: 'ANY' },
    response: { status: 200 },
    persistent: true,
    metadata: { 'svc-mock': { mock: name, at: where, ...more } },
  }
}

/** The same for the same place (RFC 9562 section 5.8). */
const uuidOf = (text: string): string => {
  const hex = createHash('sha256').update(`svc-mock ${text}`).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
