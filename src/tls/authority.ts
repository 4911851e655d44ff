/** Our own certificate authority in memory: it signs servers' certificates. Its key never leaves this object. */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import { backdatedMs, dayMs, keyIdOf, pemOf, serverCertificate, subjectOf } from './certificate.ts'

/** What browsers and phones accept at most is 398 days; short-lived leaves are worth nothing when they leak. */
const leafDays = 90

export class CertificateAuthority {
  /** PEM, for whoever shall trust it. */
  readonly pem: string
  readonly der: Buffer
  /** For people: `svc-mock CA …`. */
  readonly name: string
  readonly from: Date
  readonly until: Date
  // A private field is not shown by inspect and not copied by JSON.
  readonly #key: KeyObject
  readonly #subject: Buffer
  readonly #keyId: Buffer

  /** `key` must belong to the certificate. */
  constructor(certificate: X509Certificate, key: KeyObject) {
    this.der = certificate.raw
    this.pem = pemOf(this.der)
    this.name = /(?:^|\n)CN=(.*)/.exec(certificate.subject)?.[1] ?? 'svc-mock CA'
    this.from = new Date(certificate.validFrom)
    this.until = new Date(certificate.validTo)
    this.#key = key
    this.#subject = subjectOf(this.der)
    this.#keyId = keyIdOf(certificate.publicKey)
  }

  /** `AB:CD:…`, as trust stores show it. */
  fingerprint(algorithm: 'sha1' | 'sha256' = 'sha256'): string {
    const digits = createHash(algorithm).update(this.der).digest('hex').toUpperCase()
    return digits.match(/../g)!.join(':')
  }

  /** PEM of a server's certificate, valid from a day ago for 90 days, but never longer than ours. */
  issue(hosts: readonly string[], publicKey: KeyObject, now: number): { pem: string; until: number } {
    const from = new Date(Math.max(now - backdatedMs, this.from.getTime()))
    const until = new Date(Math.min(now + leafDays * dayMs, this.until.getTime()))
    const issuer = { name: this.#subject, key: this.#key, keyId: this.#keyId }
    const certificate = serverCertificate({ hosts, publicKey, validity: { from, until } }, issuer)
    return { pem: pemOf(certificate), until: until.getTime() }
  }
}
