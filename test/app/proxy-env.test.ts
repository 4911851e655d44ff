import { describe, expect, it } from 'vitest'
import { envFormats, forContainer, renderEnv } from '../../src/app/env/formats.ts'
import { inheritedProxy, mergeEnv, proxyEnv, urlVariable } from '../../src/app/env/proxy-env.ts'

const services = [
  { name: 'orders', protocol: 'http', listen: '127.0.0.1:4001', hosts: ['orders.test'] },
  { name: 'db', protocol: 'tcp', listen: '127.0.0.1:4002', hosts: ['db.test'] },
  { name: 'stock', protocol: 'http', listen: undefined, hosts: ['stock'] },
]
const target = { listen: '127.0.0.1:8700', services }

describe('proxyEnv', () => {
  it('sets the proxy in all spellings that clients read', () => {
    const { variables } = proxyEnv(target, {})
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'GRPC_PROXY']) {
      expect(variables[name]).toBe('http://127.0.0.1:8700')
      expect(variables[name.toLowerCase()]).toBe('http://127.0.0.1:8700')
    }
    expect(variables['NODE_USE_ENV_PROXY']).toBe('1')
    expect(variables['NO_PROXY']).toBe(variables['no_proxy'])
  })

  it('gives each HTTP service with an own port its URL', () => {
    const { variables } = proxyEnv(target, {})
    expect(variables['ORDERS_URL']).toBe('http://127.0.0.1:4001')
    expect(Object.keys(variables).filter((name) => name.endsWith('_URL'))).toEqual(['ORDERS_URL'])
  })

  it("adds to the user's Java options", () => {
    const { variables } = proxyEnv(target, { JAVA_TOOL_OPTIONS: '-Xmx1g' })
    expect(variables['JAVA_TOOL_OPTIONS']).toMatch(
      /^-Xmx1g -Dhttp\.proxyHost=127\.0\.0\.1 -Dhttp\.proxyPort=8700 -Dhttps\.proxyHost=127\.0\.0\.1 -Dhttps\.proxyPort=8700 -Dhttp\.nonProxyHosts=/,
    )
  })

  it('does not collect its own options when they are inherited', () => {
    const once = proxyEnv(target, { JAVA_TOOL_OPTIONS: '-Xmx1g' }).variables
    expect(proxyEnv(target, once).variables['JAVA_TOOL_OPTIONS']).toBe(once['JAVA_TOOL_OPTIONS'])
  })

  it('keeps own ports away from the proxy when loopback goes through it', () => {
    const local = [{ ...services[0]!, hosts: ['localhost:3000'] }]
    expect(proxyEnv({ ...target, services: local }, {}).variables['NO_PROXY']).toBe('127.0.0.1:4001')
  })

  it('calls a listener on all addresses on loopback, with credentials if it asks for them', () => {
    const credentials = { user: 'a', password: 'p@s' }
    const { variables } = proxyEnv({ listen: '0.0.0.0:8700', services: [], credentials }, {})
    expect(variables['HTTP_PROXY']).toBe('http://a:p%40s@127.0.0.1:8700')
  })

  it('names own ports of HTTP and of gRPC, and no others', () => {
    const named = (protocol: 'http' | 'grpc' | 'tcp', listen: string | undefined) =>
      proxyEnv({ ...target, services: [{ name: 'a', protocol, listen, hosts: ['a.test'] }] }, {}).variables[
        'A_URL'
      ]
    expect(named('http', '127.0.0.1:4001')).toBe('http://127.0.0.1:4001')
    expect(named('grpc', '127.0.0.1:4001')).toBe('http://127.0.0.1:4001')
    expect(named('grpc', undefined)).toBeUndefined()
    expect(named('tcp', '127.0.0.1:4001')).toBeUndefined()
  })

  it.each([
    ['payment-api', 'PAYMENT_API_URL'],
    ['acme.Inventory', 'ACME_INVENTORY_URL'],
    ['3ds', '_3DS_URL'],
  ])('%s becomes %s', (name, variable) => {
    expect(urlVariable(name)).toBe(variable)
  })
})

describe('mergeEnv', () => {
  it('replaces a variable in whatever case it was given', () => {
    expect(mergeEnv({ Http_Proxy: 'old', PATH: '/bin', GONE: undefined }, { HTTP_PROXY: 'new' })).toEqual({
      PATH: '/bin',
      HTTP_PROXY: 'new',
    })
  })
})

describe('inheritedProxy', () => {
  it('takes the first HTTP proxy that is set', () => {
    expect(inheritedProxy({ https_proxy: 'http://b:1', ALL_PROXY: 'http://c:1' })).toBe('http://b:1')
    expect(inheritedProxy({ ALL_PROXY: 'socks5://c:1' })).toBeUndefined()
  })
})

describe('formats', () => {
  const variables = { A: "it's", HTTP_PROXY: 'http://127.0.0.1:8700', NO_PROXY: 'localhost' }

  it.each([
    ['shell', "export A='it'\\''s'"],
    ['dotenv', 'A="it\'s"'],
    ['vscode', '"A": "it\'s"'],
    ['idea', "A=it's;HTTP_PROXY=http://127.0.0.1:8700;NO_PROXY=localhost"],
    ['compose', '  HTTP_PROXY: "http://host.docker.internal:8700"'],
  ] as const)('%s', (format, part) => {
    expect(renderEnv(variables, format)).toContain(part)
  })

  it('keep a $ from Compose, which would replace it', () => {
    expect(renderEnv({ A: 'a$b' }, 'compose')).toContain('A: "a$$b"')
  })

  it('cover all that --format offers', () => {
    for (const format of envFormats) expect(renderEnv(variables, format)).toContain('HTTP_PROXY')
  })

  it("name the host as containers do, but not in NO_PROXY, where loopback is the container's own", () => {
    expect(forContainer({ NO_PROXY: '127.0.0.1', J: '-Dhttp.proxyHost=127.0.0.1' })).toEqual({
      NO_PROXY: '127.0.0.1',
      J: '-Dhttp.proxyHost=host.docker.internal',
    })
  })
})
