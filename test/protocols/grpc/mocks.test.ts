/** gRPC mocks, asked by grpc-js over HTTP/2. */
import { describe, expect, it } from 'vitest'
import { decodeStatus } from '../../../src/protocols/grpc/codec/rpc-status.ts'
import { drained, stream, unary } from '../../support/grpc.ts'
import { grpcProxy } from '../../support/grpc-workspace.ts'

const detailNames = (bytes: unknown): readonly string[] =>
  decodeStatus(bytes as Uint8Array).details.map(({ typeUrl }) => typeUrl.split('/').at(-1)!)

describe('unary mocks', () => {
  it('match decoded messages and answer with metadata, a message and trailers', async () => {
    const { app, client } = await grpcProxy(`
  - request: { method: acme.Inventory/Get, message: { sku: a, warehouse_id: 7, kind: 1 } }
    response:
      message: { sku: a, available: 9007199254740993, kind: TOY, updated_at: '2026-11-21T00:00:00Z', box: b1 }
      metadata: { x-head: h }
      trailers: { x-tail: t, raw-bin: AAEC }
`)
    const { message, metadata, trailers } = await unary(client, 'Get', {
      sku: 'a',
      warehouse_id: 7,
      kind: 'BOOK',
    })
    expect(message).toMatchObject({
      sku: 'a',
      available: '9007199254740993',
      kind: 'TOY',
      box: 'b1',
      place: 'box',
    })
    expect(metadata?.get('x-head')).toEqual(['h'])
    expect(trailers?.get('x-tail')).toEqual(['t'])
    expect(trailers?.get('raw-bin')).toEqual([Buffer.from([0, 1, 2])])
    expect(await app.call(1)).toMatchObject({
      protocol: 'grpc',
      operation: 'acme.Inventory/Get',
      status: 0,
      statusWord: 'OK',
      outcome: 'mock',
    })
  })

  it('answer with a status, its message and details', async () => {
    const { app, client } = await grpcProxy(`
  - request: { method: Get }
    response:
      status: NOT_FOUND
      statusMessage: 'no "gone" – 100%'
      details:
        - { '@type': type.googleapis.com/acme.OutOfStock, sku: gone }
        - { '@type': type.googleapis.com/google.rpc.ErrorInfo, reason: GONE, metadata: { a: b } }
`)
    const { error, trailers } = await unary(client, 'Get', {})
    expect(error).toMatchObject({ code: 5, details: 'no "gone" – 100%' })
    const [bin] = trailers!.get('grpc-status-details-bin')
    expect(detailNames(bin)).toEqual(['acme.OutOfStock', 'google.rpc.ErrorInfo'])
    expect((await app.call(1)).statusWord).toBe('NOT_FOUND')
  })

  it.each([
    ['a default that is not on the wire', '{ warehouse_id: 0, kind: KIND_UNSPECIFIED, tags: [] }', {}, true],
    [
      'a number written as text',
      "{ warehouse_id: '9007199254740993' }",
      { warehouse_id: '9007199254740993' },
      true,
    ],
    [
      'another long number',
      '{ warehouse_id: 9007199254740993 }',
      { warehouse_id: '9007199254740992' },
      false,
    ],
    ['a field by its name in JSON', '{ warehouseId: 5 }', { warehouse_id: 5 }, true],
    ['an enum by number', '{ kind: 2 }', { kind: 'TOY' }, true],
    ['an optional field that is not set', '{ depth: { $absent: true } }', {}, true],
    ['an optional field that is set to its default', '{ depth: { $absent: true } }', { depth: 0 }, false],
    ['a text that is not set', '{ sku: { $absent: true } }', {}, true],
    ['a text that is set', '{ sku: { $absent: true } }', { sku: 'x' }, false],
    ['an operator', '{ sku: { $matches: "[a-z]+" } }', { sku: 'abc' }, true],
    ['a number that is greater', '{ warehouse_id: { $greaterThan: 4 } }', { warehouse_id: 5 }, true],
    ['a list that includes', '{ tags: { $includes: [b] } }', { tags: ['a', 'b'] }, true],
    ['one of several', '{ kind: { $oneOf: [1, TOY] } }', { kind: 'BOOK' }, true],
    ['the whole message and nothing more', '{ $equalToJson: { sku: a } }', { sku: 'a' }, true],
    [
      'the whole message with something more',
      '{ $equalToJson: { sku: a } }',
      { sku: 'a', kind: 'TOY' },
      false,
    ],
  ])('match %s', async (_, message, sent, matches) => {
    const { client } = await grpcProxy(`
  - request: { method: Get, message: ${message} }
    response: { message: { sku: found } }
`)
    const { message: reply, error } = await unary(client, 'Get', sent)
    expect(matches ? reply?.['sku'] : error?.code).toBe(matches ? 'found' : 9)
  })

  it('match metadata, in binary too, and the asked version', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Get, metadata: { X-Tenant: { $contains: lice }, trace-bin: AAE= } }
    response: { message: { sku: both } }
`)
    const both = { 'x-tenant': 'alice', 'trace-bin': Buffer.from([0, 1]) }
    expect((await unary(client, 'Get', {}, { metadata: both })).message?.['sku']).toBe('both')
    expect((await unary(client, 'Get', {}, { metadata: { 'x-tenant': 'alice' } })).error?.code).toBe(9)
    const versioned = await unary(client, 'Get', {}, { metadata: { ...both, 'svcm-version': '^2' } })
    expect(versioned.error?.code).toBe(12)
  })

  it('are found by an index over the fields of messages', async () => {
    const mocks = Array.from(
      { length: 200 },
      (_, i) =>
        `  - request: { method: Get, message: { sku: s${i} } }\n    response: { message: { available: ${i} } }\n`,
    ).join('')
    const { client } = await grpcProxy(mocks)
    for (const i of [0, 99, 199])
      expect((await unary(client, 'Get', { sku: `s${i}` })).message?.['available']).toBe(String(i))
  })
})

describe('what no mock answers', () => {
  it('is FAILED_PRECONDITION with the near misses where the method has mocks', async () => {
    const { app, client } = await grpcProxy(`
  - name: the only one
    request: { method: Get, message: { sku: a } }
    response: { message: {} }
`)
    const { error, trailers } = await unary(client, 'Get', { sku: 'b', warehouse_id: 3 })
    expect(error?.code).toBe(9)
    expect(error?.details).toBe(
      'MOCK_NOT_MATCHED: no mock of inventory matches acme.Inventory/Get; nearest: the only one (mocks/inventory/1.0.0/mocks.yaml:4:5): message.sku: expected "a", got "b"',
    )
    expect(trailers?.get('x-svc-mock-error')).toEqual(['MOCK_NOT_MATCHED'])
    const status = decodeStatus(trailers!.get('grpc-status-details-bin')[0] as Uint8Array)
    expect(status.details.map(({ typeUrl }) => typeUrl.split('.').at(-1))).toEqual([
      'ErrorInfo',
      'PreconditionFailure',
      'DebugInfo',
    ])
    const paste = Buffer.from(status.details[2]!.value).toString('utf8')
    expect(paste).toContain('protocol: grpc')
    expect(paste).toContain('method: acme.Inventory/Get')
    expect(paste).toContain('"sku":"b"')
    expect(await app.call(1)).toMatchObject({ outcome: 'miss', error: 'MOCK_NOT_MATCHED' })
  })

  it('is UNIMPLEMENTED where the method has none, and where it is not known', async () => {
    const { client } = await grpcProxy('  - request: { method: Get }\n    response: { message: {} }\n')
    expect((await drained(stream(client, 'Watch', {}))).code).toBe(12)
    const code = await new Promise((resolve) => {
      client.makeUnaryRequest(
        '/acme.Nowhere/Do',
        (value: Buffer) => value,
        (value) => value,
        Buffer.alloc(0),
        (error) => resolve(error?.code),
      )
    })
    expect(code).toBe(12)
  })
})

describe('streams', () => {
  it('answer with messages one after the other, each after its delay', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Watch, message: { sku: a } }
    response:
      messages:
        - message: { sku: a, available: 1 }
        - { message: { sku: a, available: 2 }, delay: 20ms, repeat: 2 }
      trailers: { x-count: 3 }
`)
    const { messages, code, trailers } = await drained(stream(client, 'Watch', { sku: 'a' }))
    expect(messages.map(({ available }) => available)).toEqual(['1', '2', '2'])
    expect(code).toBe(0)
    expect(trailers.get('x-count')).toEqual(['3'])
  })

  it('end with a status behind their messages', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Watch }
    response: { messages: [{ message: { sku: a } }], status: UNAVAILABLE, statusMessage: later }
