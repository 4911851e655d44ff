/**
 * What other programs read to trust our authority: bundles of the usual roots and ours, as PEM and as a Java trust store,
 * in `trust/` of the user's folder. The authority's key never lies there, so the folder can be mounted into a container.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { CertificateAuthority } from '../../tls/authority.ts'
import { trustStore } from '../../tls/pkcs12.ts'
import { certificatesIn, readable, rootCertificates } from '../../tls/roots.ts'

export const trustFolder = (userFolder: string): string => join(userFolder, 'trust')

export class TrustFiles {
  readonly folder: string
  readonly #authority: CertificateAuthority
  #roots: readonly string[] | undefined

  constructor(userFolder: string, authority: CertificateAuthority) {
    this.folder = trustFolder(userFolder)
    this.#authority = authority
  }

  /** Ours alone, for programs that add it to what they know. Each throws CA_NOT_WRITABLE. */
  own(): string {
    return this.#write('ca.pem', this.#authority.pem)
  }

  /** The usual roots and ours, for programs that know nothing else then. */
  bundle(): string {
    return this.#write('roots.pem', this.bundleText())
  }

  bundleText(): string {
    return this.#allRoots().join('') + this.#authority.pem
  }

  /** The user's own file and ours; undefined: it is no file of certificates. */
  bundleWith(file: string): string | undefined {
    const text = readFile(file)
    if (text === undefined || certificatesIn(text).length === 0) return undefined
    // A shell that has taken our variables before names our own files.
    if (text.includes(this.#authority.pem)) return file
    const name = createHash('sha256').update(file).digest('hex').slice(0, 12)
    return this.#write(`with-${name}.pem`, `${text.trimEnd()}\n${this.#authority.pem}`)
  }

  javaStore(): string {
    return this.#write('java.p12', this.javaBytes())
  }

  javaBytes(): Buffer {
    const ders = [this.#authority.der, ...readable(this.#allRoots())]
    const all = ders.map((der, n) => ({ alias: n === 0 ? 'svc-mock' : `root-${n}`, der }))
    // The same certificates give the same file, which then is not written again.
    const salt = createHash('sha1').update(Buffer.concat(ders)).digest()
    return trustStore(all, undefined, salt)
  }

  /** Puts this authority into the files that were written for the one before; shells and settings still name them. */
  renew(before: string): void {
    const names = existing(this.folder)
    if (names.includes('java.p12')) this.javaStore()
    for (const name of names.filter((one) => one.endsWith('.pem'))) {
      const text = readFile(join(this.folder, name)) ?? ''
      if (text.includes(before)) this.#write(name, text.replace(before, this.#authority.pem))
    }
  }

  /** Whether the file is one that we wrote. */
  isOurs(file: string): boolean {
    return file.startsWith(this.folder)
  }

  #allRoots(): readonly string[] {
    this.#roots ??= rootCertificates().filter((pem) => pem !== this.#authority.pem)
    return this.#roots
  }

  #write(name: string, content: string | Uint8Array): string {
    const file = join(this.folder, name)
    if (isSame(file, content)) return file
    const temporary = join(this.folder, `.${name}-${process.pid}.tmp`)
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o755 })
      writeFileSync(temporary, content, { mode: 0o644 })
      renameSync(temporary, file)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw new SvcMockError('CA_NOT_WRITABLE', `${file} cannot be written: ${(error as Error).message}`, {
        cause: error,
      })
    }
    return file
  }
}

const existing = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const readFile = (file: string): string | undefined => {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}

const isSame = (file: string, content: string | Uint8Array): boolean => {
  try {
    return readFileSync(file).equals(Buffer.from(content))
  } catch {
    return false
  }
}
