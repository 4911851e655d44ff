/** What passes between clients and real services in HTTP/2, in HTTP/1.1, and from one to the other. */
import { constants } from 'node:http2'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { block, errorCodes, flags, frame, frameClient, reset } from '../../support/frames.ts'
import { answerOf, ask, http2Client, http2Upstream } from '../../support/http2.ts'
import { proxy } from '../../support/proxy.ts'
import { raw } from '../../support/raw.ts'
import { deadPort, recordingUpstream, tcpUpstream, upstream } from '../../support/upstream.ts'

const host = 'real.test.example.com'

const passing = (port: number): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  real:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://127.0.0.1:${port}\n`,
})

const withoutHop = (pairs: readonly string[]): string[] => {
  const at = pairs.indexOf('svcm-hop')
  return [...pairs.slice(0, at), ...pairs.slice(at + 2)]
}

describe('a call in HTTP/2 to a service in HTTP/2', () => {
  it('keeps its headers in order, its target and its version', async () => {
    let seen: readonly string[] = []
    const real = await http2Upstream((stream, _headers, pairs) => {
      seen = pairs
      stream.respond({ ':status': 299, 'x-zeta': '1', 'set-cookie': ['a=1', 'b=2'], 'x-alpha': '2' })
      stream.end('hi')
    })
    const { port, call } = await proxy(passing(real.port))
    const answer = await ask(await http2Client(port), {
      ':path': '/a/../b/%2e?q=1&q=%20+',
      ':authority': host,
      'x-first': '1',
      te: 'trailers',
      accept: '*/*',
      'proxy-connection': undefined,
    })
    expect(withoutHop(seen)).toEqual([
      ...[':method', 'GET', ':scheme', 'http', ':authority', host, ':path', '/a/../b/%2e?q=1&q=%20+'],
      ...['x-first', '1', 'accept', '*/*', 'te', 'trailers'],
    ])
    expect(answer).toMatchObject({ status: 299, body: 'hi', rstCode: 0 })
    expect(answer.raw.slice(2, 10)).toEqual([
      'x-zeta',
      '1',
      'set-cookie',
      'a=1',
      'set-cookie',
      'b=2',
      'x-alpha',
      '2',
    ])
    expect(await call(1)).toMatchObject({ operation: 'GET /a/../b/%2e', status: 299, outcome: 'passthrough' })
  })

  it('streams both ways at the same time, with trailers both ways', async () => {
    const late = Promise.withResolvers<unknown>()
    const real = await http2Upstream((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7', 'grpc-status': '0' }))
      stream.on('data', (chunk: Buffer) => stream.write(`echo ${chunk};`))
      stream.on('trailers', (trailers) => late.resolve(trailers['x-sent']))
      stream.on('end', () => stream.end('done'))
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request(
      { ':method': 'POST', ':path': '/chat', ':authority': host },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sent': 'all' }))
    const answer = answerOf(stream)
    const pieces: string[] = []
    stream.on('data', (chunk: Buffer) => {
      pieces.push(String(chunk))
      // The next is sent only when the last has come back.
      if (pieces.length < 4) stream.write(String(pieces.length))
      else if (pieces.length === 4) stream.end()
    })
    await new Promise((resolve) => stream.once('response', resolve))
    stream.write('0')
    expect(await answer).toMatchObject({
      status: 200,
      body: 'echo 0;echo 1;echo 2;echo 3;done',
      trailers: { 'x-sum': '7', 'grpc-status': '0' },
      rstCode: 0,
    })
    expect(await late.promise).toBe('all')
  })

  it('is answered by a head alone where the service does (a reply of trailers only)', async () => {
    const real = await http2Upstream((stream) => {
      stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true })
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request(
      { ':method': 'POST', ':path': '/x.Y/Z', ':authority': host },
      { endStream: true },
    )
    const ended = new Promise<number>((resolve) => stream.once('response', (_head, flags) => resolve(flags)))
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: '', headers: { 'grpc-status': '12' } })
    expect((await ended) & 1).toBe(1)
  })

  it('gets early hints first', async () => {
    const real = await http2Upstream((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' })
      stream.respond({ ':status': 200 })
      stream.end('page')
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request({ ':path': '/', ':authority': host })
    const hint = new Promise<string>((resolve) =>
      stream.once('headers', (head) => resolve(String(head['link']))),
    )
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: 'page' })
    expect(await hint).toBe('</a.css>; rel=preload')
  })

  it('is cancelled upstream when the client cancels it', async () => {
    const begun = Promise.withResolvers<void>()
    const code = Promise.withResolvers<number>()
    const real = await http2Upstream((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('first')
      stream.on('close', () => code.resolve(stream.rstCode))
      begun.resolve()
    })
    const { port, call } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const stream = session.request(
      { ':method': 'POST', ':path': '/', ':authority': host },
      { endStream: false },
    )
    stream.on('error', () => undefined)
    await begun.promise
    stream.close(constants.NGHTTP2_CANCEL)
    expect(await code.promise).toBe(constants.NGHTTP2_CANCEL)
    expect(await call(1)).toMatchObject({ status: 0 })
  })

  it.each([
    ['NO_ERROR', errorCodes.none],
    ['CANCEL', errorCodes.cancel],
  ])('is never whole upstream when the client resets it with %s in its body', async (_name, code) => {
    const closed = Promise.withResolvers<unknown>()
    const begun = Promise.withResolvers<void>()
    const real = await http2Upstream((stream) => {
      stream.on('data', () => begun.resolve())
      stream.on('close', () => closed.resolve({ aborted: stream.aborted, code: stream.rstCode }))
    })
    const { port } = await proxy(passing(real.port))
    const client = await frameClient(port)
    const head = block(':method', 'POST', ':scheme', 'http', ':authority', host, ':path', '/')
    client.send(frame('headers', flags.endHeaders, 1, head), frame('data', 0, 1, Buffer.from('half')))
    await begun.promise
    client.send(reset(1, code))
    expect(await closed.promise).toEqual({ aborted: true, code: constants.NGHTTP2_CANCEL })
  })

  it.each([
    ['CANCEL', constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL],
    ['ENHANCE_YOUR_CALM', constants.NGHTTP2_ENHANCE_YOUR_CALM, constants.NGHTTP2_ENHANCE_YOUR_CALM],
    ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_REFUSED_STREAM],
    ['FLOW_CONTROL_ERROR', constants.NGHTTP2_FLOW_CONTROL_ERROR, constants.NGHTTP2_INTERNAL_ERROR],
  ])(
    'that the service resets with %s is reset with what that means to the client',
    async (_name, sent, got) => {
      const real = await http2Upstream((stream, headers) => {
        if (headers[':path'] === '/late') {
          // Without trailers to come node would end the body before it resets the stream.
          stream.respond({ ':status': 200 }, { waitForTrailers: true })
          stream.write('half', () => setImmediate(() => stream.close(sent)))
        } else stream.close(sent)
      })
      const { port, call } = await proxy(passing(real.port))
      const session = await http2Client(port)
      const early = { ':method': 'POST', ':path': '/early', ':authority': host }
      expect(await ask(session, early, 'body')).toMatchObject({ status: 0, rstCode: got })
      expect(await call(1)).toMatchObject({ outcome: 'error', error: 'UPSTREAM_UNREACHABLE', status: 0 })
      expect(await ask(session, { ':path': '/late', ':authority': host })).toMatchObject({
        status: 200,
        body: 'half',
        rstCode: got,
      })
    },
  )

  it('is told 502 when nothing listens there', async () => {
    const { port } = await proxy(passing(await deadPort()))
    const answer = await ask(await http2Client(port), { ':path': '/', ':authority': host })
    expect(answer).toMatchObject({ status: 502 })
    expect(answer.body).toContain('UPSTREAM_UNREACHABLE')
  })
})

