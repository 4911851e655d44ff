/**
 * Where the authority lives: `ca-key.pem` (key and certificate, for the user alone) and `ca.pem` (the certificate, for
 * everybody) in the user's folder. It is made on first need; of two processes that make it at the same time, one wins
 * and both use its.
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { CertificateAuthority } from './authority.ts'
import { authorityCertificate, backdatedMs, dayMs, pemOf } from './certificate.ts'

const lifeDays = 365

export interface AuthorityFiles {
  /** Key and certificate, 0600. */
  readonly secret: string
  /** The certificate alone. */
  readonly certificate: string
  /** The certificate of the authority before this one: what trusts it is told by it to forget it. */
  readonly before: string
}

/** `folder`: the user's folder (config/user-folder.ts). */
export const authorityFiles = (folder: string): AuthorityFiles => ({
  secret: join(folder, 'ca-key.pem'),
  certificate: join(folder, 'ca.pem'),
  before: join(folder, 'ca-before.pem'),
})

/** The user's authority, made if there is none. Throws CA_BROKEN, CA_EXPIRED, CA_NOT_WRITABLE. */
export const openAuthority = (folder: string, now = Date.now()): CertificateAuthority => {
  const authority = readAuthority(folder, now) ?? makeAuthority(folder, now)
  keepCertificate(folder, authority)
  return authority
}

/** undefined: there is none yet. Throws CA_BROKEN, CA_EXPIRED. */
export const readAuthority = (folder: string, now = Date.now()): CertificateAuthority | undefined => {
  const { secret } = authorityFiles(folder)
  const text = readSecret(secret)
  if (text === undefined) return undefined
  const authority = parse(text, secret)
  if (authority.until.getTime() <= now) {
    throw new SvcMockError(
      'CA_EXPIRED',
      `the certificate authority in ${secret} expired on ${day(authority.until)}`,
    )
  }
  return authority
}

/** Makes a new authority in place of the old one, whatever state that is in. Throws CA_NOT_WRITABLE. */
export const rotateAuthority = (folder: string, now = Date.now()): CertificateAuthority => {
  const { secret } = authorityFiles(folder)
  const text = newSecret(now)
  keepBefore(folder)
  writing(folder, (temporary) => {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, secret)
  })
  const authority = parse(text, secret)
  keepCertificate(folder, authority)
  return authority
}

export const day = (date: Date): string => date.toISOString().slice(0, 10)

const makeAuthority = (folder: string, now: number): CertificateAuthority => {
  const { secret } = authorityFiles(folder)
  writing(folder, (temporary) => {
    writeFileSync(temporary, newSecret(now), { mode: 0o600, flag: 'wx' })
    putIfAbsent(temporary, secret)
  })
  // Another process may have been faster: whatever stands there now is the one.
  const authority = readAuthority(folder, now)
  if (authority === undefined) throw new SvcMockError('CA_BROKEN', `${secret} vanished while it was made`)
  return authority
}

/** A link appears whole or not at all, and never over another. Some file systems have none. */
const putIfAbsent = (temporary: string, target: string): void => {
  try {
    linkSync(temporary, target)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    try {
      copyFileSync(temporary, target, constants.COPYFILE_EXCL)
      chmodSync(target, 0o600)
    } catch (second) {
      if (codeOf(second) !== 'EEXIST') throw second
    }
  }
}

const writing = (folder: string, write: (temporary: string) => void): void => {
  const temporary = join(folder, `.ca-${process.pid}-${randomBytes(4).toString('hex')}.tmp`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      write(temporary)
    } finally {
      rmSync(temporary, { force: true })
    }
  } catch (error) {
    throw new SvcMockError(
      'CA_NOT_WRITABLE',
      `the certificate authority cannot be kept in ${folder}: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

const newSecret = (now: number): string => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  // The last digits tell an authority from the one before it, in trust stores that hold both.
  const commonName = `svc-mock CA ${randomBytes(3).toString('hex')} (${owner()})`
  const validity = { from: new Date(now - backdatedMs), until: new Date(now + lifeDays * dayMs) }
  const certificate = authorityCertificate({ commonName, publicKey, privateKey, validity })
  return `${privateKey.export({ type: 'pkcs8', format: 'pem' })}${pemOf(certificate)}`
}

/** `alice@laptop`: whose machine a trust store got it from. */
const owner = (): string => {
  const machine = hostname()
  try {
    return `${userInfo().username}@${machine}`
  } catch {
    // A container may run as a user that has no name.
    return machine
  }
}

const readSecret = (file: string): string | undefined => {
  try {
    const { mode } = statSync(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw open(file, mode)
    return readFileSync(file, 'utf8')
  } catch (error) {
    // A folder that cannot exist is found out when something is written to it.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    if (error instanceof SvcMockError) throw error
    throw new SvcMockError('CA_BROKEN', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

const open = (file: string, mode: number): SvcMockError =>
  new SvcMockError(
    'CA_BROKEN',
    `${file} is open to others (mode ${(mode & 0o777).toString(8)}), and whoever has its key can pose as any server to programs that trust it`,
    { hint: `make a new one: svc-mock ca rotate; or, if nobody else was here: chmod 600 ${file}` },
  )

const parse = (text: string, file: string): CertificateAuthority => {
  let key: KeyObject
  let certificate: X509Certificate
  try {
    key = createPrivateKey(text)
    certificate = new X509Certificate(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0] ?? '',
    )
  } catch (error) {
    // OpenSSL's message names no byte of the file.
    throw new SvcMockError(
      'CA_BROKEN',
      `${file} holds no key with its certificate: ${(error as Error).message}`,
    )
  }
  if (
    certificate.checkPrivateKey(key) &&
    certificate.ca &&
    key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  )
    return new CertificateAuthority(certificate, key)
  throw new SvcMockError(
    'CA_BROKEN',
    `${file} holds no authority of svc-mock: key and certificate do not belong together`,
  )
}

/** The public copy, for commands that hand it to other programs. Where it cannot be written, they name the reason. */
const keepCertificate = (folder: string, { pem }: CertificateAuthority): void => {
  const { certificate } = authorityFiles(folder)
  if (sameText(certificate, pem)) return
  writing(folder, (temporary) => {
    writeFileSync(temporary, pem, { mode: 0o644 })
    renameSync(temporary, certificate)
  })
}

const keepBefore = (folder: string): void => {
  const { certificate, before } = authorityFiles(folder)
  try {
    copyFileSync(certificate, before)
  } catch {
    // There was none that anybody can have trusted.
  }
}

const sameText = (file: string, text: string): boolean => {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    return false
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
