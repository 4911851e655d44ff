/** gRPC over TLS: a client that trusts our authority is answered from the same mocks, and real services are called by TLS. */
import { createSecureServer } from 'node:http2'
import { Client, credentials } from '@grpc/grpc-js'
import { expect, it, onTestFinished } from 'vitest'
import { grpcFiles } from '../../support/grpc-workspace.ts'
import { proxy } from '../../support/proxy.ts'
import { identity, ourAuthority } from '../../support/tls.ts'

const host = 'inventory.test.example.com'

const files = (mocks: string, settings: string): Record<string, string> => {
  const made = grpcFiles(mocks, settings)
  return { ...made, 'svc-mock.yaml': made['svc-mock.yaml']!.replace(/hosts: .*/, `hosts: [${host}]`) }
}

const clientOf = (port: number): Client => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(ourAuthority().pem)), {
    'grpc.ssl_target_name_override': host,
    'grpc.default_authority': host,
  })
  onTestFinished(() => client.close())
  return client
}

/** GetRequest, Item and Note have their text under 1. */
const encode = (text: string): Buffer => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)])
const decode = (bytes: Buffer): string => bytes.subarray(2).toString()

const get = (port: number, sku: string): Promise<unknown> =>
  new Promise((resolve) => {
    clientOf(port).makeUnaryRequest('/acme.Inventory/Get', encode, decode, sku, (error, value) =>
      resolve(error?.details ?? value),
    )
  })

/** Says something and goes on listening, without an end. */
const chat = (client: Client, said: readonly string[]): Promise<unknown> =>
  new Promise((resolve) => {
    const call = client.makeBidiStreamRequest('/acme.Inventory/Chat', encode, decode)
    const heard: string[] = []
    call.on('data', (text: string) => heard.push(text))
    call.on('error', () => undefined)
    call.on('status', ({ code, details }) => resolve([heard, code, details]))
    for (const text of said) call.write(text)
  })

it('a client is answered from mocks, on the main port and on an own one', async () => {
  const app = await proxy(
    files(
      '  - request: { method: Get, message: { sku: a } }\n    response: { message: { sku: found } }\n',
      '    proto: [./proto/inventory.proto]\n    listen: 127.0.0.1:0\n',
    ),
  )
  expect(await get(app.port, 'a')).toBe('found')
  expect(await get(app.ownPort('inventory'), 'a')).toBe('found')
  expect(await app.call(1)).toMatchObject({ protocol: 'grpc', statusWord: 'OK' })
})

it('a status that ends a stream before its client does comes whole', async () => {
  const app = await proxy(
    files(
      `
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
  - request: { method: Chat, message: { text: bye } }
    response: { status: ABORTED, statusMessage: said bye }
`,
      '    proto: [./proto/inventory.proto]\n',
    ),
  )
  const client = clientOf(app.port)
  for (let i = 0; i < 20; i++) expect(await chat(client, ['ping', 'bye'])).toEqual([['pong'], 10, 'said bye'])
})

it('a status that comes before the client has said all it says comes whole', async () => {
  const app = await proxy(files('', '    proto: [./proto/inventory.proto]\n    fault: { status: 503 }\n'))
  const client = clientOf(app.port)
  for (let i = 0; i < 20; i++)
    expect(await chat(client, ['ping'])).toEqual([[], 14, 'fault: status 503 on purpose'])
})

it('a call passes to a real service by TLS', async () => {
  const server = createSecureServer(identity(ourAuthority(), ['localhost', '127.0.0.1']))
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(Buffer.from('00000000060a0472656131'.padEnd(22, '0'), 'hex'))
  })
  onTestFinished(() => void server.close())
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  const app = await proxy({
    ...files(
      '',
      `    mode: passthrough\n    upstream: https://127.0.0.1:${port}\n    tls: { upstreamCa: ./ca.pem }\n`,
    ),
    'ca.pem': ourAuthority().pem,
  })
  expect(await get(app.port, 'a')).toBe('rea1')
  expect(await app.call(1)).toMatchObject({ outcome: 'passthrough', statusWord: 'OK' })
})