describe('connections to a service in HTTP/2', () => {
  it('are shared by many calls, each with its own bytes', async () => {
    const real = await http2Upstream((stream, headers) => {
      stream.respond({ ':status': 200, 'x-path': headers[':path'] })
      stream.pipe(stream)
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const body = (n: number): string => `${n},`.repeat(1 + n * 3)
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        ask(session, { ':method': 'POST', ':path': `/${n}`, ':authority': host }, body(n)),
      ),
    )
    expect(answers.map(({ headers }) => headers['x-path'])).toEqual(answers.map((_, n) => `/${n}`))
    expect(answers.filter(({ body: got }, n) => got !== body(n))).toEqual([])
    expect(real.sessions.size).toBe(1)
  })

  it('are as many as the service asks for by its limit of streams', async () => {
    let open = 0
    let most = 0
    const all = Promise.withResolvers<void>()
    const real = await http2Upstream(
      (stream) => {
        most = Math.max(most, ++open)
        if (open === 10) all.resolve()
        void all.promise.then(() => {
          stream.respond({ ':status': 200 })
          stream.end('ok')
        })
      },
      { settings: { maxConcurrentStreams: 4 } },
    )
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask(session, { ':path': `/${n}`, ':authority': host })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(most).toBe(10)
    expect(real.sessions.size).toBe(3)
  })

  it('that take no calls at all are not waited for', async () => {
    const real = await http2Upstream(() => undefined, { settings: { maxConcurrentStreams: 0 } })
    const { port } = await proxy(passing(real.port))
    const answer = await ask(await http2Client(port), { ':path': '/', ':authority': host })
    expect(answer).toMatchObject({ status: 502 })
  })

  it('that say GOAWAY take no more calls, and what they did not look at is asked again', async () => {
    let connections = 0
    const real = await http2Upstream((stream, headers) => {
      const session = stream.session!
      if (headers[':path'] === '/last') {
        // As if the next stream had not been seen.
        session.goaway(constants.NGHTTP2_NO_ERROR, stream.id! - 2)
        return
      }
      stream.respond({ ':status': 200 })
      stream.end(headers[':path'])
    })
    real.server.on('session', () => connections++)
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    expect(await ask(session, { ':path': '/1', ':authority': host })).toMatchObject({ body: '/1' })
    const posted = { ':method': 'POST', ':path': '/last', ':authority': host }
    // Its body is gone: the client is told that it was not looked at, and may ask again.
    expect(await ask(session, posted, 'body')).toMatchObject({ rstCode: constants.NGHTTP2_REFUSED_STREAM })
    expect(await ask(session, { ':path': '/2', ':authority': host })).toMatchObject({ body: '/2' })
    expect(connections).toBe(2)
  })

  it('that refuse a call without a body are asked once more', async () => {
    let asked = 0
    const real = await http2Upstream((stream) => {
      if (++asked === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else {
        stream.respond({ ':status': 200 })
        stream.end('second')
      }
    })
    const { port } = await proxy(passing(real.port))
    const answer = await ask(await http2Client(port), {
      ':method': 'DELETE',
      ':path': '/',
      ':authority': host,
    })
    expect(answer).toMatchObject({ status: 200, body: 'second' })
  })

  it('that break are told from a reset, and a GET is asked again', async () => {
    let asked = 0
    const real = await http2Upstream((stream) => {
      if (++asked === 1) stream.session!.destroy()
      else {
        stream.respond({ ':status': 200 })
        stream.end('second')
      }
    })
    const { port } = await proxy(passing(real.port))
    const session = await http2Client(port)
    expect(await ask(session, { ':path': '/', ':authority': host })).toMatchObject({ body: 'second' })
    asked = 0
    const posted = await ask(session, { ':method': 'POST', ':path': '/', ':authority': host }, 'body')
    expect(posted).toMatchObject({ status: 502 })
    expect(posted.body).toContain('broke off before it answered')
  })
})

describe('a call in HTTP/2 to a service in HTTP/1.1', () => {
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Case: Kept\r\nConnection: keep-alive\r\n\r\nhi'

  it('leaves as HTTP/1.1, and the service is asked for HTTP/2 once', async () => {
    let bytes = ''
    let prefaces = 0
    const there = await tcpUpstream((socket) => {
      socket.setEncoding('latin1')
      socket.on('data', (text: string) => {
        if (text.startsWith('PRI')) {
          prefaces++
          socket.removeAllListeners('data').resume()
          socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
          return
        }
        bytes += text
        if (text.endsWith('\r\n\r\n')) socket.write(ok, 'latin1')
      })
    })
    const { port } = await proxy(passing(there))
    const session = await http2Client(port)
    const answer = await ask(session, { ':path': '/a?b', ':authority': host, 'x-one': '1', cookie: 'a=1' })
    expect(answer).toMatchObject({ status: 200, body: 'hi', headers: { 'x-case': 'Kept' } })
    expect(answer.headers['connection']).toBeUndefined()
    expect(bytes.replace(/svcm-hop: [0-9a-f]+\r\n/, '')).toBe(
      `GET /a?b HTTP/1.1\r\nhost: ${host}\r\nx-one: 1\r\ncookie: a=1\r\n\r\n`,
    )
    await ask(session, { ':path': '/a?b', ':authority': host })
    expect(prefaces).toBe(1)
  })

  it('has its body chunked and its trailers passed, both ways', async () => {
    const { port: there } = await upstream((request, response) => {
      response.writeHead(200, { 'x-coding': request.headers['transfer-encoding'] })
      request.on('data', (chunk: Buffer) => response.write(chunk))
      request.on('end', () => {
        response.addTrailers({ 'x-late': `${request.trailers['x-sent']} too` })
        response.end()
      })
    })
    const { port } = await proxy(passing(there))
    const session = await http2Client(port)
    const stream = session.request(
      { ':method': 'POST', ':path': '/', ':authority': host },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sent': 'all' }))
    stream.write('wiki')
    stream.end('pedia')
    const answer = await answerOf(stream)
    expect(answer).toMatchObject({ status: 200, body: 'wikipedia', trailers: { 'x-late': 'all too' } })
    expect(answer.headers).toMatchObject({ 'x-coding': 'chunked' })
  })

  it('keeps the length of its body', async () => {
    const { port: there } = await upstream((request, response) => {
      request.pipe(response.writeHead(200, { 'x-length': request.headers['content-length'] }))
    })
    const { port } = await proxy(passing(there))
    const session = await http2Client(port)
    const head = { ':method': 'POST', ':path': '/', ':authority': host, 'content-length': '4' }
    expect(await ask(session, head, 'body')).toMatchObject({ body: 'body', headers: { 'x-length': '4' } })
  })

  it('is told of a coding of the transfer, which HTTP/2 does not have, as one of the content', async () => {
    const packed = gzipSync('plain')
    const there = await tcpUpstream((socket) => {
      socket.once('data', (bytes: Buffer) => {
        if (bytes.toString().startsWith('PRI')) {
          socket.destroy()
          return
        }
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n')
        socket.write(Buffer.concat([Buffer.from(`${packed.length.toString(16)}\r\n`), packed]))
        socket.write('\r\n0\r\n\r\n')
      })
    })
    const { port } = await proxy(passing(there))
    const stream = (await http2Client(port)).request({ ':path': '/', ':authority': host })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    expect((await answerOf(stream)).headers['content-encoding']).toBe('gzip')
    expect(String(gunzipSync(Buffer.concat(chunks)))).toBe('plain')
  })

  it('is reset when the service breaks off', async () => {
    const there = await tcpUpstream((socket) => {
      socket.once('data', (bytes: Buffer) => {
        if (bytes.toString().startsWith('PRI')) socket.destroy()
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
      })
    })
    const { port, call } = await proxy(passing(there))
    const answer = await ask(await http2Client(port), { ':path': '/', ':authority': host })
    expect(answer).toMatchObject({ status: 200, body: 'half', rstCode: constants.NGHTTP2_INTERNAL_ERROR })
    expect(await call(1)).toMatchObject({ status: 0 })
  })

  it('whose reply has a status that HTTP/2 cannot say is told so', async () => {
    const { port: there } = await upstream((_request, response) => response.writeHead(999).end('odd'))
    const { port } = await proxy(passing(there))
    const session = await http2Client(port)
    const answer = await ask(session, { ':path': '/', ':authority': host })
    expect(answer).toMatchObject({ status: 502 })
    expect(answer.body).toContain('status 999 cannot be sent in HTTP/2')
    expect(await ask(session, { ':path': '/', ':authority': host })).toMatchObject({ status: 502 })
  })

  it('that is gRPC is told why it cannot be', async () => {
    const { port: there } = await upstream((_request, response) => response.end('no gRPC'))
    const { port } = await proxy(passing(there))
    const session = await http2Client(port)
    const head = {
      ':method': 'POST',
      ':path': '/x.Y/Z',
      ':authority': host,
      te: 'trailers',
      'content-type': 'application/grpc',
    }
    const answer = await ask(session, head, 'x')
    expect(answer).toMatchObject({ status: 502 })
    expect(answer.body).toContain('speaks no HTTP/2, which gRPC needs')
  })
})

describe('a call in HTTP/2 that leaves through another proxy', () => {
  const through = (by: number): Record<string, string> => ({
    'svc-mock.yaml': `upstreamProxy: http://127.0.0.1:${by}\nservices:\n  real: { hosts: [${host}], mode: passthrough }\n`,
  })

  it('passes it in a tunnel', async () => {
    const real = await http2Upstream((stream) => {
      stream.respond({ ':status': 200 })
      stream.end('in HTTP/2')
    })
    const other = await proxy(passing(real.port))
    const { port } = await proxy(through(other.port))
    const session = await http2Client(port)
    expect(await ask(session, { ':path': '/', ':authority': host })).toMatchObject({ body: 'in HTTP/2' })
    expect(await other.call(1)).toMatchObject({ operation: 'GET /', status: 200 })
  })

  it('leaves in HTTP/1.1 where the proxy gives no tunnel', async () => {
    const { port: by } = await upstream((request, response) => response.end(`asked for ${request.url}`))
    const { port } = await proxy(through(by))
    const session = await http2Client(port)
    expect(await ask(session, { ':path': '/a', ':authority': host })).toMatchObject({
      body: `asked for http://${host}/a`,
    })
  })
})

describe('a call in HTTP/1.1', () => {
  it('stays HTTP/1.1 to a service without TLS', async () => {
    const real = await recordingUpstream('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
    const { port } = await proxy(passing(real.port))
    const client = await raw(port)
    client.send(`GET http://${host}/ HTTP/1.1\r\nHOST: ${host}\r\n\r\n`)
    expect(await client.until('hi')).toContain('200 OK')
    expect(real.bytes()).toMatch(/^GET \/ HTTP\/1\.1\r\nHOST: /)
  })
})
