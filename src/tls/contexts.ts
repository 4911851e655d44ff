/** What a handshake needs for each name: a certificate, made when it is first asked for, and the tickets that resume. */
import { constants, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { CertificateAuthority } from './authority.ts'
import { dayMs } from './certificate.ts'

/** Names come from clients (below a wildcard, any), so what is remembered of them is bounded. */
const namesAtMost = 1_000

interface Entry {
  readonly context: SecureContext
  readonly until: number
}

export class Contexts {
  private readonly entries = new Map<string, Entry>()
  private readonly authority: CertificateAuthority
  private readonly now: () => number
  // One key for all: a leaf then costs one signature, and it lives in memory only.
  private readonly publicKey: KeyObject
  private readonly privateKey: string

  constructor(authority: CertificateAuthority, now: () => number = Date.now) {
    this.authority = authority
    this.now = now
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    this.publicKey = pair.publicKey
    this.privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  /** `name`: a host name, `*.wildcard` or address. Those unused longest are forgotten. */
  for(name: string): SecureContext {
    const known = this.entries.get(name)
    if (known !== undefined) {
      this.entries.delete(name)
      // A process that runs for months gets a new certificate before the old one ends.
      if (known.until - this.now() > dayMs) {
        this.entries.set(name, known)
        return known.context
      }
    }
    const entry = this.make(name)
    this.entries.set(name, entry)
    if (this.entries.size > namesAtMost) this.entries.delete(this.entries.keys().next().value!)
    return entry.context
  }

  /** No certificate of this authority is valid any more. */
  get expired(): boolean {
    return this.authority.until.getTime() <= this.now()
  }

  get size(): number {
    return this.entries.size
  }

  private make(name: string): Entry {
    const { pem, until } = this.authority.issue([name], this.publicKey, this.now())
    const context = createSecureContext({
      cert: pem,
      key: this.privateKey,
      // Without it OpenSSL resumes no session.
      sessionIdContext: 'svc-mock',
      minVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    })
    return { context, until }
  }
}

/**
 * The name that a certificate for `host` is made out to. Where all names beside it are the same service's, a wildcard
 * (RFC 6125 section 6.4.3) serves them all; clients want at least two labels behind the star.
 */
export const certificateName = (host: string, isSame: (other: string) => boolean): string => {
  const dot = host.indexOf('.')
  if (dot <= 0 || !host.includes('.', dot + 1) || /^[\d.]+$|:/.test(host)) return host
  // OpenSSL lets a star stand for letters, digits and hyphens only; names of containers have underscores.
  if (!/^[a-z\d-]+$/i.test(host.slice(0, dot))) return host
  const level = host.slice(dot)
  return isSame(`svc-mock-any-other-name${level}`) ? `*${level}` : host
}
