/** Flow control: who does not read is not sent more, on both sides, and bodies larger than memory should hold pass. */
import type { ClientHttp2Session } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { ask, http2Client, http2Upstream } from '../../support/http2.ts'
import { proxy } from '../../support/proxy.ts'
import { upstream } from '../../support/upstream.ts'

const host = 'real.test.example.com'
const passing = (port: number): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  real:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://127.0.0.1:${port}\n`,
})
const chunk = Buffer.alloc(64 * 1024, 'x')
const hundredMb = 100 * 2 ** 20

/** Sends so many bytes and counts those that come back. */
const echo = (session: ClientHttp2Session, bytes: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': '/echo', ':authority': host })
    let received = 0
    let sent = 0
    const send = (): void => {
      while (sent < bytes) {
        sent += chunk.length
        if (!stream.write(chunk)) {
          stream.once('drain', send)
          return
        }
      }
      stream.end()
    }
    stream.on('data', (data: Buffer) => {
      received += data.length
    })
    stream.on('end', () => resolve(received))
    stream.on('error', reject)
    send()
  })

describe('a body of 100 MB both ways', () => {
  it.each(['HTTP/2', 'HTTP/1.1'])('passes to a service in %s, and memory stays', async (version) => {
    const real =
      version === 'HTTP/2'
        ? await http2Upstream((stream) => {
            stream.respond({ ':status': 200 })
            stream.pipe(stream)
          })
        : await upstream((request, response) => void request.pipe(response))
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    await echo(session, 2 ** 20)
    const before = process.memoryUsage.rss()
    expect(await echo(session, hundredMb)).toBe(hundredMb)
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(100)
  })
})

describe('a client that does not read', () => {
  it('holds the service back, and no other call on its connection', async () => {
    let written = 0
    const full = Promise.withResolvers<void>()
    const real = await http2Upstream((stream, headers) => {
      stream.respond({ ':status': 200 })
      if (headers[':path'] !== '/endless') {
        stream.end('short')
        return
      }
      const send = (): void => {
        // Not a byte more until somebody has read.
        while (stream.write(chunk)) written += chunk.length
        written += chunk.length
        full.resolve()
      }
      stream.on('drain', send)
      send()
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request({ ':path': '/endless', ':authority': host })
    stream.on('error', () => undefined)
    await full.promise
    // Other calls go round and round while nothing more of the first one moves.
    let before = -1
    for (let round = 0; before !== written; round++) {
      before = written
      for (let n = 0; n < 20; n++)
        expect(await ask(session, { ':path': `/${n}`, ':authority': host })).toMatchObject({ body: 'short' })
      expect(round).toBeLessThan(50)
    }
    expect(written).toBeLessThan(8 * 2 ** 20)
    stream.close()
  })
})

describe('a service that does not read', () => {
  it('holds the client back', async () => {
    const real = await http2Upstream((stream, headers) => {
      stream.respond({ ':status': 200 })
      if (headers[':path'] !== '/deaf') stream.end('short')
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request({ ':method': 'POST', ':path': '/deaf', ':authority': host })
    stream.on('error', () => undefined)
    let written = 0
    const send = (): void => {
      while (stream.write(chunk)) written += chunk.length
      written += chunk.length
    }
    stream.on('drain', send)
    send()
    let before = -1
    for (let round = 0; before !== written; round++) {
      before = written
      for (let n = 0; n < 20; n++)
        expect(await ask(session, { ':path': `/${n}`, ':authority': host })).toMatchObject({ body: 'short' })
      expect(round).toBeLessThan(50)
    }
    expect(written).toBeLessThan(8 * 2 ** 20)
    stream.close()
  })
})
