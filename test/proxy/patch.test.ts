/** The real answer, changed: a real service in another process, and mocks that patch what it says. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync, gzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { realService } from '../support/real-service.ts'
import { deadPort, tcpUpstream } from '../support/upstream.ts'

const host = 'stock.test.example.com'

const patching = async (upstream: string, more = '', port?: number): Promise<TestProxy> =>
  proxy({
    'svc-mock.yaml': `services:\n  stock:\n    hosts: [${host}]\n    upstream: http://127.0.0.1:${port ?? (await realService())}\n${more}`,
    'mocks/stock/1.0.0/a.yaml': `mocks:\n  - name: changed\n    upstream: ${upstream}\n`,
  })

interface Answer {
  readonly status: number
  readonly text: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly raw: readonly string[]
  readonly body: Buffer
}

const ask = (
  { port }: TestProxy,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', path, method, headers: { host, ...headers } })
    call.on('error', reject)
    call.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          text: response.statusMessage,
          headers: response.headers,
          raw: response.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      )
    })
    call.end()
  })

const problem = ({ body }: Answer): Record<string, unknown> =>
  JSON.parse(body.toString()) as Record<string, unknown>

const patched =
  '{ "sku":"A-1",  "id": 9007199254740993,\n\t"available" : 0, "name":"caf\\u00e9 é", "price":1.50 }'
const untouched = patched.replace('"available" : 0', '"available" : 7')

describe('a merge patch', () => {
  it('reads what was compressed for the way only', async () => {
    const port = await tcpUpstream((socket) => {
      socket.once('data', () => {
        const packed = gzipSync('{"available":7}')
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n')
        socket.write(`Content-Type: application/json\r\n\r\n${packed.length.toString(16)}\r\n`)
        socket.write(packed)
        socket.write('\r\n0\r\n\r\n')
      })
    })
    const test = await patching('{ patch: { body: { available: 0 } } }', '', port)
    const { body, headers } = await ask(test, '/stock')
    expect(body.toString()).toBe('{"available":0}')
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(headers['content-length']).toBe('15')
  })

  it('changes its fields only, byte for byte, and the headers that told of the body', async () => {
    const here = await patching('{ patch: { body: { available: 0 } } }')
    const answer = await ask(here, '/stock')
    expect(answer.body.toString()).toBe(patched)
    const sha256 = createHash('sha256').update(answer.body).digest('base64')
    expect(answer).toMatchObject({ status: 200, text: 'Quite Fine' })
    expect(answer.headers).toMatchObject({
      'content-length': String(answer.body.length),
      'content-digest': `sha-256=:${sha256}:`,
      digest: `SHA-256=${sha256}`,
      'set-cookie': ['a=1', 'b=2'],
      'x-powered-by': 'real',
    })
    expect(answer.headers).not.toHaveProperty('etag')
    expect(answer.headers).not.toHaveProperty('repr-digest')
    expect(answer.raw.slice(0, 4)).toEqual(['Content-Type', 'application/json', 'Content-Length', '95'])
    expect(await here.call(1)).toMatchObject({
      outcome: 'passthrough',
      mock: 'mocks/stock/1.0.0/a.yaml:2',
      status: 200,
    })
  })

  it('takes chunked replies whole, and leaves their trailers out', async () => {
    const answer = await ask(await patching('{ patch: { body: { available: 0 } } }'), '/chunked')
    expect(answer.body.toString()).toBe(patched)
    expect(answer.headers).toMatchObject({ 'content-length': String(answer.body.length) })
    expect(answer.headers).not.toHaveProperty('trailer')
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
  })

  it.each([
    ['gzip', 'gzip', 'gzip'],
    ['gzip', undefined, undefined],
    ['gzip', 'br;q=0.5, gzip;q=0.4, *;q=0.1', 'br'],
    ['gzip', 'br, gzip', 'gzip'],
    ['gzip', 'gzip;q=0', undefined],
    ['gzip', 'identity', undefined],
    ['br', 'gzip, deflate, br, zstd', 'br'],
    ['zstd', 'zstd', 'zstd'],
    ['deflate', 'deflate', 'deflate'],
    ['raw-deflate', 'deflate', 'deflate'],
    ['zstd', 'gzip', 'gzip'],
    ['identity', 'gzip, br', undefined],
    ['identity', 'gzip, identity;q=0', 'gzip'],
  ])('of a reply in %s, for a client that accepts %s, is sent in %s', async (coding, accepts, sent) => {
    const here = await patching('{ patch: { body: { available: 0 } } }')
    const answer = await ask(
      here,
      `/coded/${coding}`,
      accepts === undefined ? {} : { 'accept-encoding': accepts },
    )
    expect(answer.headers['content-encoding']).toBe(sent)
    const undo = {
      gzip: gunzipSync,
      br: brotliDecompressSync,
      zstd: zstdDecompressSync,
      deflate: inflateSync,
    }
    const plain = sent === undefined ? answer.body : undo[sent as 'gzip'](answer.body)
    expect(plain.toString()).toBe(patched)
    expect(answer.headers['content-length']).toBe(String(answer.body.length))
  })

  it('of a long reply is encoded too', async () => {
    const answer = await ask(await patching('{ patch: { body: { a: 2 } } }'), '/large', {
      'accept-encoding': 'gzip;q=1, identity;q=0',
    })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(answer.body).toString()).toBe(`{"a":2,"data":"${'x'.repeat(200_000)}"}`)
  })

  it('asks for the whole entity, in a form it can read', async () => {
    const here = await patching('{ patch: { body: { a: 2 } } }')
    const conditional = await ask(here, '/conditional', { 'if-none-match': '"c"', range: 'bytes=0-1' })
    expect([conditional.status, conditional.body.toString()]).toEqual([200, '{"a":2}'])
    const echo = JSON.parse(
      (await ask(here, '/echo', { 'accept-encoding': 'dcz, br', 'x-mine': '1' })).body.toString(),
    ) as object
    expect(echo).toMatchObject({ 'accept-encoding': 'br', 'x-mine': '1', a: 2 })
  })

  it('answers HEAD without a body, and without what only a body could tell', async () => {
    const answer = await ask(await patching('{ patch: { body: { available: 0 } } }'), '/stock', {}, 'HEAD')
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    for (const name of ['content-length', 'etag', 'digest', 'content-digest'])
      expect(answer.headers).not.toHaveProperty(name)
  })

  it('leaves 204 alone', async () => {
    const answer = await ask(
      await patching('{ patch: { body: { a: 1 }, headers: { set: { x-a: 1 } } } }'),
      '/empty',
    )
    expect(answer).toMatchObject({ status: 204, headers: { etag: '"e"', 'x-a': '1' } })
  })

  it('under $merge may have keys that begin with $', async () => {
    const answer = await ask(
      await patching('{ patch: { body: { $merge: { $id: 1, sku: null } } } }'),
      '/conditional',
    )
    expect(answer.body.toString()).toBe('{"a":1,"$id":1}')
  })
})

describe('status and headers', () => {
  it('are changed while the body streams through', async () => {
    const here = await patching(
      '{ patch: { status: 418, headers: { set: { X-POWERED-BY: us, x-new: [a, b] }, remove: [etag], append: { set-cookie: c=3 } } } }',
    )
    const answer = await ask(here, '/stock')
    expect(answer.body.toString()).toBe(untouched)
    expect(answer.raw).toEqual(expect.arrayContaining(['X-POWERED-BY', 'us']))
    expect(answer).toMatchObject({
      status: 418,
      text: "I'm a Teapot",
      headers: {
        'x-powered-by': 'us',
        'x-new': 'a, b',
        'set-cookie': ['a=1', 'b=2', 'c=3'],
        'content-length': '95',
      },
    })
    expect(answer.headers).not.toHaveProperty('etag')
    const gzip = await ask(here, '/coded/gzip')
    expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', untouched])
  })

  it('may take the body away, or give an empty one', async () => {
    const gone = await ask(await patching('{ patch: { status: 204 } }'), '/stock')
    expect([gone.status, gone.body.length, gone.headers['content-length']]).toEqual([204, 0, undefined])
    const given = await ask(await patching('{ patch: { status: 200 } }'), '/empty')
    expect([given.status, given.headers['content-length']]).toEqual([200, '0'])
  })
})

describe('JSON Patch and $replace', () => {
  it('apply', async () => {
    const list =
      '{ patch: { body: [{ op: test, path: /sku, value: A-1 }, { op: replace, path: /available, value: 0 }] } }'
    expect((await ask(await patching(list), '/coded/gzip')).body.toString()).toBe(patched)
    const text = "{ patch: { body: { $replace: [{ regex: '(\\d+) EUR', with: '$1 £' }] } } }"
    const answer = await ask(await patching(text), '/text')
    expect(answer.body).toEqual(Buffer.from('café: 5 £', 'latin1'))
  })

  it('whose place is missing answers 502 with the place and what was there', async () => {
    const here = await patching('{ patch: { body: [{ op: remove, path: /stock/0 }] } }')
    const answer = await ask(here, '/stock')
    expect(answer.status).toBe(502)
    expect(answer.headers['x-svc-mock-error']).toBe('PATCH_FAILED')
    expect(problem(answer)).toMatchObject({
      code: 'PATCH_FAILED',
      title:
        'the patch does not fit the real reply: operation 1, remove /stock/0: the document has no member "stock"',
      mock: 'mocks/stock/1.0.0/a.yaml:2',
      path: '/stock',
      found: expect.stringContaining('{"sku":"A-1","id":9007199254740993'),
    })
    expect(await here.call(1)).toMatchObject({ outcome: 'error', error: 'PATCH_FAILED', status: 502 })
  })
})

describe('a patch that does not fit', () => {
  it.each([
    [
      '{ patch: { body: { a: 1 } } }',
      '/html',
      'not valid JSON',
      '14 characters of text/html: "<h1>Sorry</h1>"',
    ],
    ['{ patch: { status: 200, body: { a: 1 } } }', '/empty', 'status 204 and no body', undefined],
    [
      '{ patch: { body: { $replace: { find: xyz, with: a } } } }',
      '/html',
      'find "xyz": it is not in the body',
      '14 characters of text/html: "<h1>Sorry</h1>"',
    ],
    [
      '{ patch: { body: { $replace: { find: EUR, with: 元 } } } }',
      '/text',
      'a character that ISO-8859-1 has not',
      undefined,
    ],
  ])('%s on %s', async (spec, path, message, found) => {
    const answer = await ask(await patching(spec), path)
    expect(answer.status).toBe(502)
    expect(problem(answer)).toMatchObject({ code: 'PATCH_FAILED', title: expect.stringContaining(message) })
    if (found !== undefined) expect(problem(answer)['found']).toBe(found)
  })

  it('because the body is beyond limits.body', async () => {
    const here = await patching('{ patch: { body: { a: 2 } } }', 'limits: { body: 1000 }\n')
    const answer = await ask(here, '/large')
    expect([answer.status, problem(answer)['title']]).toEqual([
      502,
      expect.stringContaining('limits.body (1000 bytes)'),
    ])
    expect((await ask(here, '/conditional')).body.toString()).toBe('{"a":2}')
  })
})

describe('when the real service fails', () => {
  it('the call fails, or the mock says what to answer', async () => {
    const port = await deadPort()
    const failing = await ask(
      await patching('{ patch: { body: {} }, onUpstreamError: fail }', '', port),
      '/stock',
    )
    expect([failing.status, failing.headers['x-svc-mock-error']]).toEqual([502, 'UPSTREAM_UNREACHABLE'])
    const here = await patching('{ onUpstreamError: { status: 203, body: { available: 0 } } }', '', port)
    const answer = await ask(here, '/stock')
    expect([answer.status, answer.body.toString()]).toEqual([203, '{"available":0}'])
    expect(await here.call(1)).toMatchObject({ outcome: 'mock', mock: 'mocks/stock/1.0.0/a.yaml:2' })
  })

  it('so it is when the reply breaks off while it is read', async () => {
    const here = await patching('{ patch: { body: { a: 2 } }, onUpstreamError: { status: 299 } }')
    expect((await ask(here, '/broken')).status).toBe(299)
  })

  it('an answer of its own is none, whatever its status', async () => {
    const here = await patching('{ patch: { body: { code: 1 } }, onUpstreamError: { status: 299 } }')
    const answer = await ask(here, '/nothing')
    expect([answer.status, answer.body.toString()]).toEqual([404, '{"code":1}'])
  })

  it('upstream: {} only asks', async () => {
    const here = await patching('{}')
    const answer = await ask(here, '/stock')
    expect([answer.body.toString(), answer.headers['etag']]).toEqual([untouched, '"real"'])
    expect(await here.call(1)).toMatchObject({ outcome: 'passthrough', mock: 'mocks/stock/1.0.0/a.yaml:2' })
  })
})
