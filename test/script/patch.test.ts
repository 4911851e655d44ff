/** `upstream: { patch: { script } }` against a real service: what the script sees, and what becomes of it. */
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../src/app/library.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { rawGet } from '../support/raw-get.ts'
import { upstream } from '../support/upstream.ts'
import { workspace } from '../support/workspace.ts'
import { type Scripted, scripted } from './scripted.ts'

const json = '{"sku":"a","available":5,"id":12345678901234567890}'

/** A service that answers by path, with the body packed as asked. */
const service = async (): Promise<number> => {
  const { port } = await upstream((request, response) => {
    const path = request.url!
    const gzip = /gzip/.test(request.headers['accept-encoding'] ?? '')
    const head: Record<string, string | string[]> = {
      'content-type': path === '/text' ? 'text/plain; charset=iso-8859-1' : 'application/json',
      etag: '"real"',
      'x-real': 'yes',
      'set-cookie': ['a=1', 'b=2'],
    }
    if (path === '/none') response.writeHead(204).end()
    else if (path === '/text') response.writeHead(200, head).end(Buffer.from('schön', 'latin1'))
    else if (path === '/bytes')
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0xff, 0xfe]))
    else if (path === '/broken')
      response.writeHead(200, { ...head, 'content-encoding': 'gzip' }).end('no gzip')
    else if (path === '/br')
      response.writeHead(200, { ...head, 'content-encoding': 'br' }).end(brotliCompressSync(json))
    else if (path === '/zstd')
      response.writeHead(200, { ...head, 'content-encoding': 'zstd' }).end(zstdCompressSync(json))
    else if (path === '/deflate')
      response.writeHead(200, { ...head, 'content-encoding': 'deflate' }).end(deflateSync(json))
    else if (path === '/raw-deflate')
      response.writeHead(200, { ...head, 'content-encoding': 'deflate' }).end(deflateRawSync(json))
    else if (gzip) {
      response.writeHead(200, { ...head, 'content-encoding': 'gzip' })
      response.write(gzipSync(json))
      response.end()
    } else response.writeHead(200, head).end(json)
  })
  return port
}

const patched = async (script: string, path = '/stock'): Promise<Scripted> => {
  const port = await service()
  return scripted(
    {},
    {
      'mocks/orders/1.0.0/p.yaml': `mocks:\n  - request: { path: ${path} }\n    upstream:\n      patch:\n        script: |\n${script.replace(/^/gm, '          ')}\n`,
    },
    { upstream: `http://127.0.0.1:${port}` },
  )
}

const soldOut =
  'export default (request, response) => ({ ...response, body: { ...response.body, available: 0 } })'

