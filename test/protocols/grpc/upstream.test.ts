/** Real replies, partly changed, and what scripts, state and faults do to gRPC. */
import { describe, expect, it } from 'vitest'
import { testClock } from '../../support/clock.ts'
import { drained, inventoryServer, stream, unary } from '../../support/grpc.ts'
import { grpcProxy } from '../../support/grpc-workspace.ts'
import { deadPort } from '../../support/upstream.ts'

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
type Any = any

const handlers = {
  Get: (call: Any, done: Any) => {
    if (call.request.sku === 'gone') done({ code: 5, details: 'gone' })
    else
      done(null, {
        sku: call.request.sku,
        available: '9007199254740993',
        shelf: 's1',
        prices: { eur: { units: 5 } },
      })
  },
  Watch: (call: Any) => {
    for (let i = 1; i <= 3; i++) call.write({ sku: call.request.sku, available: i })
    call.end()
  },
  Put: (call: Any, done: Any) => {
    let count = 0
    call.on('data', () => count++)
    call.on('end', () => done(null, { count }))
  },
  Chat: (call: Any) => {
    call.on('data', (note: Any) => call.write(note))
    call.on('end', () => call.end())
  },
}

const running = async (mocks: string) => {
  const port = await inventoryServer(handlers)
  const settings = `    upstream: http://127.0.0.1:${port}\n    proto: [./proto/inventory.proto]\n`
  return grpcProxy(mocks, settings)
}

describe('a patch', () => {
  it('changes some fields of a unary reply and leaves the others', async () => {
    const { app, client } = await running(`
  - request: { method: Get }
    upstream: { patch: { message: { kind: TOY, box: b2, prices: { usd: { units: 7 } } }, trailers: { set: { x-patched: 'yes' } } } }
`)
    const { message, trailers } = await unary(client, 'Get', { sku: 'a' })
    expect(message).toMatchObject({
      sku: 'a',
      available: '9007199254740993',
      kind: 'TOY',
      place: 'box',
      box: 'b2',
    })
    expect(Object.keys(message!['prices'] as object).sort()).toEqual(['eur', 'usd'])
    expect(trailers?.get('x-patched')).toEqual(['yes'])
    expect(await app.call(1)).toMatchObject({ outcome: 'passthrough', statusWord: 'OK' })
  })

  it('changes each message of a stream by JSON Patch', async () => {
    const { client } = await running(`
  - request: { method: Watch }
    upstream: { patch: { message: [{ op: test, path: /sku, value: a }, { op: replace, path: /available, value: 0 }] } }
`)
    const { messages, code } = await drained(stream(client, 'Watch', { sku: 'a' }))
    expect(messages.map(({ sku, available }) => [sku, available])).toEqual([
      ['a', '0'],
      ['a', '0'],
      ['a', '0'],
    ])
    expect(code).toBe(0)
    const misfit = await drained(stream(client, 'Watch', { sku: 'b' }))
    expect(misfit).toMatchObject({ messages: [], code: 13 })
    expect(misfit.trailers.get('x-svc-mock-error')).toEqual(['PATCH_FAILED'])
  })

  it('turns a reply into a failure, and a failure into a reply', async () => {
    const { client } = await running(`
  - request: { method: Get, message: { sku: gone } }
    upstream: { patch: { status: OK, message: { sku: back } } }
  - request: { method: Get }
    upstream: { patch: { status: UNAVAILABLE, statusMessage: later } }
`)
    expect((await unary(client, 'Get', { sku: 'gone' })).message?.['sku']).toBe('back')
    expect((await unary(client, 'Get', { sku: 'a' })).error).toMatchObject({ code: 14, details: 'later' })
  })

  it('says what does not fit', async () => {
    const { client } = await running(`
  - request: { method: Get }
    upstream: { patch: { message: [{ op: remove, path: /prices/usd }] } }
`)
    const { error, trailers } = await unary(client, 'Get', { sku: 'a' })
    expect(error?.code).toBe(13)
    expect(trailers?.get('x-svc-mock-error')).toEqual(['PATCH_FAILED'])
  })

  it('keeps fields that the definitions do not name', async () => {
    const port = await inventoryServer(handlers)
    const { client } = await grpcProxy(
      '  - request: { method: Get }\n    upstream: { patch: { message: { sku: z } } }\n',
      `    upstream: http://127.0.0.1:${port}\n    proto: [./proto/old.proto]\n`,
      {},
      {
        'proto/old.proto':
          'syntax = "proto3"; package acme; message Q { string sku = 1; } message R { string sku = 1; } service Inventory { rpc Get(Q) returns (R); }',
      },
    )
    expect((await unary(client, 'Get', { sku: 'a' })).message).toMatchObject({
      sku: 'z',
      available: '9007199254740993',
      shelf: 's1',
    })
  })
})

