/** What passes through must arrive as it was sent, both ways. */
import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { deadPort, recordingUpstream, tcpUpstream, upstream } from '../support/upstream.ts'

const passing = (port: number, more = ''): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  real:\n    hosts: [real.test.example.com]\n    mode: passthrough\n    upstream: http://127.0.0.1:${port}\n${more}`,
})

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

describe('a call that passes through', () => {
  it('keeps order, case and spelling of its headers, and its target byte for byte', async () => {
    const real = await recordingUpstream(ok)
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send(
      'GET http://real.test.example.com/a/../b/%2e%2e/%zz;x?q=1&q=%20+ HTTP/1.1\r\nX-First: 1\r\nHOST: real.test.example.com\r\nx-B: two\r\nX-b:  three \r\nAccept: */*\r\nProxy-Connection: keep-alive\r\nCookie: a=1\r\n\r\n',
    )
    expect(await client.until('hi')).toContain('200 OK')
    expect(real.bytes().replace(/svcm-hop: [0-9a-f]+\r\n/, '')).toBe(
      'GET /a/../b/%2e%2e/%zz;x?q=1&q=%20+ HTTP/1.1\r\nX-First: 1\r\nHOST: real.test.example.com\r\nx-B: two\r\nX-b: three\r\nAccept: */*\r\nCookie: a=1\r\n\r\n',
    )
  })

  it('keeps order and case of the reply, and its status text', async () => {
    const reply =
      'HTTP/1.1 299 Quite Fine\r\nX-Zeta: 1\r\nx-alpha: 2\r\nSet-Cookie: a=1\r\nDate: then\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nhi'
    const real = await recordingUpstream(reply)
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send(
      'GET http://real.test.example.com/ HTTP/1.1\r\nHost: real.test.example.com\r\nConnection: close\r\n\r\n',
    )
    expect(await client.rest()).toBe(reply.replace('\r\n\r\nhi', '\r\nConnection: close\r\n\r\nhi'))
  })

  it('keeps a chunked body chunked, with its trailers, both ways', async () => {
    let bytes = ''
    const port = await tcpUpstream((socket) => {
      socket.setEncoding('latin1')
      socket.on('data', (text: string) => {
        bytes += text
        if (bytes.endsWith('\r\nX-Sum: 7\r\n\r\n')) {
          socket.write(
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Md5\r\n\r\n3\r\nabc\r\n0\r\nX-Md5: 99\r\n\r\n',
          )
        }
      })
    })
    const { port: here } = await proxy(passing(port))
    const client = await raw(here)
    client.send(
      'POST http://real.test.example.com/ HTTP/1.1\r\nHost: real.test.example.com\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Sum: 7\r\n\r\n',
    )
    const answer = await client.until('X-Md5: 99\r\n\r\n')
    expect(answer).toMatch(/Transfer-Encoding: chunked/i)
    expect(answer).toContain('\r\n3\r\nabc\r\n0\r\nX-Md5: 99\r\n\r\n')
    const [head, body] = bytes.split(/\r\n\r\n(.*)/s)
    expect(head).toContain('Transfer-Encoding: chunked')
    expect(head).not.toMatch(/content-length/i)
    expect(body?.replaceAll(/[0-9a-f]+\r\n(?=[a-z])|\r\n/g, '')).toContain('wikipedia')
    expect(body).toMatch(/\r\n0\r\nX-Sum: 7\r\n\r\n$/)
  })

  it('keeps a body compressed on the way, and says so, both ways', async () => {
    const real = await recordingUpstream(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: x-gzip\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n',
    )
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send(
      'POST http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    )
    const answer = await client.until('0\r\n\r\n')
    expect(answer).toMatch(/^Transfer-Encoding: x-gzip, chunked\r$/m)
    expect(answer).toMatch(/\r\n\r\n2\r\nzz\r\n0\r\n\r\n$/)
    expect(real.bytes()).toMatch(/^Transfer-Encoding: gzip, chunked\r$/m)
    expect(real.bytes()).toMatch(/\r\n3\r\nabc\r\n0\r\n\r\n$/)
  })

  const go = 'HTTP/1.1 100 Continue\r\nX-Wait: no\r\n\r\n'
  const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
  it.each([
    ['alone', [go, final]],
    ['with the reply', [`${go}${final}`]],
    ['twice', [`${go}${go}`, final]],
    [
      'in pieces',
      [
        'HT',
        'TP/1.1 1',
        '00 Con',
        'tinue\r\nX-Wait: no\r\n\r',
        '\nHTTP/1.1',
        ' 200 OK\r\nContent-Length: 2\r\n\r\nhi',
      ],
    ],
    [
      'around others',
      [
        `HTTP/1.1 102 Processing\r\n\r\n${go}HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n${go}`,
        final,
      ],
    ],
  ])('is answered although 100 Continue, which nobody asked for, comes %s', async (_what, pieces) => {
    const port = await tcpUpstream((socket) => {
      socket.setNoDelay(true)
      socket.on('data', () => {
        const next = (n: number): void => {
          // A piece leaves when the one before has left, and a turn of the loop later.
          if (n < pieces.length)
            socket.write(pieces[n]!, () => setImmediate(() => setImmediate(() => next(n + 1))))
        }
        next(0)
      })
    })
    const test = await proxy(passing(port))
    const client = await raw(test.port)
    for (let n = 0; n < 2; n++) {
      client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n')
      const answer = await client.until('hi')
      expect(answer).toContain('HTTP/1.1 200 OK')
      expect(answer).not.toContain('100 Continue')
    }
  })

  it('keeps a body that looks like an interim reply', async () => {
    const real = await recordingUpstream(`HTTP/1.1 200 OK\r\nContent-Length: ${go.length}\r\n\r\n${go}`)
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await client.until(go)).toMatch(/200 OK.*100 Continue\r\nX-Wait: no\r\n\r\n$/s)
  })

  it('fails where the reply is no HTTP, or ends inside an interim one', async () => {
    for (const reply of ['HTTP/1.1 1x0 No\r\n\r\n', 'HTTP/1.1 100 Cont']) {
      const port = await tcpUpstream((socket) => void socket.once('data', () => socket.end(reply)))
      const test = await proxy(passing(port))
      const client = await raw(test.port)
      client.send(
        'POST http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      )
      expect(await client.rest()).toMatch(/^HTTP\/1\.1 502.*UPSTREAM_UNREACHABLE/s)
    }
  })

  it('sends an empty chunked body as one', async () => {
    const real = await recordingUpstream(ok)
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send(
      'POST http://real.test.example.com/ HTTP/1.1\r\nHost: real.test.example.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    )
    await client.until('hi')
    expect(real.bytes()).toMatch(/Transfer-Encoding: chunked\r\nsvcm-hop: [0-9a-f]+\r\n\r\n0\r\n\r\n$/)
  })

  it('has its body streamed without waiting for the end', async () => {
    const { port: there } = await upstream((request, response) => {
      response.writeHead(200)
      response.flushHeaders()
      request.on('data', (chunk: Buffer) => response.write(`got ${chunk}`))
      request.on('end', () => response.end('done'))
    })
    const { port } = await proxy(passing(there))
    const client = await raw(port)
    client.send('POST http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nfirst')
    await client.until('got first')
    client.send('other')
    expect(await client.until('0\r\n\r\n')).toContain('got other')
  })

  it('gets 100 Continue before it sends its body', async () => {
    const { port: there } = await upstream((request, response) => {
      request.pipe(response)
    })
    const { port } = await proxy(passing(there))
    const client = await raw(port)
    client.send(
      'POST http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
    )
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('body')
    expect(await client.until('body')).toContain('200 OK')
  })

  it('is answered to HEAD without a body, with the length that GET has', async () => {
    const { port: there } = await upstream((_request, response) => {
      response.writeHead(200, { 'content-length': 5 }).end()
    })
    const { port } = await proxy(passing(there))
    const client = await raw(port)
    client.send('HEAD http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await client.rest()).toMatch(/content-length: 5\r\n.*\r\n\r\n$/s)
  })

  it('is aborted upstream when the client goes away', async () => {
    const gone = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { port: there } = await upstream((request) => {
      request.once('close', () => gone.resolve())
      begun.resolve()
    })
    const { port, call } = await proxy(passing(there))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await begun.promise
    client.socket.destroy()
    await gone.promise
    expect(await call(1)).toMatchObject({ operation: 'GET /slow', status: 0 })
  })

  it('breaks off at the client when the upstream breaks off', async () => {
    const there = await tcpUpstream((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    })
    const { port, call } = await proxy(passing(there))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await client.rest()).toMatch(/half$/)
    expect((await call(1)).status).toBe(0)
  })

  it('is told why the upstream cannot be reached', async () => {
    const dead = await deadPort()
    const { port } = await proxy(passing(dead))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const answer = await client.rest()
    expect(answer).toContain('HTTP/1.1 502')
    expect(answer).toContain('x-svc-mock-error: UPSTREAM_UNREACHABLE')
    expect(answer).toContain(
      `127.0.0.1:${dead} cannot be reached: nothing listens there (connection refused)`,
    )
  })

  it('is repeated once on a fresh connection when an idle one had been closed', async () => {
    let connections = 0
    const there = await tcpUpstream((socket) => {
      const own = ++connections
      let calls = 0
      socket.on('data', () => {
        calls++
        if (own === 1 && calls === 2) socket.destroy()
        else socket.write(ok)
      })
    })
    const { port } = await proxy(passing(there))
    const client = await raw(port)
    const call = 'GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n'
    client.send(call)
    await client.until('hi')
    client.send(call)
    expect(await client.until('hi')).toContain('200 OK')
    expect(connections).toBe(2)
  })

  it('waits with back-pressure instead of buffering for a slow reader', async () => {
    const size = 64 * 2 ** 20
    let sent = 0
    const { port: there } = await upstream((_request, response) => {
      response.writeHead(200, { 'content-length': size })
      const piece = Buffer.alloc(64 * 1024)
      const send = (): void => {
        while (sent < size) {
          sent += piece.length
          if (!response.write(piece)) {
            response.once('drain', send)
            return
          }
        }
        response.end()
      }
      send()
    })
    const { port } = await proxy(passing(there))
    const received = await new Promise<{ early: number; total: number }>((resolve, reject) => {
      httpRequest(
        { port, host: '127.0.0.1', path: 'http://real.test.example.com/', agent: false },
        (response) => {
          response.once('readable', () => {
            // The reader stops; once nothing more is sent, what is under way is what everybody on the way buffers.
            let last = -1
            const settle = setInterval(() => {
              if (sent !== last) {
                last = sent
                return
              }
              clearInterval(settle)
              const early = sent
              let total = 0
              response.on('data', (chunk: Buffer) => {
                total += chunk.length
              })
              response.on('end', () => resolve({ early, total }))
            }, 50)
          })
        },
      )
        .on('error', reject)
        .end()
    })
    expect(received.total).toBe(size)
    expect(received.early).toBeLessThan(size / 2)
  })
})