describe('a patch script', () => {
  it('gets the call and the real response, and returns the changed one', async () => {
    const { test } = await patched(
      `export default ({ method, query }, response, { uuid }) => ({
  status: 203,
  headers: { ...response.headers, 'x-saw': [method, query.a, typeof uuid()] },
  body: { ...response.body, available: 0, real: response.status, head: Object.keys(response.headers).join() },
})`,
    )
    const reply = await rawGet(test.ownPort('orders'), '/stock?a=1', {})
    expect(reply.status).toBe(203)
    expect(reply.body.toString()).toBe(
      '{"sku":"a","available":0,"id":12345678901234567890,"real":200,"head":"content-type,etag,x-real,set-cookie,date"}',
    )
    expect(reply.headers['x-saw']).toBe('GET, 1, string')
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(reply.headers['content-length']).toBe(String(reply.body.length))
    expect(reply.headers.etag).toBeUndefined()
  })

  it.each([
    ['/stock', 'gzip', 'gzip', gunzipSync],
    ['/br', 'br, gzip', 'br', brotliDecompressSync],
    ['/br', 'gzip', 'gzip', gunzipSync],
    ['/zstd', 'zstd', 'zstd', zstdDecompressSync],
    ['/zstd', 'deflate, zstd;q=0.5', 'deflate', inflateSync],
    ['/deflate', 'deflate', 'deflate', inflateSync],
    ['/raw-deflate', 'deflate', 'deflate', inflateSync],
    ['/raw-deflate', 'identity', undefined, (bytes: Buffer) => bytes],
    ['/br', undefined, undefined, (bytes: Buffer) => bytes],
  ])('sees %s plain and answers %s as the client accepts', async (path, accept, coding, unpack) => {
    const { test } = await patched(soldOut, path)
    const headers = accept === undefined ? {} : { 'accept-encoding': accept }
    const reply = await rawGet(test.ownPort('orders'), path, headers)
    expect(reply.headers['content-encoding']).toBe(coding)
    expect(JSON.parse(unpack(reply.body).toString())).toMatchObject({ available: 0 })
    expect(reply.headers['content-length'] ?? String(reply.body.length)).toBe(String(reply.body.length))
  })

  it('leaves what it does not name', async () => {
    const { test } = await patched('export default () => ({ status: 418 })')
    const reply = await rawGet(test.ownPort('orders'), '/stock', { 'accept-encoding': 'gzip' })
    expect([reply.status, reply.headers.etag, reply.headers['content-encoding']]).toEqual([
      418,
      '"real"',
      'gzip',
    ])
    expect(gunzipSync(reply.body).toString()).toBe(json)
  })

  it('keeps the charset of text, and an etag of its own', async () => {
    const { test } = await patched(
      "export default (request, { headers, body }) => ({ headers: { ...headers, etag: '\"mine\"' }, body: body + 'er' })",
      '/text',
    )
    const reply = await rawGet(test.ownPort('orders'), '/text', {})
    expect(reply.body.toString('latin1')).toBe('schöner')
    expect(reply.headers.etag).toBe('"mine"')
  })

  it('sees bytes as base64, and can answer with some', async () => {
    const { test } = await patched(
      "export default (request, { bodyBase64 }) => ({ headers: { 'x-was': bodyBase64 }, bodyBase64: 'AAE=' })",
      '/bytes',
    )
    const reply = await rawGet(test.ownPort('orders'), '/bytes', {})
    expect([reply.headers['x-was'], [...reply.body]]).toEqual(['//4=', [0, 1]])
  })

  it('answers HEAD without a body, and takes the body with the status', async () => {
    const { test } = await patched(soldOut)
    const head = await rawGet(test.ownPort('orders'), '/stock', {}, 'HEAD')
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, undefined])
    const gone = await patched('export default () => ({ status: 204 })')
    const reply = await rawGet(gone.test.ownPort('orders'), '/stock', {})
    expect([reply.status, reply.body.length, reply.headers['content-length']]).toEqual([204, 0, undefined])
  })

  it('may give a body to a reply that had none', async () => {
    const { ask } = await patched('export default () => ({ status: 200, body: { was: 204 } })', '/none')
    expect((await ask('/none')).body).toEqual({ was: 204 })
  })

  it.each([
    ['export default () => { throw new Error("no") }', '/stock', 'SCRIPT_ERROR', 'Error: no'],
    ['export default () => { for (;;); }', '/stock', 'SCRIPT_TIMEOUT', 'ran longer than 50 ms'],
    ['export default () => 1', '/stock', 'SCRIPT_BAD_RESULT', 'it must be a map'],
    [
      "export default () => ({ headers: { 'content-encoding': 'br' } })",
      '/stock',
      'SCRIPT_BAD_RESULT',
      'content-encoding is chosen',
    ],
    [
      'export default () => ({ body: 1 })',
      '/none',
      'SCRIPT_BAD_RESULT',
      'a reply with status 204 has no body',
    ],
    [
      'export default async (q, r, { forward }) => forward()',
      '/stock',
      'SCRIPT_ERROR',
      'not for matchers and patches',
    ],
    [soldOut, '/broken', 'PATCH_FAILED', ''],
  ])('%s: %s is %s', async (script, path, code, title) => {
    const { ask } = await patched(script, path)
    const { status, body } = await ask(path)
    expect([status, body.code]).toEqual([502, code])
    expect(body.title).toContain(title)
  })

  it('stands alone in its patch', async () => {
    const { folder } = workspace({
      'svc-mock.yaml': 'services:\n  orders: {}\n',
      'mocks/orders/p.yaml':
        "mocks:\n  - upstream: { patch: { script: 'export default () => ({})', status: 200 } }\n",
    })
    const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
    const { problems } = (await openLibrary(config!)).check([])
    expect(problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`)).toEqual([
      '2:63 script and status exclude each other',
    ])
  })
})
