/** What a pattern on metadata finds: it is one on JSON, and metadata are looked at as a body would be. */

import type { JournalEntry } from '../../app/running.ts'
import type { Fields } from '../../core/fields.ts'
import { stringifyJson } from '../../core/json.ts'
import { type AdminCall, objectOf } from './answer.ts'
import { requestOf } from './convert.ts'
import type { Stub } from './stubs.ts'

const encoder = new TextEncoder()

/** Which of them have metadata that meet the pattern of the call's body. */
export const withMetadata = async <T>(
  call: Pick<AdminCall, 'running' | 'body'>,
  things: readonly T[],
  metadataOf: (thing: T) => unknown,
): Promise<readonly T[]> => {
  const pattern = objectOf(call.body)
  const probe = call.running.runTime.probe(requestOf({ method: 'ANY', bodyPatterns: [pattern] }))
  const entries = things.map((thing, i) => entryOf(String(i), (metadataOf(thing) ?? {}) as Fields))
  const met = new Set((await probe.among(entries)).map(({ id }) => id))
  return things.filter((_thing, i) => met.has(String(i)))
}

export const stubsByMetadata = (call: AdminCall): Promise<readonly Stub[]> =>
  withMetadata(call, call.stubs.list(call), ({ json }) => json['metadata'])

const entryOf = (id: string, metadata: Fields): JournalEntry => ({
  id,
  at: 0,
  service: '',
  tenant: 'default',
  method: 'POST',
  path: '/',
  search: '',
  scheme: 'http',
  host: '',
  port: 80,
  protocol: 'HTTP/1.1',
  headers: ['content-type', 'application/json'],
  body: encoder.encode(stringifyJson(metadata)),
  unread: undefined,
  missed: false,
  mock: undefined,
  outcome: undefined,
  reply: undefined,
  durationMs: 0,
})
