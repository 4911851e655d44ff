/** What `svc-mock ca` shows, exports and renews. The key itself is never read out. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { userFolder } from '../../config/user-folder.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { CertificateAuthority } from '../../tls/authority.ts'
import { authorityFiles, openAuthority, readAuthority, rotateAuthority } from '../../tls/authority-file.ts'
import { storePassword } from '../../tls/pkcs12.ts'
import { TrustFiles } from '../env/trust-files.ts'
import { runtimeTargets, type System, systemOf, systemTargets, type TrustTarget } from './targets.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface AuthorityView {
  readonly name: string
  /** SHA-256, as trust stores show it. */
  readonly fingerprint: string
  readonly sha1: string
  /** ISO 8601. */
  readonly validFrom: string
  readonly validUntil: string
  readonly daysLeft: number
  /** The certificate, for everybody. */
  readonly certificate: string
  /** Where the key is kept; nobody else needs it. */
  readonly key: string
}

export interface ShownAuthority {
  /** undefined: none has been made yet. */
  readonly authority: AuthorityView | undefined
  readonly folder: string
  readonly system: readonly TrustTarget[]
  readonly runtimes: readonly TrustTarget[]
}

const dayMs = 24 * 60 * 60 * 1000

export const viewOf = (authority: CertificateAuthority, folder: string): AuthorityView => {
  const { certificate, secret } = authorityFiles(folder)
  return {
    name: authority.name,
    fingerprint: authority.fingerprint(),
    sha1: authority.fingerprint('sha1'),
    validFrom: authority.from.toISOString(),
    validUntil: authority.until.toISOString(),
    daysLeft: Math.floor((authority.until.getTime() - Date.now()) / dayMs),
    certificate,
    key: secret,
  }
}

/** Throws CA_BROKEN, CA_EXPIRED. Makes none. */
export const showAuthority = (
  env: Environment,
  system: System = systemOf(process.platform),
): ShownAuthority => {
  const folder = userFolder(env)
  const authority = readAuthority(folder)
  if (authority === undefined) return { authority, folder, system: [], runtimes: [] }
  const files = new TrustFiles(folder, openAuthority(folder))
  const paths = {
    certificate: authorityFiles(folder).certificate,
    bundle: files.bundle(),
    java: files.javaStore(),
    password: storePassword,
    thumbprint: thumbprintOf(authority.fingerprint('sha1')),
  }
  return {
    authority: viewOf(authority, folder),
    folder,
    system: systemTargets(system, paths),
    runtimes: runtimeTargets(system, paths),
  }
}

export const exportFormats = ['pem', 'der', 'bundle', 'pkcs12'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What the file or stdout gets: the certificate, or with all roots. Makes the authority if there is none. */
export const exportAuthority = (env: Environment, format: ExportFormat): string | Buffer => {
  const folder = userFolder(env)
  const authority = openAuthority(folder)
  if (format === 'pem') return authority.pem
  if (format === 'der') return authority.der
  const files = new TrustFiles(folder, authority)
  return format === 'bundle' ? files.bundleText() : files.javaBytes()
}

/** Never over a file that exists. Throws FILE_EXISTS, CA_NOT_WRITABLE. */
export const writeExport = (cwd: string, file: string, content: string | Buffer): string => {
  const full = resolve(cwd, file)
  try {
    writeFileSync(full, content, { flag: 'wx', mode: 0o644 })
    return full
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new SvcMockError('FILE_EXISTS', `${full} exists already`, { cause: error })
    throw new SvcMockError('CA_NOT_WRITABLE', `${full} cannot be written: ${(error as Error).message}`, {
      hint: 'choose another file',
      cause: error,
    })
  }
}

/** Whether there is one that works, which others may trust already. */
export const hasAuthority = (env: Environment): boolean => {
  try {
    return readAuthority(userFolder(env)) !== undefined
  } catch (error) {
    if (error instanceof SvcMockError) return false
    throw error
  }
}

export interface RenewedAuthority {
  readonly authority: AuthorityView
  /** How stores that trust the one before forget it; each needs it before it is told of the new one. */
  readonly forget: readonly TrustTarget[]
}

/** Throws CA_NOT_WRITABLE. */
export const renewAuthority = (
  env: Environment,
  system: System = systemOf(process.platform),
): RenewedAuthority => {
  const folder = userFolder(env)
  const renewed = rotateAuthority(folder)
  const authority = viewOf(renewed, folder)
  const before = certificateBefore(folder)
  if (before === undefined) return { authority, forget: [] }
  const files = new TrustFiles(folder, renewed)
  files.renew(before.toString())
  const paths = {
    certificate: authorityFiles(folder).before,
    bundle: '',
    java: '',
    password: storePassword,
    thumbprint: thumbprintOf(before.fingerprint),
  }
  const lasting = runtimeTargets(system, paths).filter(({ id }) => id === 'jdk')
  return { authority, forget: [...systemTargets(system, paths), ...lasting] }
}

const certificateBefore = (folder: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(readFileSync(authorityFiles(folder).before))
  } catch {
    return undefined
  }
}

/** As Windows writes it. */
const thumbprintOf = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase()
