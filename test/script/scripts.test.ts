/** Scripts through real sockets: what they are given, what they can use, what becomes of their mistakes. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { rawGet } from '../support/raw-get.ts'
import { tcpUpstream, upstream } from '../support/upstream.ts'
import { scripted } from './scripted.ts'

describe('a script', () => {
  it('sees the call', async () => {
    const { ask } = await scripted({
      '/echo/{id}':
        'export default (request) => ({ status: 201, headers: { "x-a": ["1", "2"] }, body: request })',
    })
    const { status, body, headers } = await ask('/echo/7?a=1&b=2&b=3', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'c=d',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      body: '{"n":1,"__proto__":{"x":1}}',
    })
    expect(status).toBe(201)
    expect(headers.get('x-a')).toBe('1, 2')
    expect(body).toMatchObject({
      method: 'POST',
      path: '/echo/7',
      params: { id: '7' },
      query: { a: '1', b: ['2', '3'] },
      cookies: { c: 'd' },
      service: 'orders',
      version: '1.0.0',
      tenant: 'default',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    })
    expect(JSON.stringify(body['body'])).toBe('{"n":1,"__proto__":{"x":1}}')
  })

  it('has tools', async () => {
    const { ask, test } = await scripted({
      '/tools': `export default async (request, tools) => {
  const { now, uuid, random, hash, base64, jsonpath, faker, log } = tools
  log('said', { a: 1 })
  await tools.sleep(1)
  await tools.state.set('k', { a: 1 })
  return { body: {
    now: now(), uuid: uuid(), random: random(), hash: hash('sha256', 'a'), base64: base64.decode(base64.encode('é中')),
    path: jsonpath({ a: [1, 2] }, '$.a[*]'), name: faker.person.fullName(), chinese: faker.zh_CN.person.fullName(),
    n: await tools.state.incr('n', 2), k: await tools.state.get('k'), gone: await tools.state.delete('k'),
  } }
}`,
    })
    const { body } = await ask('/tools')
    expect(body).toMatchObject({
      hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      base64: 'é中',
      path: [1, 2],
      n: 2,
      k: { a: 1 },
      gone: true,
    })
    expect(body['uuid']).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(Date.parse(String(body['now']))).toBeGreaterThan(0)
    expect(body['chinese']).toMatch(/\p{Script=Han}/u)
    expect((await test.call(1)).note).toContain('said {"a":1}')
    expect((await ask('/tools')).body['n']).toBe(4)
  })

  it('keeps the digits of large integers', async () => {
    const { ask, test } = await scripted({
      '/big': 'export default ({ body }) => ({ body: { text: String(body.n), n: body.n + 1n } })',
    })
    const reply = await fetch(`http://127.0.0.1:${test.ownPort('orders')}/big`, {
      method: 'POST',
      body: '{"n":12345678901234567890}',
    })
    expect(await reply.text()).toBe('{"text":"12345678901234567890","n":12345678901234567891}')
    expect((await ask('/static')).status).toBe(200)
  })

  it('asks the real service', async () => {
    const real = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-real': '1' })
      response.end('{"stock":5}')
    })
    const { ask } = await scripted(
      {
        '/stock': `export default async (request, { forward }) => {
  const real = await forward()
  return { ...real, body: { ...real.body, stock: 0 } }
}`,
      },
      {},
      { upstream: `http://127.0.0.1:${real.port}` },
    )
    const { body, headers } = await ask('/stock')
    expect(body).toEqual({ stock: 0 })
    expect(headers.get('x-real')).toBe('1')
  })

  it.each([
    ['gzip', 'Content-Encoding: gzip', gzipSync],
    ['zstd', 'Content-Encoding: zstd', zstdCompressSync],
    [
      'two of the content',
      'Content-Encoding: br\r\nContent-Encoding: gzip',
      (text: string) => gzipSync(brotliCompressSync(text)),
    ],
    ['one of the transfer', 'Transfer-Encoding: gzip, chunked', gzipSync],
    [
      'both',
      'Content-Encoding: deflate\r\nTransfer-Encoding: gzip, chunked',
      (text: string) => gzipSync(deflateSync(text)),
    ],
  ])('reads what the real service packed: %s', async (_name, head, pack) => {
    const port = await tcpUpstream((socket) => {
      socket.once('data', () => {
        const packed = pack('{"stock":5}')
        const chunked = head.includes('chunked')
        const length = chunked ? '' : `Content-Length: ${packed.length}\r\n`
        socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n${length}Content-Type: application/json\r\n\r\n`)
        if (chunked) socket.write(`${packed.length.toString(16)}\r\n`)
        socket.write(packed)
        if (chunked) socket.write('\r\n0\r\n\r\n')
      })
    })
    const { ask } = await scripted(
      { '/stock': 'export default (request, { forward }) => forward()' },
      {},
      { upstream: `http://127.0.0.1:${port}` },
    )
    const { body, headers } = await ask('/stock')
    expect(body).toEqual({ stock: 5 })
    expect([headers.get('content-encoding'), headers.get('content-length')]).toEqual([null, '11'])
  })

  it('answers with bytes and files', async () => {
    const { ask, test } = await scripted(
      {
        '/bytes': "export default () => ({ headers: { 'content-type': 'image/x' }, bodyBase64: 'AP+A' })",
        '/file/{name}':
          'export default ({ params }) => ({ status: 201, bodyFile: `./files/${params.name}` })',
      },
      { 'mocks/orders/1.0.0/files/a.json': '{"a":1}', 'mocks/orders/1.0.0/files/b.html': '<b>${{ 1 }}</b>' },
    )
    const port = test.ownPort('orders')
    const bytes = await rawGet(port, '/bytes', {})
    expect([[...bytes.body], bytes.headers['content-type'], bytes.headers['content-length']]).toEqual([
      [0, 255, 128],
      'image/x',
      '3',
    ])
    const json = await ask('/file/a.json')
    expect([json.status, json.body, json.headers.get('content-type')]).toEqual([
      201,
      { a: 1 },
      'application/json',
    ])
    const html = await rawGet(port, '/file/b.html', {})
    expect([html.body.toString(), html.headers['content-type']]).toEqual([
      '<b>${{ 1 }}</b>',
      'text/html; charset=utf-8',
    ])
    // A file is read for each call.
    test.workspace.write('mocks/orders/1.0.0/files/a.json', '{"a":2}')
    expect((await ask('/file/a.json')).body).toEqual({ a: 2 })
    expect((await ask('/file/c.json')).body).toMatchObject({
      code: 'SCRIPT_BAD_RESULT',
      title: expect.stringContaining('./files/c.json does not exist'),
    })
  })

  it('answers HEAD as GET, without the body', async () => {
    const { test } = await scripted(
      { '/s': "export default ({ method }) => ({ headers: { 'x-method': method }, body: { a: 'é' } })" },
      {
        'mocks/orders/1.0.0/h.yaml': `mocks:
  - request: { method: GET, path: '/t/{id}' }
    response: { headers: { x-id: '\${{ request.params.id }}' }, body: { id: '\${{ request.params.id + "é" }}' } }
  - request: { method: GET, path: '/p/{id}' }
    response: { body: '\${{ request.params.id }}' }
`,
      },
    )
    const heads = []
    for (const path of ['/s', '/t/7', '/p/7']) {
      const get = await rawGet(test.ownPort('orders'), path, {})
      const head = await rawGet(test.ownPort('orders'), path, {}, 'HEAD')
      expect(head.body.length).toBe(0)
      expect(head.headers['content-length']).toBe(String(get.body.length))
      expect(head.headers['content-type']).toBe(get.headers['content-type'])
      heads.push([head.status, head.headers['x-method'] ?? head.headers['x-id']])
    }
    expect(heads).toEqual([
      [200, 'HEAD'],
      [200, '7'],
      [200, undefined],
    ])
  })

  it('may be a TypeScript file that imports others, and is reloaded when one of them changes', async () => {
    const { ask, test } = await scripted(
      {},
      {
        'mocks/orders/1.0.0/y.yaml': 'mocks:\n  - request: { path: /file }\n    script: ./quote.ts\n',
        'mocks/orders/1.0.0/quote.ts':
          "import { price } from './lib/price.js'\nexport default (request: { path: string }) => ({ body: { price } })\n",
        'mocks/orders/1.0.0/lib/price.js': 'export const price = 1\n',
      },
      { watch: true },
    )
    expect((await ask('/file')).body).toEqual({ price: 1 })
    test.workspace.write('mocks/orders/1.0.0/lib/price.js', 'export const price = 2\n')
    await test.nextReload()
    expect((await ask('/file')).body).toEqual({ price: 2 })
    test.workspace.write('mocks/orders/1.0.0/lib/price.js', 'export const price = = 3\n')
    const { problems } = await test.nextReload()
    expect(problems.map(({ at, code }) => `${code} ${at.file}:${at.line}:${at.column}`)).toEqual([
      'SCRIPT_ERROR mocks/orders/1.0.0/lib/price.js:1:22',
    ])
    expect((await ask('/file')).body).toEqual({ price: 2 })
  })

  it('answers a thousand calls at once, each its own', async () => {
    const { ask } = await scripted(
      {
        '/mine/{id}': `export default async (request, { sleep }) => {
  if (Number(request.params.id) % 3 === 0) await sleep(Number(request.params.id) % 7)
  return { body: { id: request.params.id, echo: request.body.id, header: request.headers['x-id'] } }
}`,
      },
      {
        // Whose data is whose, also where a busy machine holds a script up.
        'svc-mock.yaml':
          "limits: { script: { timeout: 1s } }\nservices: { orders: { listen: '127.0.0.1:0', script: { timeout: 1s } } }\n",
      },
    )
    const all = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const { body } = await ask(`/mine/${i}`, {
          method: 'POST',
          body: JSON.stringify({ id: i }),
          headers: { 'x-id': String(i) },
        })
        return body
      }),
    )
    expect(all).toEqual(all.map((_, i) => ({ id: String(i), echo: i, header: String(i) })))
  })
})

describe('a mistake', () => {
  it('is told with its place', async () => {
    const { ask } = await scripted(
      {
        '/throw': "import { f } from './lib.js'\nexport default () => f()",
        '/loop': 'export default () => {\n  for (;;);\n}',
        '/later': 'export default async (request, { sleep }) => {\n  await sleep(1)\n  for (;;);\n}',
        '/text': "export default () => 'text'",
        '/nothing': 'export default () => {}',
        '/status': 'export default () => ({ status: 99 })',
        '/file': "export default () => ({ bodyFile: './x.json' })",
        '/header': "export default () => ({ headers: { 'a b': '1' } })",
      },
      {
        'mocks/orders/1.0.0/lib.js': 'export const f = () => {\n  const x = undefined\n  return x.y\n}\n',
        // Long enough for a busy machine to tell a script that does not pause from one that it does not let run.
        'svc-mock.yaml': "services: { orders: { listen: '127.0.0.1:0', script: { timeout: 500ms } } }\n",
      },
    )
    const told = []
    for (const path of ['/throw', '/loop', '/later', '/text', '/nothing', '/status', '/file', '/header']) {
      const { status, body } = await ask(path)
      told.push(
        `${path} ${status} ${body.code} ${body.title}`,
        ...((body['frame'] as string[] | undefined) ?? []),
        '',
      )
    }
    await expect(told.join('\n')).toMatchFileSnapshot('./mistakes.golden.txt')
  })

  it('does not make a static call wait', async () => {
    const { ask } = await scripted({ '/loop': 'export default () => { for (;;); }' })
    await ask('/loop')
    const looping = Promise.all([ask('/loop'), ask('/loop'), ask('/loop')])
    const began = performance.now()
    for (let i = 0; i < 5; i++) expect((await ask('/static')).status).toBe(200)
    expect(performance.now() - began).toBeLessThan(140)
    await looping
  })
})