it('onUpstreamError answers where nobody is', async () => {
  const settings = `    upstream: http://127.0.0.1:${await deadPort()}\n    proto: [./proto/inventory.proto]\n`
  const { client } = await grpcProxy(
    `
  - request: { method: Get }
    upstream: { onUpstreamError: { status: UNAVAILABLE, statusMessage: nobody } }
`,
    settings,
  )
  expect((await unary(client, 'Get', {})).error).toMatchObject({ code: 14, details: 'nobody' })
  const { error, trailers } = await grpcProxy('', `${settings}    mode: passthrough\n`).then(
    ({ client: other }) => unary(other, 'Get', {}),
  )
  expect(error?.code).toBe(14)
  expect(trailers?.get('x-svc-mock-error')).toEqual(['UPSTREAM_UNREACHABLE'])
})

describe('without definitions', () => {
  it('calls of every kind pass', async () => {
    const port = await inventoryServer(handlers)
    const { client } = await grpcProxy('', `    upstream: http://127.0.0.1:${port}\n    mode: passthrough\n`)
    expect((await unary(client, 'Get', { sku: 'a' })).message?.['shelf']).toBe('s1')
    expect((await drained(stream(client, 'Watch', { sku: 'a' }))).messages).toHaveLength(3)
    const chat = stream(client, 'Chat')
    const said = drained(chat)
    chat.write({ text: 'x' } as never)
    chat.end()
    expect((await said).messages).toEqual([{ text: 'x' }])
  })

  it('mocks may look at method and metadata, and answer with a status', async () => {
    const { client } = await grpcProxy(
      `
  - request: { method: acme.Inventory/Get, metadata: { x-a: '1' } }
    response: { status: RESOURCE_EXHAUSTED, statusMessage: slow down, trailers: { retry-after: 3 } }
  - request: { method: Get }
    response: {}
`,
      '',
    )
    const limited = await unary(client, 'Get', {}, { metadata: { 'x-a': '1' } })
    expect(limited.error).toMatchObject({ code: 8, details: 'slow down' })
    expect(limited.trailers?.get('retry-after')).toEqual(['3'])
    expect((await unary(client, 'Get', {})).message).toMatchObject({ sku: '' })
  })
})

