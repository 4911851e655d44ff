/**
 * The reply of a static mock, shared by all its calls. With a hundred thousand of them in memory every object
 * that a call touches is a cache miss, so a reply keeps little: a short body in the one form that is written,
 * and headers in a list that others share.
 */
import { latin1Bytes, latin1Text } from '../../core/bytes.ts'
import type { SingleReply } from '../../core/reply.ts'

export interface Payload {
  readonly bytes: Uint8Array
  readonly type: string | undefined
}

/** RFC 9110 sections 15.3.5 and 15.4.5: these end with their headers. */
export const bodiless: ReadonlySet<number> = new Set([204, 304])

/** Beyond this a body is better written as bytes: joining it with the head would copy more than a second write costs. */
export const wireAtMost = 16 * 1024

/** What most mocks say beside their body: one list for all of them. */
const jsonOnly: readonly string[] = ['content-type', 'application/json']

export const constantReply = (
  status: number,
  headers: readonly string[],
  payload: Payload | undefined,
): SingleReply => {
  const typed = headers.some((header, i) => i % 2 === 0 && header.toLowerCase() === 'content-type')
  const type = typed ? undefined : payload?.type
  const own = type === undefined ? headers : ['content-type', type, ...headers]
  const kept = own.length === 2 && type === 'application/json' ? jsonOnly : own
  const bytes = payload?.bytes ?? new Uint8Array(0)
  if (bodiless.has(status)) return { kind: 'single', status, metadata: kept, body: undefined }
  if (bytes.length <= wireAtMost) return new ShortReply(status, latin1Text(bytes), kept)
  return { kind: 'single', status, metadata: [...kept, 'content-length', String(bytes.length)], body: bytes }
}

/** `wire`: the body as Latin-1, at most `wireAtMost` characters. */
export const shortReply = (status: number, wire: string, headers: readonly string[]): SingleReply =>
  new ShortReply(status, wire, headers)

/** Few replies say their own words, so the small form does without. */
export const worded = ({ status, metadata, body }: SingleReply, statusText: string): SingleReply => ({
  kind: 'single',
  status,
  statusText,
  metadata,
  body,
})

/** Three fields and a string: little more than a cache line. */
class ShortReply implements SingleReply {
  readonly status: number
  readonly wire: string
  private readonly headers: readonly string[]

  constructor(status: number, wire: string, headers: readonly string[]) {
    this.status = status
    this.wire = wire
    this.headers = headers
  }

  get kind(): 'single' {
    return 'single'
  }

  get metadata(): readonly string[] {
    return [...this.headers, 'content-length', String(this.wire.length)]
  }

  get body(): Uint8Array {
    return latin1Bytes(this.wire)
  }
}
