/** Plaintext gRPC through CONNECT, as grpc-java and grpc-js send it: the h2c preface comes inside the tunnel. */
import { request } from 'node:http'
import { connect } from 'node:http2'
import type { Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { grpcProxy, host } from '../../support/grpc-workspace.ts'
import { answerOf } from '../../support/http2.ts'

const tunnelTo = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', method: 'CONNECT', path: host })
    asked.once('connect', (_reply, socket) => resolve(socket)).once('error', reject)
    asked.end()
  })

it('is answered from mocks', async () => {
  const { app } = await grpcProxy(
    '  - { request: { method: Get, message: { sku: a } }, response: { message: { sku: found } } }\n',
  )
  const socket = await tunnelTo(app.port)
  const session = connect(`http://${host}`, { createConnection: () => socket })
  onTestFinished(() => session.destroy())
  const stream = session.request({
    ':method': 'POST',
    ':path': '/acme.Inventory/Get',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.end(Buffer.from('00000000030a0161', 'hex'))
  const answer = await answerOf(stream)
  expect(answer.body).toContain('found')
  expect(answer.trailers?.['grpc-status']).toBe('0')
  expect((await app.call(1)).protocol).toBe('grpc')
})
