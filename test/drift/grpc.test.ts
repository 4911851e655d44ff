/** gRPC fixtures asked for once more, in clear and over TLS. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { expect, it, onTestFinished } from 'vitest'
import { drift } from '../../src/app/drift/drift.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { crmClient, crmProto, crmText } from '../support/crm.ts'
import { drained, stream, unary } from '../support/grpc.ts'
import { everything, filesBelow, maskKey } from '../support/recording.ts'
import { Program, type Ready, runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { identity, ourAuthority } from '../support/tls.ts'
import { defaults, shortly } from './drifting.ts'

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
type Any = any

const loaded = loadSync(crmProto, { keepCase: true, longs: String, enums: String, oneofs: true })
const { Customers } = (loadPackageDefinition(loaded) as GrpcObject)['crm'] as Record<
  string,
  ServiceClientConstructor
>

const person = (more: object = {}): object => ({
  id: '1',
  name: '张伟',
  mobile: '13800138000',
  tier: 'GOLD',
  addresses: [{ street: '', phone: '13600136000' }],
  counts: [1, 2],
  ...more,
})

interface World {
  answer: object
  code: number
}

const customers = async (credentials = ServerCredentials.createInsecure()) => {
  const world: World = { answer: person(), code: 0 }
  const asked: unknown[] = []
  const server = new Server()
  server.addService(Customers!.service, {
    Get: (call: Any, done: Any) => {
      asked.push(call.request)
      const trailers = new Metadata()
      trailers.set('x-cost', '3')
      if (world.code === 0) done(null, world.answer, trailers)
      else done({ code: world.code, details: 'no 13800138000' })
    },
    List: (call: Any) => {
      call.write(world.answer)
      call.write({ ...world.answer, id: '2' })
      call.end()
    },
    Import: (call: Any, done: Any) =>
      call.on('data', () => undefined).on('end', () => done(null, { count: 1 })),
    Chat: (call: Any) => call.on('data', ({ text }: Any) => call.write({ text })).on('end', () => call.end()),
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, at) =>
      error === null ? resolve(at) : reject(error),
    ),
  )
  onTestFinished(() => server.forceShutdown())
  return { world, port, asked }
}

const space = async (upstream: string, more = '') => {
  const folder = makeFolder({
    'svc-mock.yaml': `services:\n  crm:\n    protocol: grpc\n    hosts: ['crm:50051']\n    upstream: ${upstream}\n    version: 1.0.0\n    proto: [./proto/crm.proto]\n${more}`,
    'proto/crm.proto': crmText,
  })
  const program = new Program(['record', '--port', '0', '--json'], {
    cwd: folder,
    env: { SVC_MOCK_MASK_KEY: maskKey },
  })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { listen } = await program.line<Ready>(({ type }) => type === 'ready')
  const client = crmClient(listen)
  expect((await unary(client, 'Get', { id: '1', trace_id: 'abc12345' })).error).toBeFalsy()
  await drained(stream(client, 'List', { id: '2' }))
  const chat = stream(client, 'Chat')
  chat.once('data', () => {
    chat.write({ text: 'TWO' } as never)
    chat.end()
  })
  const said = drained(chat)
  chat.write({ text: 'ONE' } as never)
  await said
  expect((await program.stop()).code).toBe(0)
  const read = (name: string): string =>
    readFileSync(filesBelow(join(folder, 'fixtures')).find((path) => path.includes(name))!, 'utf8')
  const run = (options: object = {}) =>
    drift(openWorkspace({ cwd: folder, env: {} }).config, { ...defaults, ...options })
  return { folder, read, run }
}

const chatOnly = 'notVerifiable not-asked it changes something'

it('finds what changed in messages, statuses and metadata, and nothing else', async () => {
  const { world, port, asked } = await customers()
  const { folder, run } = await space(`http://127.0.0.1:${port}`)
  asked.length = 0
  expect(shortly((await run()).findings)).toEqual([chatOnly, chatOnly])
  expect(asked).toMatchObject([{ id: '1', trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) }])
  const of = async (answer: object, options: object = {}): Promise<string[]> => {
    world.answer = answer
    return shortly((await run({ paths: [join(folder, 'fixtures')], ...options })).findings).filter(
      (text) => text !== chatOnly && text.includes('response.message.'),
    )
  }
  expect(await of(person({ tier: 'K7Q2XM9ZTB4' }))).toEqual([
    'value response.message.tier "GOLD" → "K7Q2XM9ZTB4"',
  ])
  // What is not on the wire is the default of its type, which says nothing of the interface.
  expect(await of(person({ tier: 'TIER_UNSPECIFIED', qq: 12345678 }), { shapeOnly: true })).toEqual([
    'note missing-item response.message.tier "GOLD"',
    expect.stringMatching(/^note new-item response\.message\.qq \d+$/),
  ])
  expect(
    await of(person({ birthday: { seconds: '636768000', nanos: 0 } }), { shapeOnly: true }),
  ).toHaveLength(1)
  expect((await of(person({ name: '李娜' })))[0]).toMatch(/^value response\.message\.name /)
  world.code = 5
  const refused = await run({ shapeOnly: true })
  expect(shortly(refused.findings)).toContain(
    'dataMissing response-status response.status "OK" → "NOT_FOUND"',
  )
  expect(JSON.stringify(refused)).not.toContain('13800138000')
  // Of a stream both ways one message cannot be asked for.
  expect(shortly((await run({ unsafe: true })).findings)).toContain(
    'notVerifiable not-asked it is one message of a stream both ways',
  )
})

it('updates fixtures as recording makes them, over TLS too', async () => {
  const { cert, key } = identity(ourAuthority(), ['localhost'])
  const credentials = ServerCredentials.createSsl(null, [
    { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) },
  ])
  const { world, port } = await customers(credentials)
  const { folder, read, run } = await space(`https://localhost:${port}`, '    tls: { insecure: true }\n')
  expect(shortly((await run()).findings)).toEqual([chatOnly, chatOnly])
  world.answer = person({ name: '李娜', mobile: '13912345678', memo: 'NEW' })
  const report = await run({ update: true })
  expect(report.updated).toHaveLength(2)
  expect(read('get')).toContain('memo: NEW')
  for (const real of ['李娜', '13912345678', '张伟', '13800138000'])
    expect(everything(folder)).not.toContain(real)
  expect(shortly((await run()).findings)).toEqual([chatOnly, chatOnly])
  expect((await runProgram(['check'], { cwd: folder })).code).toBe(0)
})

it('says so where a service speaks no HTTP/2, or does not trust', async () => {
  const { port } = await customers()
  const { folder } = await space(`http://127.0.0.1:${port}`)
  const to = (url: string) =>
    drift(openWorkspace({ cwd: folder, env: {} }).config, { ...defaults, provider: new URL(url) })
  const { upstream } = await import('../support/upstream.ts')
  const plain = await upstream((_request, response) => response.end('<html>'))
  await expect(to(`http://127.0.0.1:${plain.port}`)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
  await expect(to(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
})
