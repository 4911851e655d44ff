/** Recording without threads and sockets: exchanges in, files out, and the calls asked again of what was written. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { libraryTools } from '../../src/app/library-tools.ts'
import { MockLibrary } from '../../src/app/mock-library.ts'
import { newTenant } from '../../src/core/call.ts'
import type { Exchange } from '../../src/core/exchange.ts'
import type { FixturePolicy } from '../../src/core/fixture.ts'
import { firstValue } from '../../src/core/metadata.ts'
import type { Reply } from '../../src/core/reply.ts'
import { take } from '../../src/mock/select.ts'
import { decompress } from '../../src/protocols/http/content-coding.ts'
import { httpFixture } from '../../src/protocols/http/fixture/fixture.ts'
import { imaginedCall } from '../../src/protocols/http/imagined-call.ts'
import type { CleanExchange, Desensitizer } from '../../src/record/desensitizer.ts'
import { FixtureStore, type RecordMode } from '../../src/record/fixture-store.ts'
import { Recording } from '../../src/record/recording.ts'
import { service as anEntry } from '../support/library.ts'

export const policy: FixturePolicy = { headers: [], volatile: new Set(), comparedAtMost: 64 * 1024 }
export const dialects = new Map([['http', httpFixture]])

/** Takes everything for harmless, so that what goes in can be compared with what comes out; unpacks as the real one does. */
export const harmless: Desensitizer = {
  clean: (exchange) => ({
    kind: 'clean',
    exchange: {
      ...exchange,
      request: unpacked(exchange.request),
      reply: unpacked(exchange.reply),
    } as unknown as CleanExchange,
    masked: [],
  }),
  revise: () => undefined,
  namesReal: () => false,
  commit: () => undefined,
}

const unpacked = <M extends Exchange['request']>(message: M): M => {
  const coding = firstValue(message.headers, 'content-encoding')
  if (coding === undefined) return message
  const bodies = message.bodies.map((body) => {
    const plain = body.kind === 'bytes' ? decompress(body.bytes, coding, 1e8) : undefined
    return plain?.ok === true ? { kind: 'bytes' as const, bytes: plain.value } : body
  })
  return {
    ...message,
    bodies,
    headers: message.headers.filter(
      (_, i) => message.headers[i - (i % 2)]!.toLowerCase() !== 'content-encoding',
    ),
  }
}

export interface Sent {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly body?: Uint8Array | string | undefined
}
export interface Got {
  readonly status?: number
  readonly headers?: readonly string[]
  readonly body?: Uint8Array | string | undefined
  readonly gzip?: boolean
}

const bodies = (body: Uint8Array | string | undefined, gzip = false): Exchange['reply']['bodies'] => {
  const bytes = Buffer.from(body ?? '')
  return bytes.length === 0 ? [] : [{ kind: 'bytes', bytes: gzip ? gzipSync(bytes) : bytes }]
}

export const exchange = (sent: Sent, got: Got = {}, service = 'orders'): Exchange => {
  const { method = 'GET', target = '/orders', headers = [], body } = sent
  return {
    protocol: 'http',
    service,
    version: '1.4.0',
    operation: `${method} ${target.split('?')[0]}`,
    request: { target, headers, bodies: bodies(body) },
    reply: {
      status: got.status ?? 200,
      headers: got.gzip === true ? [...(got.headers ?? []), 'Content-Encoding', 'gzip'] : (got.headers ?? []),
      bodies: bodies(got.body, got.gzip),
    },
  }
}

export interface RunOptions {
  readonly mode?: RecordMode
  readonly desensitizer?: Desensitizer
  readonly case?: string
  readonly policy?: FixturePolicy
  readonly at?: number
}

/** One run over exchanges, written below `<folder>/fixtures`. */
export const record = (folder: string, exchanges: readonly Exchange[], options: RunOptions = {}) => {
  const { desensitizer = harmless, mode = 'once', at = Date.UTC(2026, 0, 2) } = options
  const store = new FixtureStore({
    folder: join(folder, 'fixtures'),
    mode,
    namesReal: (text) => desensitizer.namesReal(text),
  })
  const recording = new Recording({ desensitizer, dialects, policy: options.policy ?? policy, store })
  for (const each of exchanges) recording.take({ exchange: each, at, case: options.case })
  return recording.finish().data()
}

/** The fixtures of a folder, loaded as `start` loads them; mistakes are thrown. */
export const replayOf = async (folder: string, cases: readonly string[] = []) => {
  const layer = { folder: join(folder, 'fixtures'), display: 'fixtures', layer: 2 }
  const library = new MockLibrary(folder, [layer], await libraryTools(), cases)
  const wrong = library.problems().map(({ at, message }) => `${at.file}:${at.line} ${message}`)
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  const tenant = newTenant('t')
  return async ({ operation, service, request }: Exchange): Promise<Reply | undefined> => {
    const [path = '', ...search] = request.target!.split('?')
    const call = imaginedCall(
      {
        method: operation.split(' ')[0]!,
        path,
        search: search.length === 0 ? '' : `?${search.join('?')}`,
        headers: request.headers,
        body: request.bodies.map((body) => (body.kind === 'bytes' ? body.bytes : new Uint8Array(0)))[0],
      },
      {
        service: anEntry({ name: service }),
        target: { scheme: 'http', host: 'h', port: 80, basePath: '' },
        basePath: '',
      },
      tenant,
    )
    const mock = await take(library.index, call)
    return mock?.respond(call, () => {
      throw new Error('asked the real service')
    })
  }
}
