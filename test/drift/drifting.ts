/** A workspace with fixtures that were recorded from a real service which then changes. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { type DriftOptions, type DriftReport, drift } from '../../src/app/drift/drift.ts'
import { fixtureDialects } from '../../src/app/record/fixture-dialects.ts'
import { openSession, writeLedger } from '../../src/app/record/mask-session.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import type { Violation } from '../../src/contract/violation.ts'
import type { RecordedBody } from '../../src/core/exchange.ts'
import { MaskKey } from '../../src/desensitize/mask-key.ts'
import { desensitizerOf } from '../../src/record/desensitizer.ts'
import { FixtureStore } from '../../src/record/fixture-store.ts'
import { Recording } from '../../src/record/recording.ts'
import { maskKey } from '../support/recording.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { upstream } from '../support/upstream.ts'

export type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]
/** By `METHOD target`; what is not there is 404. */
export type Answers = Readonly<Record<string, Answer | (() => Answer)>>

export interface Asked {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface RealService {
  readonly port: number
  answers: Answers
  /** Since the last look. */
  readonly asked: Asked[]
}

const bytesOf = (body: unknown): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

export const realService = async (answers: Answers): Promise<RealService> => {
  const asked: Asked[] = []
  const { port } = await upstream((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      asked.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const found = service.answers[line] ?? [404, { code: 'NONE' }]
      const [status, body, headers] = typeof found === 'function' ? found() : found
      if (status === 0) request.socket.destroy()
      else
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(body === undefined ? undefined : bytesOf(body))
    })
  })
  const service: RealService = { port, answers, asked }
  return service
}

export interface Call {
  readonly line: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface RecordOptions {
  readonly case?: string
  /** Below the workspace. */
  readonly folder?: string
  readonly version?: string
}

export interface Space {
  readonly folder: string
  readonly service: RealService
  /** Makes the calls, and records what comes as `svc-mock record --record all` does. */
  record(calls: readonly (string | Call)[], options?: RecordOptions): Promise<void>
  drift(options?: Partial<DriftOptions>): Promise<DriftReport>
  read(path: string): string
  write(path: string, text: string): void
}

const key = MaskKey.parse(maskKey) as MaskKey

export const space = async (answers: Answers, more = ''): Promise<Space> => {
  const service = await realService(answers)
  const folder = makeFolder({
    'svc-mock.yaml': `services:\n  users:\n    upstream: http://127.0.0.1:${service.port}\n${more}`,
  })
  const record: Space['record'] = async (calls, options = {}) => {
    const { config } = openWorkspace({ cwd: folder, env: {} })
    const { session } = openSession(folder, key)
    const desensitizer = desensitizerOf(session, (text) => writeLedger(folder, text))
    const run = new Recording({
      desensitizer,
      dialects: fixtureDialects,
      policy: {
        headers: config.record.headers,
        volatile: new Set(config.record.volatile),
        comparedAtMost: 65_536,
      },
      store: new FixtureStore({
        folder: join(folder, options.folder ?? 'fixtures'),
        mode: 'all',
        namesReal: (text) => desensitizer.namesReal(text),
        keyId: key.id,
      }),
    })
    for (const call of calls) {
      const { line, headers = {}, body } = typeof call === 'string' ? ({ line: call } as Call) : call
      const [method = 'GET', target = '/'] = line.split(' ')
      const reply = await fetch(`http://127.0.0.1:${service.port}${target}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      })
      const bytes = new Uint8Array(await reply.arrayBuffer())
      run.take({
        at: Date.now(),
        case: options.case,
        exchange: {
          protocol: 'http',
          service: 'users',
          version: options.version ?? '1.0.0',
          operation: `${method} ${target.split('?')[0]}`,
          request: {
            target,
            headers: Object.entries(headers).flat(),
            bodies: bodies(Buffer.from(body ?? '')),
          },
          reply: { status: reply.status, headers: [...reply.headers].flat(), bodies: bodies(bytes) },
        },
      })
    }
    run.finish()
    service.asked.length = 0
  }
  return {
    folder,
    service,
    record,
    drift: (options = {}) => {
      const { config } = openWorkspace({ cwd: folder, env: {} })
      return drift(config, { ...defaults, ...options })
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, text) => writeFileSync(join(folder, path), text),
  }
}

const bodies = (bytes: Uint8Array): RecordedBody[] => (bytes.length === 0 ? [] : [{ kind: 'bytes', bytes }])

export const defaults: DriftOptions = {
  env: { SVC_MOCK_MASK_KEY: maskKey },
  keyFile: undefined,
  provider: undefined,
  paths: [],
  service: undefined,
  version: undefined,
  case: undefined,
  headers: [],
  values: new Map(),
  unsafe: false,
  shapeOnly: false,
  update: false,
  concurrency: 4,
  timeoutMs: 5_000,
  retries: 0,
}

/** `rule path expected → actual`, with a severity that is not the usual one before it. */
export const shortly = (findings: readonly Violation[]): string[] =>
  findings.map(({ severity, rule, path, expected, actual, message }) => {
    const told = [expected, actual].filter((value) => value !== undefined).join(' → ')
    const words = rule === 'not-asked' ? message : `${path}${told === '' ? '' : ` ${told}`}`
    return `${severity === 'violation' ? '' : `${severity} `}${rule} ${words}`
  })

export const account = { id: 42, state: 'OPEN', total: 12.5, tags: ['a', 'b'], at: '2026-01-02T03:04:05Z' }
