/** A service's `tls:`, with the files that it names read and held against each other. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ServiceTls, UpstreamTls } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

const pemCertificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g

/** Reads below `services.<name>.tls`. What is wrong is reported, and then left out. */
export const readTls = (settings: ServiceFile, protocol: string, path: Path, report: Report): ServiceTls => {
  const { tls = {} } = settings
  if (protocol === 'tcp' && settings.tls !== undefined) {
    report.add(path, {
      message: 'tls is for services whose protocol is known, and this one speaks tcp',
      hint: 'remove it: what a tcp service says passes unread',
      onKey: true,
    })
  }
  const reader = new PemReader(path, report)
  const ca = listOf(tls.upstreamCa).flatMap((file, i) =>
    reader.certificates(file, typeof tls.upstreamCa === 'string' ? ['upstreamCa'] : ['upstreamCa', i]),
  )
  const own = readOwn(tls, reader)
  return {
    intercept: !['tcp', 'redis', 'kafka'].includes(protocol) && (tls.intercept ?? true),
    upstream: upstreamOf(ca, own, tls.insecure === true),
  }
}

const upstreamOf = (
  ca: readonly string[],
  own: Own | undefined,
  insecure: boolean,
): UpstreamTls | undefined => {
  if (ca.length === 0 && own === undefined && !insecure) return undefined
  const settings = {
    ca: ca.length === 0 ? undefined : ca.join('\n'),
    cert: own?.cert,
    key: own?.key,
    insecure,
  }
  const identity = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16)
  return { ...settings, identity }
}

interface Own {
  readonly cert: string
  readonly key: string
}

const readOwn = (tls: NonNullable<ServiceFile['tls']>, reader: PemReader): Own | undefined => {
  if (tls.cert === undefined) {
    if (tls.key !== undefined)
      reader.complain(['key'], 'a key without its certificate is of no use', 'add cert: ./client.pem')
    return undefined
  }
  const chain = reader.certificates(tls.cert, ['cert'])
  const key = reader.key(tls.key ?? tls.cert, tls.key === undefined ? ['cert'] : ['key'])
  if (chain.length === 0 || key === undefined) return undefined
  if (!new X509Certificate(chain[0]!).checkPrivateKey(key)) {
    const at = tls.key === undefined ? ['cert'] : ['key']
    reader.complain(
      at,
      'the key does not belong to the certificate',
      'the first certificate in cert must be the one of the key',
    )
    return undefined
  }
  return { cert: chain.join('\n'), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

export class PemReader {
  readonly #path: Path
  readonly #report: Report

  constructor(path: Path, report: Report) {
    this.#path = path
    this.#report = report
  }

  complain(below: Path, message: string, hint: string): void {
    this.#report.add([...this.#path, ...below], { message, hint })
  }

  certificates(file: string, below: Path): string[] {
    const text = this.#text(file, below)
    if (text === undefined) return []
    const found = text.match(pemCertificate) ?? []
    if (found.length === 0) {
      this.complain(
        below,
        `${file} holds no certificate in PEM`,
        `if it is DER: openssl x509 -inform der -in ${file} -out ca.pem`,
      )
    }
    return found.filter((pem, i) => this.#isReadable(pem, `certificate ${i + 1} of ${file}`, below))
  }

  key(file: string, below: Path): KeyObject | undefined {
    const text = this.#text(file, below)
    if (text === undefined) return undefined
    try {
      return createPrivateKey(text)
    } catch {
      const hint = /ENCRYPTED/.test(text)
        ? `svc-mock asks for no passphrase; write it open: openssl pkey -in ${file} -out client-key.pem`
        : 'name a PEM file that begins with -----BEGIN PRIVATE KEY-----'
      // OpenSSL's words say nothing more, and nothing of a key belongs into a message.
      this.complain(below, `${file} holds no key that can be read`, hint)
      return undefined
    }
  }

  #isReadable(pem: string, what: string, below: Path): boolean {
    try {
      const until = new Date(new X509Certificate(pem).validTo)
      if (until.getTime() <= Date.now()) {
        this.#report.add([...this.#path, ...below], {
          severity: 'warning',
          message: `${what} expired on ${until.toISOString().slice(0, 10)}`,
          hint: 'ask for a new one',
        })
      }
      return true
    } catch (error) {
      this.complain(below, `${what} cannot be read: ${(error as Error).message}`, 'save it again in PEM')
      return false
    }
  }

  #text(file: string, below: Path): string | undefined {
    const path = [...this.#path, ...below]
    const full = resolve(this.#report.layerOf(path).folder, file)
    this.#report.files.add(full)
    try {
      return readFileSync(full, 'utf8')
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      this.complain(
        below,
        missing ? `${file} is not there` : `${file} cannot be read: ${(error as Error).message}`,
        'paths are relative to the file that names them',
      )
      return undefined
    }
  }
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value
