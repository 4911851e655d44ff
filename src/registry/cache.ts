/** Tarballs that were fetched once, by their integrity: what makes a second installation need nobody. Shared by all workspaces of a user. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class PackageCache {
  readonly #folder: string

  /** `folder`: absolute; made when something is kept. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** undefined: it is not there. Whoever asks checks the bytes against the integrity. */
  get(integrity: string): Uint8Array | undefined {
    try {
      return readFileSync(this.#file(integrity))
    } catch {
      return undefined
    }
  }

  /** A cache that cannot be written to costs the next installation, not this one. */
  put(integrity: string, tarball: Uint8Array): void {
    const beside = join(this.#folder, `.${randomBytes(6).toString('hex')}.tmp`)
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(beside, tarball, { flag: 'wx' })
      renameSync(beside, this.#file(integrity))
    } catch {
      rmSync(beside, { force: true })
    }
  }

  /** What turned out not to be what its name says. */
  drop(integrity: string): void {
    rmSync(this.#file(integrity), { force: true })
  }

  #file(integrity: string): string {
    return join(this.#folder, `${createHash('sha256').update(integrity).digest('hex')}.tgz`)
  }
}
