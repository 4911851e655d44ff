/** gRPC's interop cases with svc-mock between client and server give the verdicts that they give without it. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cases, interopClients, interopProto, interopServer } from '../../support/interop.ts'
import { proxy } from '../../support/proxy.ts'

const proto = readFileSync(interopProto, 'utf8')

const mock = `protocol: grpc
mocks:
  - request: { method: interop.TestService/EmptyCall, metadata: { x-nobody: sends } }
    response: { status: INTERNAL }
`

/** How svc-mock stands between the two. */
const ways: Readonly<Record<string, (port: number) => Record<string, string>>> = {
  'mode passthrough, without definitions': (port) => ({
    'svc-mock.yaml': `services: { interop: { protocol: grpc, mode: passthrough, upstream: 'http://127.0.0.1:${port}', hosts: [interop] } }`,
  }),
  'mode direct, with definitions': (port) => ({
    'svc-mock.yaml': `services: { interop: { protocol: grpc, mode: direct, upstream: 'http://127.0.0.1:${port}', hosts: [interop], proto: interop.proto } }`,
    'interop.proto': proto,
  }),
  'onMiss passthrough, with definitions and a mock': (port) => ({
    'svc-mock.yaml': `services: { interop: { protocol: grpc, onMiss: passthrough, upstream: 'http://127.0.0.1:${port}', hosts: [interop], proto: interop.proto } }`,
    'interop.proto': proto,
    'mocks/interop/1.0.0/mocks.yaml': mock,
  }),
  'a mock that asks the real service for everything': (port) => ({
    'svc-mock.yaml': `services: { interop: { protocol: grpc, upstream: 'http://127.0.0.1:${port}', hosts: [interop], proto: interop.proto } }`,
    'interop.proto': proto,
    'mocks/interop/1.0.0/mocks.yaml':
      'protocol: grpc\nmocks:\n  - upstream: { patch: { trailers: { set: { x-seen: "yes" } } } }\n',
  }),
}

describe.each(Object.entries(ways))('%s', (_, files) => {
  it.each(Object.entries(cases))('%s', async (name, run) => {
    const server = await interopServer()
    const app = await proxy(files(server.port))
    const bare = await run(interopClients(`127.0.0.1:${server.port}`))
    const through = await run(interopClients(`${app.host}:${app.port}`, 'interop'))
    expect(through).toEqual(bare)
    const done = await app.call(1)
    expect(done).toMatchObject({ protocol: 'grpc', outcome: 'passthrough' })
    expect(app.calls).toHaveLength(1)
    if (name.startsWith('cancel')) {
      // Both times: the server has been told.
      await expect.poll(() => server.cancelled.length).toBe(2)
    } else if (name !== 'timeout_on_sleeping_server') expect(done.status).toBe(bare['code'])
  })
})
