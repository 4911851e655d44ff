/**
 * A library from elsewhere, as a folder that was looked at from all sides: fetched, held against what is locked, unpacked, read. It lies
 * where the caller wants it; nothing else changes, and where anything is wrong, nothing is left.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import type { LibraryAddress } from './address.ts'
import { PackageCache } from './cache.ts'
import type { FetchTools } from './fetch-tools.ts'
import { fromGit } from './from-git.ts'
import { fromNpm } from './from-npm.ts'
import { inspected } from './inspected.ts'
import type { LockedPackage } from './lock.ts'
import { manifestFile, manifestText, type PackageManifest, readIdentity } from './manifest.ts'
import { writeFiles } from './package-files.ts'

export type { FetchTools, Inspection } from './fetch-tools.ts'

export interface FetchedLibrary {
  readonly address: LibraryAddress
  readonly name: string
  /** Of a repository without package.json: the beginning of its commit. */
  readonly version: string
  /** Of git only. */
  readonly commit: string | undefined
  /** `sha512-…`; of npm the tarball's, of git that of paths and contents. */
  readonly integrity: string
  /** Absolute, new, the caller's. */
  readonly folder: string
  /** Its services are those that the mock files really have. */
  readonly manifest: PackageManifest
}

/**
 * `locked`: take exactly this, from the cache if it is there. Rejects with PACKAGE_NOT_FOUND, PACKAGE_INVALID, PACKAGE_TOO_NEW,
 * PACKAGE_INTEGRITY, REGISTRY_FAILED, GIT_FAILED.
 */
export const fetchLibrary = async (
  address: LibraryAddress,
  tools: FetchTools,
  locked?: LockedPackage,
): Promise<FetchedLibrary> => {
  const cache = new PackageCache(tools.cache)
  const got =
    address.kind === 'npm'
      ? await fromNpm(address, tools, cache, locked)
      : await fromGit(address, tools, cache, locked)
  const folder = mkdtempSync(join(tools.into, '.package-'))
  try {
    writeFiles(folder, got.files)
    const identity = existsSync(join(folder, 'package.json'))
      ? readIdentity(folder, got.shown)
      : { name: got.name, version: got.version }
    if (address.kind === 'npm' && (identity.name !== got.name || identity.version !== got.version))
      throw new SvcMockError(
        'PACKAGE_INVALID',
        `${got.shown} says of itself that it is ${identity.name} ${identity.version}`,
      )
    const library = got.manifest?.library ?? got.library
    const manifest = await inspected(folder, got.shown, library, got.manifest, tools)
    if (got.manifest === undefined) writeFileSync(join(folder, manifestFile), manifestText(manifest))
    const { commit, integrity } = got
    return { address, ...identity, commit, integrity, folder, manifest }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}
