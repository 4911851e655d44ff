/** Exchanges as plain data: what becomes of calls that are mocked, missed, broken on purpose, or that pass. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import type { Service } from '../../src/core/filter.ts'
import { compose } from '../../src/engine/compose.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineAnswer, EngineRequest } from '../../src/engine/exchange.ts'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { decodedAs } from '../../src/protocols/http/body.ts'
import { httpDialect } from '../../src/protocols/http/dialect.ts'
import { loadedConfig } from '../support/config.ts'
import { compiled, type FileSpec } from '../support/library.ts'

interface Options {
  readonly yaml?: string
  readonly clock?: Clock
  readonly upstream?: Service
}

const engine = (
  mocks: FileSpec['mocks'],
  { yaml = 'services: { orders: { hosts: [orders.test.example.com] } }', ...more }: Options = {},
): Engine => {
  const host = compose({
    config: loadedConfig(yaml),
    index: new MockIndex(compiled({ mocks })),
    dialects: new Map([['http', httpDialect]]),
    ...more,
  })
  return new Engine(host, decodedAs)
}

const get = (path: string, more: Partial<EngineRequest> = {}): EngineRequest => ({
  method: 'GET',
  url: `http://orders.test.example.com${path}`,
  headers: [],
  ...more,
})

const text = async (answer: EngineAnswer): Promise<string> => {
  if (answer.kind !== 'reply') throw new Error(`no reply: ${answer.kind}`)
  return new Response(answer.body as BodyInit).text()
}

describe('an engine', () => {
  it('answers with status, headers and bytes of the mock, and says which it was', async () => {
    const { answer } = bound([
      {
        name: 'found',
        request: { path: '/orders/{id}' },
        response: { status: 201, headers: { 'Set-Cookie': ['a=1', 'b=2'] }, body: { id: 42 } },
      },
    ])
    const reply = await answer(get('/orders/42?page=1'))
    expect(reply).toMatchObject({
      kind: 'reply',
      status: 201,
      headers: [
        ['content-type', 'application/json'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['content-length', '9'],
      ],
      told: { service: 'orders', known: true, operation: 'GET /orders/42', mock: { name: 'found' } },
    })
    expect(await text(reply)).toBe('{"id":42}')
  })

  it('looks into bodies, with their codings', async () => {
    const { answer } = bound([
      { request: { method: 'POST', path: '/orders', body: { amount: 1 } }, response: { status: 201 } },
    ])
    const body = new Uint8Array(
      await new Response(
        new Blob(['{"amount":1}']).stream().pipeThrough(new CompressionStream('gzip')),
      ).arrayBuffer(),
    )
    const headers = [
      ['content-type', 'application/json'],
      ['content-encoding', 'gzip'],
    ] as const
    expect(await answer(get('/orders', { method: 'POST', headers, body }))).toMatchObject({ status: 201 })
    const other = new TextEncoder().encode('{"amount":2}')
    expect(await answer(get('/orders', { method: 'POST', body: other }))).toMatchObject({ kind: 'miss' })
  })

  it('leaves the body of HEAD and 204 behind, and says its length', async () => {
    const { answer } = bound([
      { request: { path: '/text' }, response: { body: 'hello' } },
      { request: { path: '/none' }, response: { status: 204 } },
    ])
    const head = await answer(get('/text', { method: 'HEAD' }))
    expect(head).toMatchObject({ kind: 'reply', status: 200, body: undefined })
    expect(head).toHaveProperty('headers', expect.arrayContaining([['content-length', '5']]))
    expect(await answer(get('/none'))).toMatchObject({ status: 204, body: undefined })
  })

  it('tells a miss with the nearest mocks, as the problem that the proxy answers', async () => {
    const { answer } = bound([{ name: 'one', request: { method: 'POST', path: '/orders' } }])
    const miss = await answer(get('/orders'))
    if (miss.kind !== 'miss') throw new Error(miss.kind)
    expect(miss.problem).toMatchObject({
      code: 'MOCK_NOT_MATCHED',
      nearest: [expect.objectContaining({ mock: 'one' })],
    })
    expect(miss.reply.status).toBe(502)
    expect(new TextDecoder().decode(miss.reply.body as Uint8Array)).toContain('MOCK_NOT_MATCHED')
  })

  it('hands back what passes, and refuses unknown hosts where the workspace does', async () => {
    const passing = 'services: { orders: { hosts: [orders.test.example.com], onMiss: passthrough } }'
    expect(await bound([], { yaml: passing }).answer(get('/x'))).toMatchObject({
      kind: 'bypass',
      told: { note: 'no mock matched' },
    })
    const other = get('', { url: 'https://elsewhere.test.example.com/' })
    expect(await bound([], { yaml: `unknownHosts: passthrough\n${passing}` }).answer(other)).toMatchObject({
      kind: 'bypass',
      told: { known: false },
    })
    expect(await bound([], { yaml: `unknownHosts: fail\n${passing}` }).answer(other)).toMatchObject({
      kind: 'miss',
      problem: { code: 'UNKNOWN_HOST' },
    })
  })

  it('tags what passes for a tenant, so that its lane goes on', async () => {
    const { answer } = bound([], {
      yaml: 'services: { orders: { hosts: [orders.test.example.com], onMiss: passthrough } }',
    })
    const reply = await answer(get('/x'), { tenant: 'alice' })
    expect(reply).toHaveProperty('headers', expect.arrayContaining([['baggage', 'svcm-tenant=alice']]))
    await expect(answer(get('/x'), { tenant: 'not a name' })).rejects.toThrow('is no name for a tenant')
  })

  it('keeps the state of tenants apart', async () => {
    const { answer } = bound([
      { request: { path: '/n' }, responses: [{ body: 'first' }, { body: 'then' }], repeat: 'last' },
    ])
    expect(await text(await answer(get('/n')))).toBe('first')
    expect(await text(await answer(get('/n'), { tenant: 'alice' }))).toBe('first')
    expect(await text(await answer(get('/n')))).toBe('then')
  })

  it('breaks wires as mocks say', async () => {
    const { answer } = bound([
      { request: { path: '/reset' }, fault: { abort: 'reset' } },
      { request: { path: '/empty' }, fault: { abort: 'empty' } },
      { request: { path: '/cut' }, response: { body: 'half of it' }, fault: { abort: 'close' } },
    ])
    expect(await answer(get('/reset'))).toMatchObject({ kind: 'fault', fault: 'reset' })
    expect(await answer(get('/empty'))).toMatchObject({ kind: 'fault', fault: 'close' })
    await expect(text(await answer(get('/cut')))).rejects.toThrow('cut off on purpose')
  })

  it('ends with its signal', async () => {
    const { answer } = bound([{ request: { path: '/slow' }, fault: { delay: '1h' } }])
    const abort = new AbortController()
    const reply = answer(get('/slow'), { signal: abort.signal })
    await sleep(0)
    abort.abort(new Error('enough'))
    await expect(reply).rejects.toThrow('enough')
  })

  it('asks the real service for mocks that change its reply, where somebody can', async () => {
    const mocks = [{ name: 'changed', request: { path: '/x' }, upstream: { patch: { status: 203 } } }]
    expect(await bound(mocks).answer(get('/x'))).toMatchObject({ kind: 'reply', status: 502 })
    const upstream: Service = () => ({ kind: 'single', status: 200, metadata: [], body: new Uint8Array(2) })
    expect(await bound(mocks, { upstream }).answer(get('/x'))).toMatchObject({ status: 203 })
  })

  it('refuses what is no call', async () => {
    expect(await bound([]).answer(get('', { url: 'ftp://orders/' }))).toMatchObject({
      kind: 'reply',
      status: 400,
    })
  })
})

const bound = (mocks: FileSpec['mocks'], options?: Options) => {
  const made = engine(mocks, options)
  return { answer: made.answer.bind(made) }
}
