/** A handshake that never ends costs its own connection, and only for so long. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { Interceptor } from '../../src/proxy/intercept.ts'
import { raw } from '../support/raw.ts'
import { helloBytes, ourAuthority } from '../support/tls.ts'

it.each([
  ['says nothing', () => Promise.resolve('')],
  [
    'stops in the middle of its ClientHello',
    async () => (await helloBytes({})).subarray(0, 50).toString('latin1'),
  ],
  ['never answers our certificate', async () => (await helloBytes({})).toString('latin1')],
])('a client that %s is given up', async (_what, bytes) => {
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const interceptor = new Interceptor({ authority: ourAuthority, alpn: ['http/1.1'], handshakeMs: 30 })
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const client = await raw((server.address() as { port: number }).port)
  const [socket] = await accepted
  socket.on('error', () => undefined)
  const handshake = interceptor.accept(socket, 'orders')
  client.send(await bytes())
  await expect(handshake).rejects.toThrow('the TLS handshake took longer than 0.03 s')
  expect(socket.destroyed).toBe(true)
  await client.rest()
})
