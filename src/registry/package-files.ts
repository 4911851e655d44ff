/** The files of a package in memory: bounded, checked, and nothing but files. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { whyNotInner } from './inner-path.ts'

/** By path inside the package, with `/`. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>

/** What a package may cost whoever installs it, in bytes. Far more than mocks need. */
export const packageLimits = {
  tarball: 64 * 1024 * 1024,
  unpacked: 256 * 1024 * 1024,
  file: 32 * 1024 * 1024,
  files: 20_000,
} as const

/** Takes files one by one and refuses what must not be there. `shown`: the package as people know it. */
export class FileCollector {
  readonly files = new Map<string, Uint8Array>()
  readonly #shown: string
  readonly #folded = new Map<string, string>()
  #bytes = 0

  constructor(shown: string) {
    this.#shown = shown
  }

  /** To be asked before the bytes are read. Throws PACKAGE_INVALID. */
  expect(path: string, size: number): void {
    const why = whyNotInner(path)
    if (why !== undefined) throw this.refusal(`the path ${JSON.stringify(path)} ${why}`)
    if (size > packageLimits.file)
      throw this.refusal(`${path} has ${mb(size)}, and a file may have ${mb(packageLimits.file)}`)
    this.#bytes += size
    if (this.#bytes > packageLimits.unpacked)
      throw this.refusal(`its files have more than ${mb(packageLimits.unpacked)} together`)
    if (this.#folded.size >= packageLimits.files)
      throw this.refusal(`it has more than ${packageLimits.files.toLocaleString('en')} files`)
    // Where case does not count, as on Windows and macOS, one would replace the other.
    const folded = path.normalize('NFC').toLowerCase()
    const other = this.#folded.get(folded)
    if (other !== undefined)
      throw this.refusal(
        other === path ? `${path} is there twice` : `${other} and ${path} are one file on some systems`,
      )
    this.#folded.set(folded, path)
  }

  add(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes)
  }

  refusal(why: string): SvcMockError {
    return new SvcMockError('PACKAGE_INVALID', `${this.#shown} cannot be installed: ${why}`)
  }
}

const mb = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MB`

/** `sha512-…` of paths and contents, whatever order they came in: the same files, the same digest. */
export const digestOf = (files: PackageFiles): string => {
  const whole = createHash('sha512')
  for (const path of [...files.keys()].sort()) {
    const content = createHash('sha512').update(files.get(path)!).digest('hex')
    whole.update(`${path}\0${content}\n`)
  }
  return `sha512-${whole.digest('base64')}`
}

/** `sha512-…` of one sequence of bytes, as npm writes it (W3C Subresource Integrity). */
export const integrityOf = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`

/** `folder` is empty or not there. */
export const writeFiles = (folder: string, files: PackageFiles): void => {
  const made = new Set<string>()
  for (const [path, bytes] of files) {
    const file = join(folder, ...path.split('/'))
    const directory = dirname(file)
    if (!made.has(directory)) mkdirSync(directory, { recursive: true })
    made.add(directory)
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o644 })
  }
}

/** What lies in a folder, links left out. undefined: it is not there. */
export const readFiles = (folder: string): PackageFiles | undefined => {
  const files = new Map<string, Uint8Array>()
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (entry.isFile()) files.set(relative(folder, file).split(sep).join('/'), readFileSync(file))
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return files
}
