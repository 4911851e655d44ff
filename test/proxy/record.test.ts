/** Recording stands beside the calls: bytes and their timing are those of passthrough. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { recordingUpstream, upstream } from '../support/upstream.ts'

const key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const record = { env: { SVC_MOCK_MASK_KEY: key } }

const service = (port: number, mode: string): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  orders: { upstream: 'http://127.0.0.1:${port}', mode: ${mode}, version: 1.0.0 }\n`,
})

interface Raw {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
}

const ask = (
  { host, port }: TestProxy,
  path: string,
  options: { readonly headers?: Record<string, string>; readonly body?: string } = {},
  piece: (text: string) => void = () => undefined,
): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const { headers, body } = options
    const out = request(
      {
        host,
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: 'orders', ...headers },
      },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          piece(Buffer.concat(chunks).toString())
        })
        reply.on('end', () =>
          resolve({ status: reply.statusCode!, headers: reply.rawHeaders, body: Buffer.concat(chunks) }),
        )
        reply.on('error', reject)
      },
    )
    out.on('error', reject)
    out.end(body)
  })

describe('mode record', () => {
  it('asks the real service exactly what passthrough asks', async () => {
    const seen: string[] = []
    for (const mode of ['passthrough', 'record']) {
      const real = await recordingUpstream('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n')
      const through = await proxy(service(real.port, mode), { record })
      await ask(through, '/a?b=1', {
        headers: {
          'If-None-Match': '"x"',
          Range: 'bytes=0-9',
          'Accept-Encoding': 'zstd, br',
          'X-Case': 'Kept',
        },
      })
      seen.push(
        real
          .bytes()
          .replace(/svcm-hop: \w+/, 'svcm-hop: …')
          .replaceAll(String(real.port), 'port'),
      )
    }
    expect(seen[1]).toBe(seen[0])
    expect(seen[1]).toContain('If-None-Match: "x"')
  })

  it('gives the client the same bytes, coded as they came', async () => {
    const body = gzipSync('{"a":1}')
    const real = await upstream((_request, response) => {
      response.writeHead(200, 'Fine', {
        'Content-Type': 'application/json',
        'Content-Encoding': 'gzip',
        'X-A': ['1', '2'],
      })
      response.end(body)
    })
    const [passed, recorded] = await Promise.all(
      ['passthrough', 'record'].map(async (mode) =>
        ask(await proxy(service(real.port, mode), { record }), '/x'),
      ),
    )
    expect(recorded!.body.equals(body)).toBe(true)
    const withoutDate = ({ headers }: Raw): string[] =>
      headers.filter((_, i) => headers[i - (i % 2)] !== 'Date')
    expect(withoutDate(recorded!)).toEqual(withoutDate(passed!))
  })

  it('passes a stream on as it comes, and records it when it has ended', async () => {
    const more = Promise.withResolvers<void>()
    const real = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: PAID\n\n')
      void more.promise.then(() => response.end('data: SENT\n\n'))
    })
    const through = await proxy(service(real.port, 'record'), { record })
    // The second event is sent only once the first has arrived.
    const { body } = await ask(through, '/events', {}, (text) => {
      if (text.includes('PAID')) more.resolve()
    })
    expect(body.toString()).toBe('data: PAID\n\ndata: SENT\n\n')
    await through.running.close()
    expect(through.running.recording()!.result!.report).toMatchObject({ calls: 1, distinct: 1, files: 1 })
  })

  it('takes an upload that a mock has looked at whole', async () => {
    const got: string[] = []
    const real = await upstream((request, response) => {
      request.on('data', (chunk: Buffer) => got.push(chunk.toString()))
      request.on('end', () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
      )
    })
    const through = await proxy(
      {
        'svc-mock.yaml': `onMiss: record\nservices:\n  orders: { upstream: 'http://127.0.0.1:${real.port}', version: 1.0.0 }\n`,
        'mocks/orders/1.0.0/m.yaml':
          'mocks:\n  - request: { method: POST, path: /orders, body: { kind: other } }\n    response: {}\n',
      },
      { record },
    )
    const body = JSON.stringify({ kind: 'NORMAL', lines: Array.from({ length: 5000 }, (_, i) => i) })
    await ask(through, '/orders', { headers: { 'content-type': 'application/json' }, body })
    expect(got.join('')).toBe(body)
    await through.running.close()
    const text = readFileSync(
      join(through.workspace.folder, 'fixtures/orders/1.0.0/post.orders.yaml'),
      'utf8',
    )
    expect(text).toContain('kind: NORMAL')
    expect(text).toContain('- 4999')
  })

  it('keeps nothing of what broke off, and counts it', async () => {
    const real = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' })
      response.write('some', () => response.destroy())
    })
    const through = await proxy(service(real.port, 'record'), { record })
    await expect(ask(through, '/x')).rejects.toThrow()
    await through.running.close()
    expect(through.running.recording()!.result).toMatchObject({
      report: { calls: 0, files: 0 },
      losses: { brokenOff: 1 },
    })
  })

  it('can be switched to while running, if there is a key', async () => {
    const real = await upstream((_request, response) => response.end('x'))
    const without = await proxy(service(real.port, 'passthrough'))
    expect(() => without.running.setMode('orders', 'record')).toThrow(/no key/)
    expect(without.running.services()[0]!.mode).toBe('passthrough')
    const having = await proxy(service(real.port, 'passthrough'), { record })
    await ask(having, '/before')
    having.running.setMode('orders', 'record')
    await ask(having, '/after')
    await having.running.close()
    expect(having.running.recording()!.result!.report!.fixtures.map(({ operation }) => operation)).toEqual([
      'GET /after',
    ])
  })
})
