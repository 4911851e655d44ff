/** What npm or git gave for an address, before anybody has read a mock file of it. */
import { SvcMockError } from '../core/errors.ts'
import type { PackageCache } from './cache.ts'
import type { LockedPackage } from './lock.ts'
import { manifestFile, type PackageManifest, parseManifest, specFiles } from './manifest.ts'
import type { PackageFiles } from './package-files.ts'

export interface Got {
  readonly shown: string
  readonly name: string
  readonly version: string
  readonly commit: string | undefined
  readonly integrity: string
  /** Those that belong to a mock package; anything else is left out. */
  readonly files: PackageFiles
  /** A repository needs none. */
  readonly manifest: PackageManifest | undefined
  readonly library: readonly string[]
}

/** `measure` gives the integrity of what is kept. undefined: it is not there, or is something else. */
export const fromCache = (
  cache: PackageCache,
  integrity: string,
  measure: (tarball: Uint8Array) => string,
): Uint8Array | undefined => {
  const kept = cache.get(integrity)
  if (kept === undefined) return undefined
  try {
    if (measure(kept) === integrity) return kept
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
  }
  cache.drop(integrity)
  return undefined
}

/** Throws PACKAGE_INTEGRITY. */
export const refuseOther = (shown: string, integrity: string, locked: LockedPackage | undefined): void => {
  if (locked === undefined || locked.integrity === integrity) return
  throw new SvcMockError(
    'PACKAGE_INTEGRITY',
    `${shown} is not what svc-mock.lock says: it has ${integrity.slice(0, 19)}…, and locked is ${locked.integrity.slice(0, 19)}…`,
  )
}

/** Files of every package, wherever its mocks lie. */
export const ownFiles: readonly string[] = ['package.json', manifestFile]

export const manifestIn = (files: PackageFiles, shown: string): PackageManifest | undefined => {
  const bytes = files.get(manifestFile)
  return bytes === undefined ? undefined : parseManifest(Buffer.from(bytes).toString('utf8'), shown)
}

/** Which files of a package are taken: what it says of itself, its mocks, what they were held against. */
export const belongs = (
  library: readonly string[],
  manifest: PackageManifest | undefined,
): ((path: string) => boolean) => {
  const specs = Object.values(manifest?.services ?? {}).flatMap((service) =>
    specFiles(service).map(({ file }) => file),
  )
  const named = new Set([...ownFiles, ...specs])
  return (path) => named.has(path) || library.some((folder) => path.startsWith(`${folder}/`))
}
