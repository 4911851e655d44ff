/**
 * The last calls with their headers and bodies, for assertions of test clients. In memory only, bounded in bytes, and only where
 * the configuration asks for it: nothing of it is written, logged or shown by a command.
 */
import { randomUUID } from 'node:crypto'
import type { DecodedBody } from '../../core/body.ts'
import type { Call, Outcome } from '../../core/call.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Reply } from '../../core/reply.ts'
import type { JournalKeeper } from '../../filters/journal.ts'
import { HttpCall } from '../../protocols/http/call.ts'

export interface JournalReply {
  /** 0: the wire was broken on purpose. */
  readonly status: number
  readonly headers: Metadata
  /** undefined: none, or one that was passed on as it came. */
  readonly body: Uint8Array | undefined
}

export interface JournalEntry {
  /** A UUID. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly service: string
  readonly tenant: string
  readonly method: string
  /** Raw, without the part that belongs to the service's address. */
  readonly path: string
  /** Raw, with its `?`, or ''. */
  readonly search: string
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** `HTTP/1.1`. */
  readonly protocol: string
  /** Raw pairs. */
  readonly headers: Metadata
  /** Without content-encoding; empty where `unread` is set. */
  readonly body: Uint8Array
  /** Why the body is not here. */
  readonly unread: string | undefined
  /** Mocks were asked, and none of them took it. */
  readonly missed: boolean
  /** `file:line` and name of the mock that took it. */
  readonly mock: { readonly name: string; readonly where: string } | undefined
  readonly outcome: Outcome | undefined
  /** undefined: not answered yet, or refused. */
  readonly reply: JournalReply | undefined
  /** Until the answer began. */
  readonly durationMs: number
}

/** What an entry costs besides its texts and bytes. */
const overheadBytes = 512
/** Headers of our own that came in as bytes. */
const textBytes = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)

const noBody = new Uint8Array(0)
const protocols: Readonly<Record<string, string>> = { '1.0': 'HTTP/1.0', '1.1': 'HTTP/1.1', '2.0': 'HTTP/2' }

export class Journal implements JournalKeeper {
  delayMs = 0
  /** Calls that had to leave since it was last emptied. */
  forgotten = 0
  readonly #entries = new Map<string, { entry: JournalEntry; bytes: number }>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Oldest first. */
  entries(): readonly JournalEntry[] {
    return [...this.#entries.values()].map(({ entry }) => entry)
  }

  get(id: string): JournalEntry | undefined {
    return this.#entries.get(id)?.entry
  }

  remove(id: string): boolean {
    const kept = this.#entries.get(id)
    if (kept === undefined) return false
    this.#bytes -= kept.bytes
    return this.#entries.delete(id)
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
    this.forgotten = 0
  }

  came(call: Call, body: DecodedBody): (reply: Reply | undefined) => void {
    const entry = entryOf(call, body)
    const startedAt = performance.now()
    this.#put(entry)
    return (reply) => {
      // It may have been removed, or have left, in the meantime.
      if (!this.#entries.has(entry.id)) return
      const { mock, outcome } = call.context
      this.#put({
        ...entry,
        mock: mock === undefined ? undefined : { name: mock.name, where: mock.where },
        outcome,
        missed: isMissed(call),
        reply: reply === undefined ? undefined : replyOf(reply),
        durationMs: performance.now() - startedAt,
      })
    }
  }

  /** Keeps its place in the order where it stands already. */
  #put(entry: JournalEntry): void {
    const bytes = bytesOf(entry)
    const before = this.#entries.get(entry.id)
    this.#bytes += bytes - (before?.bytes ?? 0)
    this.#entries.set(entry.id, { entry, bytes })
    for (const [id] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break
      this.remove(id)
      this.forgotten++
    }
  }
}

/** A call that passes because its service is in another mode was nobody's to match. */
const isMissed = ({ service, context }: Call): boolean =>
  service.mode === 'mock' && context.mock === undefined && context.outcome !== 'mock'

const entryOf = (call: Call, body: DecodedBody): JournalEntry => {
  const http = call instanceof HttpCall ? call : undefined
  const { scheme = 'http', host = '', port = 80 } = http?.target ?? {}
  return {
    id: randomUUID(),
    at: Date.now(),
    service: call.service.name,
    tenant: call.tenant.id,
    method: call.method,
    path: call.path,
    search: call.search ?? '',
    scheme,
    host: hostOf(call) ?? host,
    port,
    protocol: protocols[http?.client.httpVersion ?? ''] ?? 'HTTP/1.1',
    headers: call.metadata,
    // A copy: what was read may be a small part of a large piece, which would live as long.
    body: body.problem === undefined ? Uint8Array.from(body.bytes) : noBody,
    unread: body.problem,
    missed: false,
    mock: undefined,
    outcome: undefined,
    reply: undefined,
    durationMs: 0,
  }
}

/** As the client named it, which on an own port is not where the call goes. */
const hostOf = ({ metadata }: Call): string | undefined =>
  firstValue(metadata, 'host')?.replace(/:\d+$/, '') ??
  firstValue(metadata, ':authority')?.replace(/:\d+$/, '')

const replyOf = (reply: Reply): JournalReply => {
  if (reply.kind === 'single') return { status: reply.status, headers: reply.metadata, body: reply.body }
  if (reply.kind === 'stream' || reply.kind === 'tunnel')
    return { status: reply.status, headers: reply.metadata, body: undefined }
  return { status: 0, headers: [], body: undefined }
}

const bytesOf = ({ path, search, headers, body, reply }: JournalEntry): number =>
  overheadBytes +
  path.length +
  search.length +
  textBytes(headers) +
  body.length +
  (reply === undefined ? 0 : textBytes(reply.headers) + (reply.body?.length ?? 0))