`)
    expect(await drained(stream(client, 'Watch', {}))).toMatchObject({
      messages: [{ sku: 'a' }],
      code: 14,
      details: 'later',
    })
  })

  it("match a client's whole stream", async () => {
    const { client } = await grpcProxy(`
  - request: { method: Put, messages: [{ sku: a }, { sku: b }] }
    response: { message: { count: 2 } }
  - request: { method: Put, messages: { $includes: [{ sku: z }] } }
    response: { message: { count: 26 } }
`)
    const put = (skus: readonly string[]): Promise<number | undefined> =>
      new Promise((resolve) => {
        const call = stream(client, 'Put', (error: { code: number } | null, reply: { count: number }) =>
          resolve(error === null ? reply.count : -error.code),
        )
        for (const sku of skus) call.write({ sku } as never)
        call.end()
      })
    expect(await put(['a', 'b'])).toBe(2)
    expect(await put(['q', 'z', 'q'])).toBe(26)
    expect(await put(['b', 'a'])).toBe(-9)
  })

  it('play ping-pong, message by message', async () => {
    const { app, client } = await grpcProxy(`
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
  - request: { method: Chat, message: { text: bye } }
    response: { status: ABORTED, statusMessage: 'said bye' }
`)
    const call = stream(client, 'Chat')
    const said: string[] = []
    const over = new Promise<number>((resolve) =>
      call.on('status', (status: { code: number }) => resolve(status.code)),
    )
    call.on('error', () => undefined)
    call.on('data', ({ text }: { text: string }) => {
      said.push(text)
      call.write({ text: said.length < 3 ? 'ping' : 'bye' } as never)
    })
    call.write({ text: 'ping' } as never)
    expect(await over).toBe(10)
    expect(said).toEqual(['pong', 'pong', 'pong'])
    expect(await app.call(1)).toMatchObject({ operation: 'acme.Inventory/Chat', statusWord: 'ABORTED' })
    expect(app.calls).toHaveLength(1)
  })

  it('end well when the client does, where each message was answered', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Chat, stream: each }
    response: { messages: [{ message: { text: one } }, { message: { text: two } }] }
`)
    const call = stream(client, 'Chat')
    const over = drained(call)
    call.write({ text: 'a' } as never)
    call.write({ text: 'b' } as never)
    call.end()
    const { messages, code } = await over
    expect(messages.map(({ text }) => text)).toEqual(['one', 'two', 'one', 'two'])
    expect(code).toBe(0)
  })

  it('answer a stream both ways at its end, where a mock looks at all of it', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Chat, messages: [{ text: a }, { text: b }] }
    response: { messages: [{ message: { text: all } }] }
