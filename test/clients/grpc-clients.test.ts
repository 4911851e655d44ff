/** gRPC clients of other languages, where they are present: grpcurl (Go) and Python's grpcio. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { proxy } from '../support/proxy.ts'
import { present } from '../support/tools.ts'

const run = promisify(execFile)

const mocks = `
  - request: { method: Get, message: { sku: a } }
    response: { message: { sku: a, available: 12, kind: TOY, updated_at: '2026-11-21T00:00:00Z' }, trailers: { x-tail: t } }
  - request: { method: Get, message: { sku: gone } }
    response: { status: NOT_FOUND, statusMessage: 'gone: 100%', details: [{ '@type': type.googleapis.com/google.rpc.ErrorInfo, reason: GONE }] }
  - request: { method: Watch }
    response: { messages: [{ message: { sku: '1' } }, { message: { sku: '2' }, delay: 5ms }] }
  - request: { method: Put, messages: [{ sku: a }, { sku: b }] }
    response: { message: { count: 2 } }
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
`

/** An own port, as a client that knows no proxy calls it. */
const running = async () => {
  const files = grpcFiles(mocks)
  files['svc-mock.yaml'] += '    listen: 127.0.0.1:0\n'
  const app = await proxy(files)
  return { app, address: `127.0.0.1:${app.ownPort('inventory')}` }
}

describe.runIf(present('grpcurl', '-version'))('grpcurl', () => {
  const grpcurl = async (...args: readonly string[]) => {
    const done = await run('grpcurl', ['-plaintext', ...args]).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    return { out: done.stdout, err: done.stderr }
  }

  it('lists and describes services by reflection', async () => {
    const { address } = await running()
    expect((await grpcurl(address, 'list')).out).toBe('acme.Inventory\n')
    expect((await grpcurl(address, 'list', 'acme.Inventory')).out).toContain('acme.Inventory.Watch')
    const item = (await grpcurl(address, 'describe', 'acme.Item')).out
    expect(item).toContain('map<string, .acme.Price> prices = 6;')
    expect(item).toContain('.google.protobuf.Timestamp updated_at = 5;')
    expect(item).toContain('oneof place {')
  })

  it('calls every kind of method with what reflection told it', async () => {
    const { address } = await running()
    const found = JSON.parse((await grpcurl('-d', '{"sku":"a"}', address, 'acme.Inventory/Get')).out)
    expect(found).toEqual({ sku: 'a', available: '12', kind: 'TOY', updatedAt: '2026-11-21T00:00:00Z' })
    const gone = (await grpcurl('-d', '{"sku":"gone"}', address, 'acme.Inventory/Get')).err
    expect(gone).toContain('Code: NotFound')
    expect(gone).toContain('Message: gone: 100%')
    expect(gone).toContain('"reason": "GONE"')
    const watched = (await grpcurl('-d', '{}', address, 'acme.Inventory/Watch')).out
    expect(watched.match(/"sku": "[12]"/g)).toHaveLength(2)
    const put = await grpcurl('-d', '{"sku":"a"}{"sku":"b"}', address, 'acme.Inventory/Put')
    expect(JSON.parse(put.out)).toEqual({ count: 2 })
    const chat = (await grpcurl('-d', '{"text":"ping"}{"text":"ping"}', address, 'acme.Inventory/Chat')).out
    expect(chat.match(/"pong"/g)).toHaveLength(2)
  })

  it('asks for health', async () => {
    const { address } = await running()
    const health = await grpcurl('-max-time', '5', address, 'describe', 'grpc.health.v1.Health')
    expect(health.out).toContain('rpc Check')
    expect(JSON.parse((await grpcurl(address, 'grpc.health.v1.Health/Check')).out)).toEqual({
      status: 'SERVING',
    })
  })
})

const python = process.env['SVC_MOCK_TEST_PYTHON'] ?? 'python3'

const hasGrpcio = (): boolean => {
  const there = spawnSync(python, ['-c', 'import grpc'], { stdio: 'ignore' }).status === 0
  if (there) return true
  if ((process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',').includes('grpcio'))
    throw new Error(`grpcio is required for the tests here, and ${python} has none`)
  process.stderr.write(`skipped: tests with grpcio, which ${python} has not\n`)
  return false
}

/** Bytes by hand, so that no generated code is needed: { sku: "a" } is 0a 01 61. */
const script = `
import grpc, json, sys
channel = grpc.insecure_channel(sys.argv[1])
def text(value): return bytes([0x0a, len(value)]) + value.encode()
same = lambda value: value
out = {}
get = channel.unary_unary('/acme.Inventory/Get', same, same)
reply, call = get.with_call(text('a'), timeout=5)
out['get'] = reply.hex()
out['tail'] = dict((k, v) for k, v in call.trailing_metadata() if k == 'x-tail')
try:
    get(text('gone'), timeout=5)
except grpc.RpcError as error:
    out['gone'] = [error.code().name, error.details()]
watch = channel.unary_stream('/acme.Inventory/Watch', same, same)
out['watch'] = [message.hex() for message in watch(b'', timeout=5)]
put = channel.stream_unary('/acme.Inventory/Put', same, same)
out['put'] = put(iter([text('a'), text('b')]), timeout=5).hex()
chat = channel.stream_stream('/acme.Inventory/Chat', same, same)
out['chat'] = [message.hex() for message in chat(iter([text('ping')]), timeout=5)]
try:
    get(text('a'), timeout=5, compression=grpc.Compression.Gzip)
    out['gzip'] = True
except grpc.RpcError as error:
    out['gzip'] = error.details()
print(json.dumps(out))
`

describe.runIf(hasGrpcio())('grpcio', () => {
  it('calls every kind of method', async () => {
    const { address } = await running()
    const { stdout } = await run(python, ['-c', script, address], {
      env: { ...process.env, no_proxy: '127.0.0.1' },
    })
    const out = JSON.parse(stdout) as Record<string, unknown>
    expect(out).toMatchObject({
      get: expect.stringMatching(/^0a0161100c1802/),
      tail: { 'x-tail': 't' },
      gone: ['NOT_FOUND', 'gone: 100%'],
      watch: ['0a0131', '0a0132'],
      put: '0802',
      chat: ['0a04706f6e67'],
      gzip: true,
    })
  })
})
