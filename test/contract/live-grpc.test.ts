/** Live gRPC calls held against the definitions of their service: mocked and real ones, told of or refused. */
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Client, credentials, type handleUnaryCall } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { envelope } from '../../src/protocols/grpc/codec/envelope.ts'
import { drained, inventoryServer, stream, unary } from '../support/grpc.ts'
import { grpcProxy, host } from '../support/grpc-workspace.ts'
import { shortly } from './live.ts'

const settings = (enforce: string, more = ''): string =>
  `    proto: [./proto/inventory.proto]\n    contract: { enforce: ${enforce} }\n${more}`

const passed = (enforce: string, port: number): string =>
  settings(enforce, `    mode: passthrough\n    upstream: http://127.0.0.1:${port}\n`)

/** Sends these bytes as the one message of a method, and tells how it ended. */
const send = (url: string, method: string, message: Uint8Array): Promise<number> => {
  const client = new Client(url.replace('http://', ''), credentials.createInsecure(), {
    'grpc.default_authority': host,
  })
  onTestFinished(() => client.close())
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.from(message),
      (error) => resolve(error === null ? 0 : error.code),
    )
  })
}

/** A real service that answers everything with these bytes, in two pieces. */
const answers = async (
  payloads: readonly Uint8Array[],
  {
    status = '0',
    type = 'application/grpc',
    finish = Promise.resolve(),
  }: { readonly status?: string; readonly type?: string; readonly finish?: Promise<void> } = {},
): Promise<number> => {
  const server = createServer()
  server.on('stream', (asked: ServerHttp2Stream) => {
    asked.on('error', () => undefined)
    asked.resume().on('end', async () => {
      asked.respond({ ':status': 200, 'content-type': type }, { waitForTrailers: true })
      asked.on('wantTrailers', () =>
        asked.sendTrailers(status === '' ? { 'x-end': '1' } : { 'grpc-status': status }),
      )
      for (const payload of payloads) asked.write(envelope(payload))
      await finish
      asked.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const answersWith =
  (message: object): handleUnaryCall<object, object> =>
  (_call, done) =>
    done(null, message)

/** Field 1 has a length that its message does not have. */
const broken = Uint8Array.from([0x0a, 0x7f])
const item = Uint8Array.from([0x0a, 0x01, 0x61])
const get = `  - { request: { method: acme.Inventory/Get }, response: { message: { sku: a } } }\n`

describe('warn', () => {
  it('says nothing of what keeps the definitions, mocked and real', async () => {
    const mocked = await grpcProxy(get, settings('warn'))
    expect((await unary(mocked.client, 'Get', { sku: 'a' })).message).toMatchObject({ sku: 'a' })
    expect((await mocked.app.call(1)).violations).toEqual([])
    const port = await inventoryServer({ Get: answersWith({ sku: 'b' }) })
    const real = await grpcProxy('', passed('warn', port))
    expect((await unary(real.client, 'Get', { sku: 'a' })).message).toMatchObject({ sku: 'b' })
    const record = await real.app.call(1)
    expect([record.violations, record.unchecked]).toEqual([[], undefined])
  })

  it.each([
    ['an unknown method', '/acme.Inventory/Take', item, 'call unknown-method request.method'],
    ['an unknown service', '/acme.Stock/Get', item, 'call unknown-service request.method'],
    ['bytes that are no such message', '/acme.Inventory/Get', broken, 'call message request.message'],
  ])('tells of %s, mocked and real', async (_what, method, message, found) => {
    const mocked = await grpcProxy(get, settings('warn'))
    await send(mocked.url, method, message)
    expect(shortly((await mocked.app.call(1)).violations)).toEqual([found])
    const real = await grpcProxy('', passed('warn', await answers([item])))
    expect(await send(real.url, method, message)).toBe(0)
    expect(shortly((await real.app.call(1)).violations)).toEqual([found])
  })

  it.each([
    ['bytes that are no such message', [broken], {}, 'reply message response.message'],
    ['no message', [], {}, 'reply message-count response'],
    ['a status that gRPC does not have', [], { status: '77' }, 'reply response-status response.status'],
    ['no status', [item], { status: '' }, 'reply no-status response.status'],
    ['a page', [], { type: 'text/html' }, 'reply content-type response'],
  ] as const)('tells of a real reply with %s', async (_what, payloads, options, found) => {
    const { app, url } = await grpcProxy('', passed('warn', await answers(payloads, options)))
    await send(url, '/acme.Inventory/Get', item)
    expect(shortly((await app.call(1)).violations)).toEqual([found])
  })

  it('says nothing of health, of reflection, and of a status that fails', async () => {
    const { app, client, url } = await grpcProxy(
      '  - { request: { method: Get }, response: { status: NOT_FOUND } }\n',
      settings('warn'),
    )
    await send(url, '/grpc.health.v1.Health/Check', new Uint8Array(0))
    await unary(client, 'Get', {})
    await app.call(2)
    expect(app.calls.map(({ violations }) => violations)).toEqual([[], []])
  })

  it('looks at each message of a stream, both ways', async () => {
    const { app, client } = await grpcProxy(
      `  - { request: { method: Chat, message: {} }, response: { message: { text: hello } } }\n`,
      settings('warn'),
    )
    const chat = stream(client, 'Chat') as NodeJS.ReadWriteStream & { write(message: object): boolean }
    const end = drained(chat)
    chat.write({ text: 'a' })
    chat.write({ text: 'b' })
    chat.end()
    expect((await end).messages).toHaveLength(2)
    expect((await app.call(1)).violations).toEqual([])
    const real = await grpcProxy('', passed('warn', await answers([item, broken, item])))
    await drained(stream(real.client, 'Watch', { sku: 'a' }))
    expect(shortly((await real.app.call(1)).violations)).toEqual(['reply message response.messages[1]'])
  })
})

describe('fail', () => {
  it.each([
    ['an unknown method', '/acme.Inventory/Take', item],
    ['bytes that are no such message', '/acme.Inventory/Get', broken],
  ])('refuses %s before anybody is asked', async (_what, method, message) => {
    const { app, url } = await grpcProxy('', passed('fail', await answers([item])))
    expect(await send(url, method, message)).toBe(3)
    const record = await app.call(1)
    expect(record).toMatchObject({
      statusWord: 'INVALID_ARGUMENT',
      error: 'CALL_BREAKS_CONTRACT',
      outcome: 'error',
    })
    expect(record.violations).toHaveLength(1)
  })

  it('refuses a unary reply, in words', async () => {
    const { app, client } = await grpcProxy('', passed('fail', await answers([broken])))
    const { error } = await unary(client, 'Get', {})
    expect(error).toMatchObject({ code: 13 })
    expect(error?.details).toBe(
      'REPLY_BREAKS_CONTRACT: the reply breaks the contract of inventory: response.message: it is no acme.Item; correct the mock, the real service, or the contract; enforce: warn lets such replies pass and tells of them',
    )
    expect(await app.call(1)).toMatchObject({ error: 'REPLY_BREAKS_CONTRACT', statusWord: 'INTERNAL' })
  })

  it('passes what keeps the definitions, mocked and real', async () => {
    const mocked = await grpcProxy(get, settings('fail'))
    expect((await unary(mocked.client, 'Get', { sku: 'a' })).message).toMatchObject({ sku: 'a' })
    const port = await inventoryServer({ Get: answersWith({ sku: 'x' }) })
    const real = await grpcProxy('', passed('fail', port))
    expect((await unary(real.client, 'Get', { sku: 'x' })).message).toMatchObject({ sku: 'x' })
    expect((await real.app.call(1)).violations).toEqual([])
  })

  it('never holds a stream, and tells of it', async () => {
    const finish = Promise.withResolvers<void>()
    const port = await answers([item, broken], { finish: finish.promise })
    const { app, url } = await grpcProxy('', passed('fail', port))
    const client = new Client(url.replace('http://', ''), credentials.createInsecure(), {
      'grpc.default_authority': host,
    })
    onTestFinished(() => client.close())
    const call = client.makeServerStreamRequest(
      '/acme.Inventory/Watch',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.from(item),
    )
    const end = new Promise<number>((resolve) => call.on('status', ({ code }) => resolve(code)))
    await new Promise((resolve) => call.once('data', resolve))
    call.resume()
    finish.resolve()
    expect(await end).toBe(0)
    expect(shortly((await app.call(1)).violations)).toEqual(['reply message response.messages[1]'])
  })
})

describe('Connect and gRPC-Web', () => {
  const post = (url: string, type: string, body: Uint8Array | string) =>
    fetch(`${url}/acme.Inventory/Get`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : Uint8Array.from(body),
    })

  it.each([
    ['application/json', '{"sku":"a"}', []],
    ['application/json', '{"sku":7}', ['call message request']],
    ['application/proto', broken, ['call message request.message']],
    ['application/grpc-web+proto', envelope(broken), ['call message request.message']],
    ['application/grpc-web+proto', envelope(item), []],
  ] as const)('%s: %s', async (type, body, found) => {
    // Its own port: fetch says no other Host.
    const { app } = await grpcProxy(get, settings('warn', '    listen: 127.0.0.1:0\n'))
    await (await post(`http://127.0.0.1:${app.ownPort('inventory')}`, type, body)).arrayBuffer()
    expect(shortly((await app.call(1)).violations)).toEqual(found)
  })
})

it('needs definitions', async () => {
  await expect(grpcProxy('', '    contract: { enforce: warn }\n')).rejects.toThrow(
    'there is nothing to enforce: the service has no definitions',
  )
})
