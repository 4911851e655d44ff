/** Tenants by client certificate. */
import { expect, it } from 'vitest'
import { textConditions } from '../../src/app/text-conditions.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { proxy } from '../support/proxy.ts'
import { ask, clientIdentity, secured, tunnel } from '../support/tls.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'
import { instance } from './tools.ts'

const host = 'stock.test.example.com'
const request = (headers = ''): string =>
  `GET /items HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`

it.skipIf(!present('openssl', 'version')).each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a client that shows a certificate of a tenant is in its lane: %s',
  async (version) => {
    const [baseline, mine] = [await instance('baseline'), await instance('alice')]
    const [alice, stranger] = [clientIdentity('alice'), clientIdentity('stranger')]
    const { port } = await proxy({
      'alice.pem': alice.cert,
      'svc-mock.yaml': `tenants: { alice: { certificate: ./alice.pem } }
services: { stock: { hosts: [${host}], mode: passthrough, upstream: '${baseline.address}' } }
routes: { stock: { alice: '${mine.address}' } }
`,
    })
    const served = async (shown: object, headers = ''): Promise<string> => {
      const options = { ...shown, minVersion: version, maxVersion: version }
      const answer = await ask(
        await secured(await tunnel(port, `${host}:443`), host, options),
        request(headers),
      )
      return answer.includes('alice') ? 'alice' : answer.includes('baseline') ? 'baseline' : answer
    }
    expect(await served(alice)).toBe('alice')
    expect(await served({})).toBe('baseline')
    expect(await served(stranger)).toBe('baseline')
    expect(await served(alice, 'baggage: svcm-tenant=bob\r\n')).toBe('baseline')
  },
)

it.skipIf(!present('openssl', 'version'))('no two tenants have one certificate', () => {
  const { folder } = workspace({
    'a.pem': clientIdentity('a').cert,
    'svc-mock.yaml':
      'tenants: { alice: { certificate: a.pem }, bob: { certificate: [a.pem] } }\nservices: {}\n',
  })
  const { problems } = loadConfig({ cwd: folder, env: {}, flags: {}, compileText: textConditions() })
  expect(problems.map(({ message }) => message)).toEqual(['bob and alice have the same certificate'])
})
