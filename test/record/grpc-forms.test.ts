/** gRPC-Web and Connect, recorded in any of their forms and replayed to clients of every other. */
import { Code, ConnectError } from '@connectrpc/connect'
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectClient, type LooseClient } from '../support/connect.ts'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { proxy } from '../support/proxy.ts'
import { Program, type Ready, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

/** The real service: another svc-mock, which speaks all forms. */
const mocks = `
  - request: { method: Get, message: { sku: A1 } }
    response: { message: { sku: A1, available: 9007199254740993, kind: TOY }, metadata: { x-head: h }, trailers: { x-tail: t } }
  - request: { method: Get, message: { sku: GONE } }
    response:
      status: NOT_FOUND
      statusMessage: GONE
      details: [{ '@type': type.googleapis.com/google.rpc.ErrorInfo, reason: GONE }]
  - request: { method: Watch, message: { sku: A1 } }
    response: { messages: [{ message: { sku: B1 } }, { message: { sku: B2 } }], trailers: { x-tail: t } }
  - request: { method: Watch, message: { sku: LOST } }
    response: { messages: [{ message: { sku: B1 } }], status: DATA_LOSS, statusMessage: LOST }
  - request: { method: Put, messages: { $includes: [{ sku: B2 }] } }
    response: { message: { count: 2 } }
`

const transports = {
  'gRPC over HTTP/2': (baseUrl: string) => createGrpcTransport({ baseUrl }),
  'gRPC compressed': (baseUrl: string) =>
    createGrpcTransport({ baseUrl, sendCompression: compressionGzip, compressMinBytes: 0 }),
  'gRPC-Web': (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
  'gRPC-Web with JSON': (baseUrl: string) =>
    createGrpcWebTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'Connect with JSON': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false }),
  'Connect in protobuf, by GET': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: true, useHttpGet: true }),
}

async function* of<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

/** All that a client is told, in words of its own. */
const told = async (client: LooseClient): Promise<unknown> => {
  const heard: unknown[] = []
  const options = {
    onHeader: (headers: Headers) => heard.push(headers.get('x-head')),
    onTrailer: (headers: Headers) => heard.push(headers.get('x-tail')),
  }
  const failure = (error: unknown): unknown => {
    const { code, rawMessage, details } = ConnectError.from(error)
    return [Code[code], rawMessage, details.length]
  }
  const items = async (sku: string): Promise<unknown> => {
    const skus: unknown[] = []
    try {
      for await (const item of client['watch']!({ sku }, options)) skus.push(item['sku'])
    } catch (error) {
      skus.push(failure(error))
    }
    return skus
  }
  const { sku, available, kind } = await client['get']!({ sku: 'A1' }, options)
  return {
    got: [sku, String(available), kind],
    gone: await client['get']!({ sku: 'GONE' }).catch(failure),
    items: await items('A1'),
    lost: await items('LOST'),
    put: (await client['put']!(of({ sku: 'B1' }, { sku: 'B2' })))['count'],
    heard,
  }
}

const upstream = async (): Promise<string> => {
  const files = grpcFiles(mocks)
  files['svc-mock.yaml'] += '    listen: 127.0.0.1:0\n'
  const app = await proxy(files)
  return `http://127.0.0.1:${app.ownPort('inventory')}`
}

const own = ({ services }: Ready): string => `http://${services[0]!.listen}`

describe.each(Object.entries(transports))('recorded over %s', (_, transport) => {
  it('is replayed to all', async () => {
    const real = await upstream()
    const files = grpcFiles('')
    files['svc-mock.yaml'] += `    listen: 127.0.0.1:0\n    upstream: ${real}\n    version: 1.0.0\n`
    const folder = makeFolder({ ...files, 'desensitize.yaml': "fields: { '**.available': keep }\n" })
    const env = { SVC_MOCK_MASK_KEY: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f' }
    const program = new Program(['record', '--port', '0', '--json'], { cwd: folder, env })
    onTestFinished(() => void program.stop('SIGKILL'))
    const ready = await program.line<Ready>(({ type }) => type === 'ready')
    const live = await told(await connectClient(transport(own(ready))))
    expect(live).toMatchObject({
      got: ['A1', '9007199254740993', 2],
      gone: ['NotFound', 'GONE', 1],
      items: ['B1', 'B2'],
      lost: ['B1', ['DataLoss', 'LOST', 0]],
      put: 2,
    })
    const { stdout } = await program.stop()
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      distinct: 5,
      quarantine: [],
      skipped: {},
    })

    const { program: replay, ready: again } = await startProgram({ cwd: folder })
    onTestFinished(() => void replay.stop('SIGKILL'))
    for (const other of Object.values(transports))
      expect(await told(await connectClient(other(own(again))))).toEqual(live)
  })
})