`)
    const call = stream(client, 'Chat')
    const over = drained(call)
    call.write({ text: 'a' } as never)
    call.write({ text: 'b' } as never)
    call.end()
    expect(await over).toMatchObject({ messages: [{ text: 'all' }], code: 0 })
  })

  it('fail on the first message that no mock answers', async () => {
    const { client } = await grpcProxy(`
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
`)
    const call = stream(client, 'Chat')
    const over = drained(call)
    call.write({ text: 'ping' } as never)
    call.write({ text: 'other' } as never)
    expect(await over).toMatchObject({ messages: [{ text: 'pong' }], code: 9 })
  })
})

describe('limits', () => {
  it('end a call whose client waits no longer', async () => {
    const { app, client } = await grpcProxy(`
  - request: { method: Get }
    response: { message: {} }
    fault: { delay: 60s }
`)
    const { error } = await unary(client, 'Get', {}, { options: { deadline: Date.now() + 100 } })
    expect(error?.code).toBe(4)
    expect((await app.call(1)).note).toMatch(/deadline|client went away/)
  })

  it('refuse a message that is too large', async () => {
    const { client } = await grpcProxy('  - request: { method: Get }\n    response: { message: {} }\n')
    const { error } = await unary(client, 'Get', { sku: 'x'.repeat(5 * 1024 * 1024) })
    expect(error?.code).toBe(8)
    expect(error?.details).toContain('limits.message')
  })

  it('take what svc-mock.yaml allows', async () => {
    const { client } = await grpcProxy(
      '  - request: { method: Get }\n    response: { message: { sku: ok } }\n',
      '    proto: [./proto/inventory.proto]\nlimits: { message: 6MB }\n',
    )
    expect((await unary(client, 'Get', { sku: 'x'.repeat(5 * 1024 * 1024) })).message?.['sku']).toBe('ok')
  })
})
