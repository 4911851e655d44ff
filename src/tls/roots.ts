/** Which authorities count without ours: Node's own, and the system's, where organisations install theirs. */
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'

/** Where distributions keep their bundle, in case Node looks elsewhere. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** PEM, each once: what Node trusts here (NODE_EXTRA_CA_CERTS among it), then what the system adds. */
export const rootCertificates = (): readonly string[] => {
  const known = new Set<string>()
  for (const pem of [...getCACertificates('default'), ...systemCertificates()]) known.add(normal(pem))
  return [...known]
}

const systemCertificates = (): readonly string[] => {
  const found = getCACertificates('system')
  if (found.length > 0) return found
  const file = bundles.find((path) => existsSync(path))
  return file === undefined ? [] : certificatesIn(readFileSync(file, 'utf8'))
}

/** The certificates of a PEM file, without what stands between them. */
export const certificatesIn = (text: string): string[] =>
  text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? []

/** Line ends aside, the same certificate has the same text. */
const normal = (pem: string): string => `${pem.replaceAll('\r', '').trim()}\n`

/** The DER of each that can be read; a system's store may hold others. */
export const readable = (pems: readonly string[]): readonly Buffer[] =>
  pems.flatMap((pem) => {
    try {
      return [new X509Certificate(pem).raw]
    } catch {
      return []
    }
  })
