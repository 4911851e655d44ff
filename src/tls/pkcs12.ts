/**
 * A trust store for Java: PKCS#12 (RFC 7292) that holds certificates only. They are public, so nothing is encrypted,
 * which every Java from 8 on reads; a MAC lets tools check the file with the usual password.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { bigEndian, bmp, explicit, integer, nothing, octets, oid, sequence, setOf } from './der.ts'

/** What Java's own trust store has. */
export const storePassword = 'changeit'

const rounds = 2_048
const data = oid('1.2.840.113549.1.7.1')
const certificateBag = oid('1.2.840.113549.1.12.10.1.3')
const x509Certificate = oid('1.2.840.113549.1.9.22.1')
const friendlyName = oid('1.2.840.113549.1.9.20')
/** Java takes a certificate as trusted only with this attribute (Oracle), here for any usage (RFC 5280 section 4.2.1.12). */
const trustedUsage = oid('2.16.840.1.113894.746875.1.1')
const anyUsage = oid('2.5.29.37.0')
const sha1 = sequence(oid('1.3.14.3.2.26'), nothing)

export interface NamedCertificate {
  /** Unique in the store, case aside. */
  readonly alias: string
  readonly der: Uint8Array
}

export const trustStore = (
  certificates: readonly NamedCertificate[],
  password: string = storePassword,
  salt: Uint8Array = randomBytes(20),
): Buffer => {
  const contents = sequence(...certificates.map(bag))
  const safe = sequence(sequence(data, explicit(0, octets(contents))))
  const key = macKey(password, salt)
  const mac = createHmac('sha1', key).update(safe).digest()
  return sequence(
    integer(3),
    sequence(data, explicit(0, octets(safe))),
    sequence(sequence(sha1, octets(mac)), octets(salt), integer(rounds)),
  )
}

const bag = ({ alias, der }: NamedCertificate): Buffer =>
  sequence(
    certificateBag,
    explicit(0, sequence(x509Certificate, explicit(0, octets(der)))),
    setOf(sequence(friendlyName, setOf(bmp(alias))), sequence(trustedUsage, setOf(anyUsage))),
  )

/** RFC 7292 appendix B.2 with SHA-1, for the MAC (id 3): a key of one hash's length needs one block only. */
const macKey = (password: string, salt: Uint8Array): Buffer => {
  const block = 64
  const filled = (bytes: Uint8Array): Buffer =>
    Buffer.alloc(Math.ceil(bytes.length / block) * block).map((_, i) => bytes[i % bytes.length]!) as Buffer
  const secret = bigEndian(`${password}\0`)
  let hash: Buffer = Buffer.concat([Buffer.alloc(block, 3), filled(salt), filled(secret)])
  for (let round = 0; round < rounds; round++) hash = createHash('sha1').update(hash).digest()
  return hash
}
