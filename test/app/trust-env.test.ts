/** What run and env set so that runtimes trust us, whatever the user has set before. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forContainer, renderEnv } from '../../src/app/env/formats.ts'
import { proxyEnv } from '../../src/app/env/proxy-env.ts'
import { trustEnv, trustEnvOrNote } from '../../src/app/env/trust-env.ts'
import { trustFolder } from '../../src/app/env/trust-files.ts'
import { openAuthority } from '../../src/tls/authority-file.ts'
import { certificatesIn, rootCertificates } from '../../src/tls/roots.ts'
import { ourAuthority } from '../support/tls.ts'
import { workspace } from '../support/workspace.ts'

const text = (file: string | undefined): string => readFileSync(file!, 'utf8')

describe('trust', () => {
  it('is the usual roots and ours where a file replaces them, ours alone where it adds', () => {
    const { folder } = workspace()
    const { variables, java, notes } = trustEnv(folder, {})
    const { pem } = openAuthority(folder)
    expect(text(variables['NODE_EXTRA_CA_CERTS'])).toBe(pem)
    expect(text(variables['DENO_CERT'])).toBe(pem)
    for (const name of [
      'SSL_CERT_FILE',
      'REQUESTS_CA_BUNDLE',
      'CURL_CA_BUNDLE',
      'GIT_SSL_CAINFO',
      'AWS_CA_BUNDLE',
    ]) {
      const bundle = certificatesIn(text(variables[name]))
      expect(bundle.at(-1)).toBe(pem.trim())
      expect(bundle).toHaveLength(rootCertificates().length + 1)
    }
    expect(java[0]).toBe(`-Djavax.net.ssl.trustStore=${join(trustFolder(folder), 'java.p12')}`)
    expect(notes).toEqual([])
  })

  it("adds ours to the user's own file, and never writes to that", () => {
    const { folder, write } = workspace()
    const users = write('corp.pem', ourAuthority().pem)
    const { variables } = trustEnv(folder, { REQUESTS_CA_BUNDLE: users, NODE_EXTRA_CA_CERTS: users })
    for (const name of ['REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) {
      const bundle = text(variables[name])
      expect(certificatesIn(bundle)).toEqual([ourAuthority().pem.trim(), openAuthority(folder).pem.trim()])
    }
    expect(text(users)).toBe(ourAuthority().pem)
    expect(variables['CURL_CA_BUNDLE']).toBe(join(trustFolder(folder), 'roots.pem'))
  })

  it.each([
    ['a folder', (folder: string) => folder],
    ['a file that is not there', (folder: string) => join(folder, 'nowhere.pem')],
    ['a file without certificates', (folder: string) => join(folder, 'text')],
  ])('leaves alone %s and says so', (_what, place) => {
    const { folder } = workspace({ text: 'no certificates' })
    const users = place(folder)
    const { variables, notes } = trustEnv(folder, { REQUESTS_CA_BUNDLE: users })
    expect(variables['REQUESTS_CA_BUNDLE']).toBeUndefined()
    expect(notes).toEqual([expect.stringContaining(`REQUESTS_CA_BUNDLE stays ${users}`)])
  })

  it('is the same when a shell has taken it before', () => {
    const { folder } = workspace()
    const once = proxyEnv({ listen: '127.0.0.1:1', services: [], trust: trustEnv(folder, {}) }, {})
    const again = proxyEnv(
      { listen: '127.0.0.1:1', services: [], trust: trustEnv(folder, once.variables) },
      once.variables,
    )
    expect(again.variables).toEqual(once.variables)
  })

  it('keeps a Java trust store of the user, with the command that adds ours', () => {
    const { folder } = workspace()
    const inherited = { JAVA_TOOL_OPTIONS: '-Xmx1g -Djavax.net.ssl.trustStore=/corp/store.jks' }
    const { variables, notes } = proxyEnv(
      { listen: '127.0.0.1:1', services: [], trust: trustEnv(folder, inherited) },
      inherited,
    )
    expect(variables['JAVA_TOOL_OPTIONS']).toContain('-Djavax.net.ssl.trustStore=/corp/store.jks')
    expect(variables['JAVA_TOOL_OPTIONS']).not.toContain('java.p12')
    expect(notes).toEqual([expect.stringContaining('keytool -importcert')])
  })

  it('writes nothing again that has not changed, and never the key', () => {
    const { folder } = workspace()
    trustEnv(folder, {})
    const files = readdirSync(trustFolder(folder)).sort()
    expect(files).toEqual(['ca.pem', 'java.p12', 'roots.pem'])
    const times = (): number[] => files.map((file) => statSync(join(trustFolder(folder), file)).mtimeMs)
    const before = times()
    trustEnv(folder, {})
    expect(times()).toEqual(before)
    for (const file of files) expect(text(join(trustFolder(folder), file))).not.toContain('PRIVATE')
  })

  it('is missing with the reason when there can be no authority', () => {
    const { folder } = workspace()
    mkdirSync(join(folder, 'svc-mock'))
    writeFileSync(join(folder, 'svc-mock/ca-key.pem'), 'rubbish', { mode: 0o600 })
    const trust = trustEnvOrNote(join(folder, 'svc-mock'), {})
    expect(trust.variables).toEqual({})
    expect(trust.notes).toEqual([expect.stringMatching(/^TLS cannot be read: .*svc-mock ca rotate/)])
  })

  it('is mounted into a container, where the files have another place', () => {
    const place = join(workspace().folder, 'my settings')
    const { variables } = proxyEnv({ listen: '127.0.0.1:1', services: [], trust: trustEnv(place, {}) }, {})
    const compose = renderEnv(variables, 'compose', trustFolder(place))
    expect(compose).toContain(`volumes:\n  - "${trustFolder(place)}:/etc/svc-mock-trust:ro"\n`)
    expect(compose).toContain('NODE_EXTRA_CA_CERTS: "/etc/svc-mock-trust/ca.pem"')
    expect(compose).toContain('-Djavax.net.ssl.trustStore=/etc/svc-mock-trust/java.p12 ')
    expect(compose.split(trustFolder(place))).toHaveLength(2)
    expect(forContainer(variables)).toBeDefined()
  })
})
