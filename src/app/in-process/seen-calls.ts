/** The calls that a program made, for its tests to look at. In this program's memory only, and bounded. */
import type { DecodedBody } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import type { CallRecord } from '../../core/call-record.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { NearMiss } from '../../mock/near-miss.ts'
import type { HttpCall } from '../../protocols/http/call.ts'
import { formatHost } from '../../protocols/http/target.ts'
import type { SeenCall, SeenProblem } from './public.ts'

const keptAtMost = 10_000

export class SeenCalls {
  private kept: SeenCall[] = []

  /** Adds a call that is over, and returns it. */
  add(call: Call, record: CallRecord): SeenCall {
    const seen = new Seen(call, record)
    this.kept.push(seen)
    if (this.kept.length > keptAtMost) this.kept.shift()
    return seen
  }

  all(): readonly SeenCall[] {
    return this.kept
  }

  forget(): void {
    this.kept = []
  }
}

class Seen implements SeenCall {
  readonly service: string
  readonly known: boolean
  readonly protocol: string
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly url: string
  readonly query: SeenCall['query']
  readonly headers: SeenCall['headers']
  readonly status: number
  readonly outcome: SeenCall['outcome']
  readonly mock: SeenCall['mock']
  readonly problem: SeenProblem | undefined
  readonly tenant: string
  readonly note: string | undefined
  readonly durationMs: number
  readonly at: number
  body: unknown
  bytes: Uint8Array | undefined

  constructor(call: Call, record: CallRecord) {
    const { service, context, tenant } = call
    this.service = service.name
    this.known = service.known
    this.protocol = call.protocol
    this.operation = call.operation
    this.method = call.method
    this.path = call.path
    this.url = urlOf(call)
    this.query = queryOf(call.search ?? '')
    this.headers = headersOf(call.metadata)
    this.status = record.status
    this.outcome = record.outcome
    this.mock =
      context.mock === undefined ? undefined : { name: context.mock.name, where: context.mock.where }
    this.problem = problemOf(call)
    this.tenant = tenant.id
    this.note = record.note
    this.durationMs = record.durationMs
    this.at = record.at
    // What passed has not been kept, and is not asked for again.
    if (record.outcome !== 'passthrough') this.look(call)
  }

  /** Matching has read it, or the proxy has for us (Witness); else it comes when it comes. */
  private look(call: Call): void {
    const read = call.body.read(call.service.bodyLimit)
    if (read instanceof Promise) read.then((body) => this.keep(body)).catch(() => undefined)
    else this.keep(read)
  }

  private keep(decoded: DecodedBody): void {
    if (decoded.problem !== undefined || decoded.bytes.length === 0) return
    this.bytes = decoded.bytes
    const json = /\bjson\b/i.test(decoded.contentType) ? decoded.json() : undefined
    const text = decoded.text()
    this.body = json?.ok === true ? json.value : text.ok ? text.value : decoded.bytes
  }
}

const urlOf = (call: Call): string => {
  const { target, rawTarget } = call as Partial<HttpCall>
  if (target === undefined) return `${call.protocol}://${call.service.name}${call.path}`
  return `${target.scheme}://${formatHost(target.scheme, target)}${rawTarget ?? call.path}`
}

const queryOf = (search: string): SeenCall['query'] => {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) {
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}

const headersOf = (metadata: Metadata): SeenCall['headers'] => {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!.toLowerCase()
    headers[name] = headers[name] === undefined ? metadata[i + 1]! : `${headers[name]}, ${metadata[i + 1]!}`
  }
  return headers
}

const problemOf = ({ context }: Call): SeenProblem | undefined => {
  const { failure } = context
  if (failure === undefined) return undefined
  const nearest = (failure.context.details?.['nearest'] ?? []) as readonly NearMiss[]
  return { code: failure.code, message: failure.message, hint: failure.hint, nearest }
}
