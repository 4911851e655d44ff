/** What must not be reached is not: production, this machine from outside, a proxy without credentials. */
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { tcpUpstream, upstream } from '../support/upstream.ts'

const ask = async (port: number, call: string, host = '127.0.0.1'): Promise<string> => {
  const client = await raw(port, host)
  client.send(call)
  return client.rest()
}

const get = (url: string, more = ''): string =>
  `GET ${url} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`

describe('production', () => {
  it.each([
    ['by its name', "['*.prod.example.com']", 'http://api.prod.example.com/'],
    ['by its address', '[127.0.0.0/8]', 'http://127.0.0.1:9/'],
    ['by what its name resolves to', '[127.0.0.0/8, "::1"]', 'http://localhost:9/'],
  ])('is refused at call time %s', async (_how, patterns, url) => {
    const { port } = await proxy({ 'svc-mock.yaml': `services: {}\nguard: { production: ${patterns} }\n` })
    expect(await ask(port, get(url))).toMatch(/^HTTP\/1\.1 403.*PRODUCTION_REFUSED/s)
    const authority = new URL(url).host
    const tunnel = `CONNECT ${authority.includes(':') ? authority : `${authority}:443`} HTTP/1.1\r\nHost: x\r\n\r\n`
    expect(await ask(port, tunnel)).toContain('PRODUCTION_REFUSED')
  })
})

describe('a proxy that others can call', () => {
  const open = { flags: { allowRemote: true } }

  it('refuses unknown hosts, unless told otherwise', async () => {
    const { port } = await proxy({ 'svc-mock.yaml': 'services: {}\n' }, open)
    expect(await ask(port, get('http://elsewhere.example.com/'))).toContain('UNKNOWN_HOST')
    expect(await ask(port, 'CONNECT elsewhere.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain(
      'UNKNOWN_HOST',
    )
  })

  it.each(['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', '169.254.169.254'])(
    'does not lead to %s, unless a service names it',
    async (host) => {
      const { port } = await proxy({ 'svc-mock.yaml': 'services: {}\nunknownHosts: passthrough\n' }, open)
      expect(await ask(port, get(`http://${host}:9/`))).toMatch(/^HTTP\/1\.1 403.*UPSTREAM_REFUSED/s)
    },
  )

  it('leads to an inner address that a service names', async () => {
    const { port: there } = await upstream((_request, response) => response.end('named'))
    const { port } = await proxy(
      {
        'svc-mock.yaml': `services:\n  real: { mode: passthrough, upstream: 'http://127.0.0.1:${there}' }\n`,
      },
      open,
    )
    expect(await ask(port, get('http://real/'))).toMatch(/named$/)
  })

  it('is refused unless it is asked for', async () => {
    await expect(
      proxy({ 'svc-mock.yaml': 'services: {}\n' }, { flags: { listen: '0.0.0.0:0' } }),
    ).rejects.toMatchObject({
      code: 'REMOTE_REFUSED',
    })
  })

  it.skipIf(
    Object.values(networkInterfaces())
      .flat()
      .every((one) => one?.internal !== false),
  )('is reached from there', async () => {
    const own = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.internal === false && one.family === 'IPv4')!
    const { port } = await proxy(
      {
        'svc-mock.yaml': 'services:\n  orders: {}\n',
        'mocks/orders/1.0.0/o.yaml': 'mocks:\n  - response: { body: hello }\n',
      },
      { flags: { allowRemote: true, listen: '0.0.0.0:0' } },
    )
    expect(await ask(port, get('http://orders/'), own.address)).toMatch(/hello$/)
  })
})