describe('as for HTTP', () => {
  it('scenarios, times and sequences', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Get, message: { sku: once } }
    times: 1
    response: { message: { available: 1 } }
  - request: { method: Get, message: { sku: turns } }
    responses: [{ message: { available: 1 } }, { status: UNAVAILABLE }, { message: { available: 3 } }]
  - request: { method: Put }
    scenarioName: stock
    newScenarioState: full
    response: { message: { count: 1 } }
  - request: { method: Get, message: { sku: state } }
    scenarioName: stock
    requiredScenarioState: full
    response: { message: { available: 9 } }
`)
    const get = async (sku: string) => {
      const { message, error } = await unary(client, 'Get', { sku })
      return error === undefined ? message?.['available'] : error.code
    }
    expect([await get('once'), await get('once')]).toEqual(['1', 9])
    expect([await get('turns'), await get('turns'), await get('turns'), await get('turns')]).toEqual([
      '1',
      14,
      '3',
      '3',
    ])
    expect(await get('state')).toBe(9)
    await new Promise((resolve) => stream(client, 'Put', resolve).end())
    expect(await get('state')).toBe('9')
  })

  it('expressions and scripts', async () => {
    const { client } = await grpcProxy(
      `
  - request: { method: Get, message: { sku: t } }
    response:
      message: { sku: 'you asked for \${{ request.message.sku }}', available: '\${{ request.message.warehouse_id ?? request.message.warehouseId }}' }
      trailers: { x-method: '\${{ request.operation }}' }
  - request: { method: Get, script: 'export default (request) => request.message.sku.startsWith("s")' }
    script: |
      export default (request) => request.message.sku === 's1'
        ? { message: { sku: request.metadata['x-a'] } }
        : { status: 'ABORTED', statusMessage: 'by script' }
  - request: { method: Chat, stream: each }
    response: { message: { text: 'echo \${{ request.message.text }}' } }
`,
    )
    const templated = await unary(client, 'Get', { sku: 't', warehouse_id: 12 })
    expect(templated.message).toMatchObject({ sku: 'you asked for t', available: '12' })
    expect(templated.trailers?.get('x-method')).toEqual(['acme.Inventory/Get'])
    expect(
      (await unary(client, 'Get', { sku: 's1' }, { metadata: { 'x-a': 'meta' } })).message?.['sku'],
    ).toBe('meta')
    expect((await unary(client, 'Get', { sku: 's2' })).error).toMatchObject({
      code: 10,
      details: 'by script',
    })
    expect((await unary(client, 'Get', { sku: 'x' })).error?.code).toBe(9)
    const chat = stream(client, 'Chat')
    const said = drained(chat)
    chat.write({ text: 'a' } as never)
    chat.write({ text: 'b' } as never)
    chat.end()
    expect((await said).messages).toEqual([{ text: 'echo a' }, { text: 'echo b' }])
  })

  it('a script changes the real reply, and leaves what it does not name', async () => {
    const { client } = await running(`
  - request: { method: Get, message: { sku: fail } }
    upstream: { patch: { script: "export default () => ({ status: 'ABORTED', statusMessage: 'by script' })" } }
  - request: { method: Get }
    upstream:
      patch:
        script: |
          export default (request, reply) => ({ message: { ...reply.message, kind: 'TOY' }, trailers: { 'x-asked': request.message.sku } })
`)
    const { message, trailers } = await unary(client, 'Get', { sku: 'a' })
    expect(message).toMatchObject({
      sku: 'a',
      available: '9007199254740993',
      kind: 'TOY',
      shelf: 's1',
    })
    expect(trailers?.get('x-asked')).toEqual(['a'])
    expect((await unary(client, 'Get', { sku: 'fail' })).error).toMatchObject({
      code: 10,
      details: 'by script',
    })
  })

  it('a status that is computed', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Get }
    response: { status: '\${{ request.metadata["x-status"] }}', statusMessage: 'asked for \${{ request.metadata["x-status"] }}' }
`)
    const { error } = await unary(client, 'Get', {}, { metadata: { 'x-status': 'DATA_LOSS' } })
    expect(error).toMatchObject({ code: 15, details: 'asked for DATA_LOSS' })
    expect((await unary(client, 'Get', {}, { metadata: { 'x-status': 'NONSENSE' } })).error).toMatchObject({
      code: 13,
    })
  })

  it('a script that forwards gets the real reply as a value', async () => {
    const { client } = await running(`
  - request: { method: Get }
    script: |
      export default async (request, { forward }) => {
        const real = await forward()
        return { message: { ...real.message, sku: real.status + ' ' + real.message.sku } }
      }
`)
    expect((await unary(client, 'Get', { sku: 'a' })).message).toMatchObject({
      sku: 'OK a',
      available: '9007199254740993',
    })
  })

  it('faults', async () => {
    const { app, client } = await grpcProxy(`
  - request: { method: Get, message: { sku: status } }
    response: { message: {} }
    fault: { status: 503 }
  - request: { method: Get, message: { sku: reset } }
    response: { message: {} }
    fault: { abort: reset }
  - request: { method: Get, message: { sku: close } }
    response: { message: { sku: aaaaaaaaaaaaaaaa } }
    fault: { abort: close }
  - request: { method: Get, message: { sku: slow } }
    response: { message: { sku: slow } }
    fault: { bandwidth: 1kB/s, delay: 5ms }
`)
    const status = await unary(client, 'Get', { sku: 'status' })
    expect(status.error).toMatchObject({ code: 14, details: 'fault: status 503 on purpose' })
    expect((await unary(client, 'Get', { sku: 'reset' })).error?.code).toBe(13)
    expect([1, 13, 14]).toContain((await unary(client, 'Get', { sku: 'close' })).error?.code)
    expect((await unary(client, 'Get', { sku: 'slow' })).message?.['sku']).toBe('slow')
    expect((await app.call(4)).note).toContain('bytes/s')
  })

  it("a service's fault strikes a stream both ways once, whatever is said on it", async () => {
    const clock = testClock()
    const chats = `
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
`
    const proto = '    proto: [./proto/inventory.proto]\n'
    const { app, client } = await grpcProxy(chats, `${proto}    fault: { delay: 1s }\n`, { clock })
    const chat = stream(client, 'Chat')
    const said = drained(chat)
    for (let i = 0; i < 5; i++) chat.write({ text: 'ping' } as never)
    chat.end()
    await clock.waiting(1)
    clock.pass(1_000)
    expect((await said).messages).toHaveLength(5)
    expect((await app.call(1)).note).toBe('fault: delay 1 s')

    const broken = await grpcProxy(chats, `${proto}    fault: { status: 503 }\n`)
    const refused = stream(broken.client, 'Chat')
    const ended = drained(refused)
    refused.write({ text: 'ping' } as never)
    expect(await ended).toMatchObject({ messages: [], code: 14, details: 'fault: status 503 on purpose' })
    expect((await broken.app.call(1)).note).toBe('fault: status 503')
  })
})
