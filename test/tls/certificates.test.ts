/** The subject is a certificate: what node:crypto and OpenSSL read in it. */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBytes } from '../../src/tls/certificate.ts'
import { Contexts, certificateName } from '../../src/tls/contexts.ts'
import { integer, oid, time } from '../../src/tls/der.ts'
import { ourAuthority } from '../support/tls.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const day = 24 * 60 * 60 * 1000
const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey

const leaf = (hosts: readonly string[], now = Date.now()): X509Certificate =>
  new X509Certificate(ourAuthority().issue(hosts, key, now).pem)

describe('a leaf', () => {
  it.each(['orders.test.example.com', 'a_b.example', 'xn--bcher-kva.example.com', '10.1.2.3', 'fd00::1'])(
    'is good for %s and for nothing else',
    (host) => {
      const certificate = leaf([host])
      const good = /^[\d.]+$|:/.test(host) ? certificate.checkIP(host) : certificate.checkHost(host)
      expect(good).toBe(host)
      expect(certificate.checkHost('elsewhere.example.com')).toBeUndefined()
      expect(certificate.checkIP('10.1.2.4')).toBeUndefined()
      expect(certificate.ca).toBe(false)
    },
  )

  it('holds for one label below a wildcard', () => {
    const certificate = leaf(['*.orders.example.com'])
    expect(certificate.checkHost('alice.orders.example.com')).toBe('*.orders.example.com')
    expect(certificate.checkHost('a.b.orders.example.com')).toBeUndefined()
  })

  it('begins a day ago, for clocks that are wrong, and lives 90 days', () => {
    const now = Date.now() + 5 * day
    const certificate = leaf(['orders'], now)
    expect(new Date(certificate.validFrom).getTime()).toBe(Math.floor((now - day) / 1000) * 1000)
    expect(new Date(certificate.validTo).getTime()).toBe(Math.floor((now + 90 * day) / 1000) * 1000)
  })

  it('never outlives its authority', () => {
    const authority = ourAuthority()
    const certificate = leaf(['orders'], authority.until.getTime() - 10 * day)
    expect(new Date(certificate.validTo)).toEqual(authority.until)
  })

  it('has a serial number of its own, never negative', () => {
    const serials = Array.from({ length: 50 }, () => leaf(['orders']).serialNumber)
    expect(new Set(serials).size).toBe(50)
    for (const serial of serials) expect(BigInt(`0x${serial}`)).toBeLessThan(2n ** 127n)
  })

  it.skipIf(!present('openssl', 'version'))("passes OpenSSL's strict verification", () => {
    const { folder } = workspace()
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, ourAuthority().pem)
    for (const host of ['orders.test.example.com', '*.orders.example.com', 'fd00::1']) {
      const file = join(folder, 'leaf.pem')
      writeFileSync(file, leaf([host]).toString())
      const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, file]
      expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain('OK')
    }
  })

  it('is signed by an authority that can sign nothing below another', () => {
    const { pem } = ourAuthority()
    const authority = new X509Certificate(pem)
    expect(authority.ca).toBe(true)
    expect(authority.verify(authority.publicKey)).toBe(true)
    expect(leaf(['orders']).checkIssued(authority)).toBe(true)
    expect(authority.keyUsage).toBeUndefined()
  })
})

describe('the authority', () => {
  it('shows its key to nobody who prints it', async () => {
    const { inspect } = await import('node:util')
    const authority = ourAuthority()
    expect(inspect(authority, { depth: 10, showHidden: true })).not.toMatch(/PrivateKeyObject|PRIVATE/)
    expect(JSON.stringify(authority)).not.toMatch(/PRIVATE|"key"/i)
  })
})

describe('addresses', () => {
  it('are their bytes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect([...addressBytes(address)].join('.')).toBe(address)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const certificate = leaf([address])
        expect(certificate.checkIP(address)).toBe(address)
      }),
      { numRuns: 30 },
    )
  })
})

describe('DER', () => {
  it.each([
    [integer(0), '020100'],
    [integer(127), '02017f'],
    [integer(128), '02020080'],
    [integer(65_536), '0203010000'],
    [oid('1.2.840.113549.1.7.1'), '06092a864886f70d010701'],
    [oid('2.16.840.1.113894.746875.1.1'), '060c6086480186f966adca7b0101'],
    [time(new Date('2026-11-21T08:09:10.999Z')), `170d${Buffer.from('261121080910Z').toString('hex')}`],
    [time(new Date('2050-01-01T00:00:00Z')), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
  ])('%#', (bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex)
  })
})

describe('contexts', () => {
  it('are made once for each name, and bounded', () => {
    const contexts = new Contexts(ourAuthority())
    const first = contexts.for('name-0.example.com')
    expect(contexts.for('name-0.example.com')).toBe(first)
    for (let n = 1; n <= 1_100; n++) {
      contexts.for(`name-${n}.example.com`)
      if (n % 100 === 0) expect(contexts.for('name-0.example.com')).toBe(first)
    }
    expect(contexts.size).toBe(1_000)
  })

  it('end with their authority', () => {
    let now = Date.now()
    const contexts = new Contexts(ourAuthority(), () => now)
    expect(contexts.expired).toBe(false)
    now += 366 * day
    expect(contexts.expired).toBe(true)
  })

  it('are made again before their certificate ends', () => {
    let now = Date.now()
    const contexts = new Contexts(ourAuthority(), () => now)
    const first = contexts.for('orders')
    now += 88 * day
    expect(contexts.for('orders')).toBe(first)
    now += 1.5 * day
    expect(contexts.for('orders')).not.toBe(first)
  })

  it.each([
    ['alice.orders.example.com', true, '*.orders.example.com'],
    ['alice.orders.example.com', false, 'alice.orders.example.com'],
    ['my_svc.orders.example.com', true, 'my_svc.orders.example.com'],
    ['xn--bcher-kva.orders.example.com', true, '*.orders.example.com'],
    ['orders.example', true, 'orders.example'],
    ['orders', true, 'orders'],
    ['10.1.2.3', true, '10.1.2.3'],
    ['fd00::1', true, 'fd00::1'],
  ])('%s, its level the same service: %s, is %s', (host, same, expected) => {
    expect(certificateName(host, () => same)).toBe(expected)
  })
})
