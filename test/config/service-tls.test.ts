/** The subject is `tls:` of a service: what its files hold, and what is said when they do not. */
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { clientIdentity, identity, ourAuthority } from '../support/tls.ts'
import { present } from '../support/tools.ts'
import { workspace } from './workspace.ts'

const ca = ourAuthority().pem
const own = identity(ourAuthority(), ['client'])
const other = identity(ourAuthority(), ['other'])

const load = (tls: string, files: Record<string, string> = {}, env: Record<string, string> = {}) =>
  loadConfig({
    cwd: workspace({
      'svc-mock.yaml': `services:\n  orders: { tls: ${tls} }\n`,
      'ca.pem': ca,
      'client.pem': own.cert,
      'client-key.pem': own.key,
      ...files,
    }),
    env,
    flags: {},
  })

const tlsOf = (tls: string, files?: Record<string, string>) => load(tls, files).config?.services[0]?.tls

describe('tls', () => {
  it('reads TLS of clients and verifies upstreams, when nothing is said', () => {
    expect(tlsOf('{}')).toEqual({ intercept: true, upstream: undefined })
    expect(tlsOf('{ intercept: false }')).toEqual({ intercept: false, upstream: undefined })
  })

  it('takes authorities from several files, and certificate and key from one or two', () => {
    const both = tlsOf('{ upstreamCa: [ca.pem, ./more.pem], cert: client.pem, key: client-key.pem }', {
      'more.pem': `some words\n${ca}`,
    })
    expect(both?.upstream?.ca?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(both?.upstream).toMatchObject({ cert: own.cert.trim(), key: own.key, insecure: false })
    const one = tlsOf('{ cert: one.pem }', { 'one.pem': own.key + own.cert })
    expect(one?.upstream).toMatchObject({ cert: own.cert.trim(), key: own.key })
  })

  it('has equal identities for equal settings only', () => {
    const identityOf = (tls: string) => tlsOf(tls)?.upstream?.identity
    expect(identityOf('{ insecure: true }')).toBe(identityOf('{ insecure: true }'))
    expect(identityOf('{ insecure: true }')).not.toBe(identityOf('{ upstreamCa: ca.pem }'))
  })

  it('is read again when one of its files changes', () => {
    const { config } = load('{ upstreamCa: ca.pem }')
    expect(config?.files.some((file) => file.endsWith('ca.pem'))).toBe(true)
  })

  it.each([
    ['{ upstreamCa: nowhere.pem }', {}, 'nowhere.pem is not there'],
    ['{ upstreamCa: text }', { text: 'no pem' }, 'text holds no certificate in PEM'],
    [
      '{ upstreamCa: bad.pem }',
      { 'bad.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      'certificate 1 of bad.pem cannot be read',
    ],
    ['{ key: client-key.pem }', {}, 'a key without its certificate'],
    ['{ cert: client.pem }', {}, 'client.pem holds no key'],
    ['{ cert: client.pem, key: other.pem }', { 'other.pem': other.key }, 'the key does not belong'],
    ['{ insecure: yes }', {}, 'insecure'],
    ['{ verify: false }', {}, 'verify'],
  ])('%s is a mistake with its place', (tls, files, words) => {
    const { config, problems } = load(tls, files)
    expect(config).toBeUndefined()
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ severity: 'error', code: 'CONFIG_INVALID', at: { line: 2 } })
    expect(problems[0]!.message).toContain(words)
    expect(JSON.stringify(problems)).not.toContain('PRIVATE KEY-----\\n')
  })

  it('warns of a certificate that has expired', async () => {
    const { openAuthority } = await import('../../src/tls/authority-file.ts')
    const old = openAuthority(workspace({}), Date.now() - 400 * 86_400_000)
    const { config, problems } = load('{ upstreamCa: old.pem }', { 'old.pem': old.pem })
    expect(config).toBeDefined()
    expect(problems).toMatchObject([{ severity: 'warning', message: expect.stringContaining('expired on') }])
  })

  it('is nothing for tcp', () => {
    const { problems } = loadConfig({
      cwd: workspace({
        'svc-mock.yaml':
          "services:\n  db: { protocol: tcp, listen: 1, upstream: 'tcp://db:1', tls: { intercept: false } }\n",
      }),
      env: {},
      flags: {},
    })
    expect(problems).toMatchObject([{ message: expect.stringContaining('this one speaks tcp') }])
  })

  it.skipIf(!present('openssl', 'version'))('takes what OpenSSL makes', () => {
    const made = clientIdentity('alice')
    expect(tlsOf('{ cert: one.pem }', { 'one.pem': made.key + made.cert })?.upstream?.cert).toContain('BEGIN')
  })
})

describe('the password of the upstream proxy', () => {
  const words = (text: string, env: Record<string, string> = {}) =>
    loadConfig({ cwd: workspace({ 'svc-mock.yaml': text }), env, flags: {} })

  it('comes from the environment, for the user in the file', () => {
    const env = { SVC_MOCK_UPSTREAM_PROXY_PASSWORD: 'p@ss/word' }
    const { config } = words('upstreamProxy: http://alice@proxy.example.com:3128\n', env)
    expect(config?.upstreamProxy).toBe('http://alice:p%40ss%2Fword@proxy.example.com:3128')
  })

  it.each([
    [
      'needs a user',
      'upstreamProxy: http://proxy.example.com:3128\n',
      { SVC_MOCK_UPSTREAM_PROXY_PASSWORD: 'secret-7' },
    ],
    [
      'in an address of another kind',
      '',
      { SVC_MOCK_UPSTREAM_PROXY: 'https://alice:secret-7@proxy.example.com:1' },
    ],
    ['in an address without scheme', '', { SVC_MOCK_UPSTREAM_PROXY: 'alice:secret-7@proxy.example.com:1' }],
    ['in a file', "upstreamProxy: 'socks://alice:secret-7@proxy.example.com:1'\n", {}],
    ['holds an @', "upstreamProxy: 'http://alice:p@secret-7@proxy.example.com:1/x'\n", {}],
    [
      'holds an @ in the environment',
      '',
      { SVC_MOCK_UPSTREAM_PROXY: 'socks://alice:p@secret-7@proxy.example.com:1' },
    ],
    ['in a file, with a path', "upstreamProxy: 'http://alice:secret-7@proxy.example.com:1/x'\n", {}],
  ])('is shown nowhere when it %s', (_what, text, env) => {
    const { config, problems } = words(text, env as Record<string, string>)
    expect(config).toBeUndefined()
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain('secret-7')
  })
})