describe('proxy credentials', () => {
  const env = { SVC_MOCK_PROXY_CREDENTIALS: 'dev:sesame' }
  const files = {
    'svc-mock.yaml': 'services:\n  orders: {}\n',
    'mocks/orders/1.0.0/o.yaml': 'mocks:\n  - response: { body: hello }\n',
  }

  it('are asked for, and taken', async () => {
    const { port } = await proxy(files, { env })
    const refused = await ask(port, get('http://orders/'))
    expect(refused).toMatch(/^HTTP\/1\.1 407.*proxy-authenticate: Basic/s)
    expect(refused).not.toContain('sesame')
    const given = `Proxy-Authorization: Basic ${Buffer.from('dev:sesame').toString('base64')}\r\n`
    expect(await ask(port, get('http://orders/', given))).toMatch(/hello$/)
    expect(await ask(port, 'CONNECT orders:80 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('407')
  })
})

describe('another proxy on the way', () => {
  it('is no way round the guard', async () => {
    const corporate = await tcpUpstream((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nreached'))
    })
    const { port } = await proxy(
      { 'svc-mock.yaml': "services: {}\nguard: { production: ['*.prod.example.com'] }\n" },
      { env: { SVC_MOCK_UPSTREAM_PROXY: `http://127.0.0.1:${corporate}` } },
    )
    expect(await ask(port, get('http://api.prod.example.com/'))).toContain('PRODUCTION_REFUSED')
    expect(await ask(port, 'CONNECT api.prod.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain(
      'PRODUCTION_REFUSED',
    )
  })

  it('gets HTTP in absolute form, and CONNECT for tunnels, with its credentials', async () => {
    const seen: string[] = []
    const corporate = await tcpUpstream((socket) => {
      socket.setEncoding('latin1')
      socket.on('data', (text: string) => {
        seen.push(text)
        if (text.startsWith('CONNECT')) socket.write('HTTP/1.1 200 OK\r\n\r\n')
        else if (text.startsWith('GET')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfrom far')
        else socket.write(`echo ${text}`)
      })
    })
    const { port } = await proxy(
      { 'svc-mock.yaml': 'services: {}\n' },
      { env: { SVC_MOCK_UPSTREAM_PROXY: `http://me:pw@127.0.0.1:${corporate}` } },
    )
    expect(await ask(port, get('http://far.example.com/a?b=1'))).toMatch(/from far$/)
    expect(seen[0]).toMatch(/^GET http:\/\/far\.example\.com\/a\?b=1 HTTP\/1\.1\r\n/)
    expect(seen[0]).toContain(`proxy-authorization: Basic ${Buffer.from('me:pw').toString('base64')}`)
    const client = await raw(port)
    client.send('CONNECT far.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until('\r\n\r\n')
    client.send('hi')
    await client.until('echo hi')
    expect(seen[1]).toMatch(/^CONNECT far\.example\.com:443 HTTP\/1\.1\r\n/)
  })
})

describe('another proxy on the way', () => {
  /** Answers 407 to everything, and keeps the heads. */
  const picky = async (): Promise<{ port: number; seen: string[] }> => {
    const seen: string[] = []
    const port = await tcpUpstream((socket) => {
      socket.once('data', (head: Buffer) => {
        seen.push(head.toString('latin1'))
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      })
    })
    return { port, seen }
  }
  const connect = 'CONNECT elsewhere.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'

  it('is given a password with a % that encodes nothing as it stands', async () => {
    const { port, seen } = await picky()
    const test = await proxy({ 'svc-mock.yaml': `upstreamProxy: 'http://al%20ice:s3%t@127.0.0.1:${port}'\n` })
    const answer = await ask(test.port, connect)
    const login = Buffer.from('al ice:s3%t').toString('base64')
    expect(seen[0]).toContain(`proxy-authorization: Basic ${login}\r\n`)
    expect(answer).toContain('SVC_MOCK_UPSTREAM_PROXY_PASSWORD')
    expect(answer).not.toContain('s3%t')
    expect(answer).not.toContain(login)
  })

  it('that wants credentials and gets none says so', async () => {
    const { port } = await picky()
    const test = await proxy({ 'svc-mock.yaml': `upstreamProxy: 'http://127.0.0.1:${port}'\n` })
    expect(await ask(test.port, connect)).toContain(`upstreamProxy: http://<user>@127.0.0.1:${port}`)
  })
})
