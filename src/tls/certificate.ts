/** X.509 certificates (RFC 5280), signed with ECDSA P-256 and SHA-256 by node:crypto. */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, explicit, implicit, integer, octets, oid, sequence, setOf, time, utf8, yes } from './der.ts'

export const dayMs = 24 * 60 * 60 * 1000

/** Clocks of containers and phones are wrong by hours; what begins a day ago is valid for them too. */
export const backdatedMs = dayMs

export interface Validity {
  readonly from: Date
  readonly until: Date
}

export interface Issuer {
  readonly name: Uint8Array
  readonly key: KeyObject
  readonly keyId: Uint8Array
}

interface Subject {
  readonly name: Uint8Array
  readonly key: KeyObject
  readonly extensions: readonly Uint8Array[]
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))

/** 128 random bits, never zero and never negative. */
const serial = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return integer(bytes)
}

const signed = (subject: Subject, issuer: Issuer, { from, until }: Validity): Buffer => {
  const body = sequence(
    explicit(0, integer(2)),
    serial(),
    ecdsaWithSha256,
    issuer.name,
    sequence(time(from), time(until)),
    subject.name,
    publicKeyInfo(subject.key),
    explicit(3, sequence(...subject.extensions)),
  )
  return sequence(body, ecdsaWithSha256, bits(0, sign('sha256', body, issuer.key)))
}

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** SHA-1 of the key's bits, which stand at the end of its DER (RFC 5280 section 4.2.1.2, method 1); P-256 has 65 bytes. */
export const keyIdOf = (key: KeyObject): Buffer =>
  createHash('sha1').update(publicKeyInfo(key).subarray(-65)).digest()

const attribute = (type: string, text: string): Buffer => setOf(sequence(oid(type), utf8(text)))

/** Common names end at 64 characters (RFC 5280, ub-common-name). */
export const distinguishedName = (commonName: string): Buffer =>
  sequence(attribute('2.5.4.10', 'svc-mock'), attribute('2.5.4.3', [...commonName].slice(0, 64).join('')))

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  critical ? sequence(oid(id), yes, octets(value)) : sequence(oid(id), octets(value))

const keyUsage = {
  digitalSignature: bits(7, Uint8Array.of(0x80)),
  certAndCrlSign: bits(1, Uint8Array.of(0x06)),
} as const

const serverAuth = sequence(oid('1.3.6.1.5.5.7.3.1'))

const authorityKey = (keyId: Uint8Array): Buffer =>
  extension('2.5.29.35', false, sequence(implicit(0, keyId)))

export interface AuthorityRequest {
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly validity: Validity
}

/** A self-signed authority that may sign servers' certificates and no other authority. */
export const authorityCertificate = (request: AuthorityRequest): Buffer => {
  const keyId = keyIdOf(request.publicKey)
  const name = distinguishedName(request.commonName)
  const extensions = [
    extension('2.5.29.19', true, sequence(yes, integer(0))),
    extension('2.5.29.15', true, keyUsage.certAndCrlSign),
    extension('2.5.29.14', false, octets(keyId)),
    authorityKey(keyId),
  ]
  return signed(
    { name, key: request.publicKey, extensions },
    { name, key: request.privateKey, keyId },
    request.validity,
  )
}

export interface ServerRequest {
  /** Host names in ASCII, `*.wildcards`, IP addresses; the first is the common name. */
  readonly hosts: readonly string[]
  readonly publicKey: KeyObject
  readonly validity: Validity
}

export const serverCertificate = ({ hosts, publicKey, validity }: ServerRequest, issuer: Issuer): Buffer =>
  signed(
    {
      name: distinguishedName(hosts[0]!),
      key: publicKey,
      extensions: [
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.15', true, keyUsage.digitalSignature),
        extension('2.5.29.37', false, serverAuth),
        extension('2.5.29.17', false, sequence(...hosts.map(generalName))),
        authorityKey(issuer.keyId),
      ],
    },
    issuer,
    validity,
  )

/** RFC 5280 section 4.2.1.6: dNSName [2], iPAddress [7]. */
const generalName = (host: string): Buffer =>
  isIP(host) === 0 ? implicit(2, Buffer.from(host, 'latin1')) : implicit(7, addressBytes(host))

/** Four or sixteen bytes. A zone (`%eth0`) is no part of an address. */
export const addressBytes = (address: string): Buffer => {
  const [bare = ''] = address.split('%', 1)
  if (isIP(bare) === 4) return Buffer.from(bare.split('.').map(Number))
  const [before = '', after] = v4Tail(bare).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const left = groups(before)
  const right = after === undefined ? [] : groups(after)
  const middle = new Array<number>(8 - left.length - right.length).fill(0)
  return Buffer.from([...left, ...middle, ...right].flatMap((group) => [group >> 8, group & 0xff]))
}

/** `::ffff:10.0.0.1` with its tail in hexadecimal. */
const v4Tail = (address: string): string => {
  const tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  if (tail === null) return address
  const [a = 0, b = 0, c = 0, d = 0] = tail.slice(1).map(Number)
  return `${address.slice(0, tail.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

export const pemOf = (certificate: Uint8Array): string => {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** The name of the certificate's holder, as DER: what the ones it signs name as their issuer. */
export const subjectOf = (certificate: Uint8Array): Buffer => {
  const [body] = children(certificate)
  // version, serial, algorithm, issuer, validity, subject
  return children(body!)[5]!
}

/** The values inside a value, each with its own tag and length. */
const children = (bytes: Uint8Array): Buffer[] => {
  const outer = header(bytes, 0)
  const inner: Buffer[] = []
  for (let at = outer.start; at < outer.end; ) {
    const { end } = header(bytes, at)
    inner.push(Buffer.from(bytes.subarray(at, end)))
    at = end
  }
  return inner
}

const header = (bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } => {
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return { start: at + 2, end: at + 2 + first }
  const digits = bytes.subarray(at + 2, at + 2 + (first & 0x7f))
  const start = at + 2 + digits.length
  return { start, end: start + digits.reduce((sum, digit) => sum * 256 + digit, 0) }
}
