/** The subject is a trust store, as Java's own tools and OpenSSL read it. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { trustStore } from '../../src/tls/pkcs12.ts'
import { readable, rootCertificates } from '../../src/tls/roots.ts'
import { ourAuthority } from '../support/tls.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const store = (): { readonly file: string; readonly count: number } => {
  const ders = readable(rootCertificates())
  const all = [ourAuthority().der, ...ders].map((der, n) => ({ alias: `authority-${n}`, der }))
  const file = join(workspace().folder, 'trust.p12')
  writeFileSync(file, trustStore(all))
  return { file, count: all.length }
}

it.skipIf(!present('keytool', '-help'))('holds every authority as trusted, for keytool', () => {
  const { file, count } = store()
  const list = (password: string): string =>
    execFileSync('keytool', ['-list', '-keystore', file, '-storepass', password], { encoding: 'utf8' })
  const text = list('changeit')
  expect(text).toContain(`contains ${count} entries`)
  expect(text.match(/trustedCertEntry/g)).toHaveLength(count)
  expect(text).toContain(ourAuthority().fingerprint())
  expect(() => list('wrong-password')).toThrow()
})

it.skipIf(!present('openssl', 'version'))('has a MAC that OpenSSL takes', () => {
  const { file, count } = store()
  const pem = execFileSync('openssl', ['pkcs12', '-in', file, '-passin', 'pass:changeit', '-nokeys'], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(count)
})
