/** The mock packages of a workspace, for commands that change them: what svc-mock.yaml names, what is locked, and how more is fetched. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { sayConflict } from '../../config/library-packages.ts'
import { cacheFolder } from '../../config/user-folder.ts'
import { readRunFiles } from '../../control/run-file.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { LibraryAddress } from '../../registry/address.ts'
import { conflicts } from '../../registry/conflicts.ts'
import { type FetchedLibrary, type FetchTools, fetchLibrary } from '../../registry/fetch.ts'
import {
  closeStaging,
  installedFolder,
  isWhole,
  prune,
  putInPlace,
  stagingFolder,
} from '../../registry/installed.ts'
import {
  type LockedPackage,
  type LockedPackages,
  lockFileOf,
  lockText,
  mustReadLock,
} from '../../registry/lock.ts'
import { type PackageManifest, readManifest } from '../../registry/manifest.ts'
import { writeWhole } from '../handover/write-whole.ts'
import { type Config, openWorkspace } from '../workspace.ts'
import { inspectPackage } from './inspect.ts'

export interface PackagesPlace {
  readonly cwd: string
  readonly configPath?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface PackagesWorkspace {
  readonly place: PackagesPlace
  /** Its packages may be missing. */
  readonly config: Config
  readonly locked: LockedPackages
}

/** Throws CONFIG_INVALID, LOCK_INVALID. */
export const openPackages = (place: PackagesPlace): PackagesWorkspace => {
  const { config } = openWorkspace({ ...place, packages: 'any' })
  return { place, config, locked: mustReadLock(lockFileOf(config.file)) }
}

/** How packages are fetched into `into`, which exists. */
export const fetchTools = (cwd: string, env: PackagesPlace['env'], into: string): FetchTools => ({
  cwd,
  env,
  cache: join(cacheFolder(env), 'packages'),
  into,
  inspect: inspectPackage,
})

/** A package outside any workspace, in a folder that goes when `work` has ended. Rejects as `fetchLibrary` does. */
export const withPackage = async <T>(
  address: LibraryAddress,
  { cwd, env }: Pick<PackagesPlace, 'cwd' | 'env'>,
  work: (fetched: FetchedLibrary) => T | Promise<T>,
): Promise<T> => {
  const into = mkdtempSync(join(tmpdir(), 'svc-mock-package-'))
  try {
    return await work(await fetchLibrary(address, fetchTools(cwd, env, into)))
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}

/** `work` fetches into a folder of the workspace that is gone afterwards, but for what was put in place. */
export const withStaging = async <T>(
  { config, place }: PackagesWorkspace,
  work: (tools: FetchTools) => Promise<T>,
): Promise<T> => {
  try {
    const staging = stagingFolder(config.root)
    try {
      return await work(fetchTools(config.root, place.env, staging))
    } finally {
      closeStaging(config.root, staging)
    }
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw new SvcMockError('PACKAGE_NOT_WRITTEN', `packages cannot be written: ${error.message}`, {
      cause: error,
    })
  }
}

/** A package that can be put in place, or is there already. */
export interface ReadyPackage {
  readonly address: LibraryAddress
  readonly locked: LockedPackage
  readonly manifest: PackageManifest
  /** Where it was unpacked; undefined: it is installed. */
  readonly unpacked: string | undefined
}

/** As locked; without a lock, what the address means now. Rejects as `fetchLibrary` does. */
export const makeReady = async (
  address: LibraryAddress,
  locked: LockedPackage | undefined,
  root: string,
  tools: FetchTools,
): Promise<ReadyPackage> => {
  if (locked !== undefined && isWhole(root, locked)) {
    const manifest = readManifest(installedFolder(root, locked), locked.name)
    return { address, locked, manifest, unpacked: undefined }
  }
  return readyOf(await fetchLibrary(address, tools, locked))
}

export const readyOf = ({
  address,
  name,
  version,
  commit,
  integrity,
  folder,
  manifest,
}: FetchedLibrary): ReadyPackage => ({
  address,
  locked: {
    name,
    version,
    commit,
    integrity,
    services: Object.fromEntries(
      Object.entries(manifest.services).map(([service, { versions }]) => [service, versions]),
    ),
  },
  manifest,
  unpacked: folder,
})

/** All of them, or the first that failed: nothing is left running behind an error. */
export const allReady = async (all: readonly Promise<ReadyPackage>[]): Promise<readonly ReadyPackage[]> => {
  const settled = await Promise.allSettled(all)
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

/**
 * `packages` are all that the workspace has from then on; `edited` is the new text of svc-mock.yaml. First the folders, then the lock,
 * then what names them: whoever is interrupted has more than needed, and nothing that is missing. Throws PACKAGE_CONFLICT before
 * anything has changed.
 */
export const takeOver = async (
  { config }: PackagesWorkspace,
  packages: readonly ReadyPackage[],
  edited?: string,
): Promise<void> => {
  refuseConflicts(config, packages)
  for (const { locked, unpacked } of packages)
    if (unpacked !== undefined) await putInPlace(config.root, locked, unpacked)
  writeLock(config, packages)
  if (edited !== undefined) writeFileSync(config.file, edited)
  // A running proxy may still read from what it started with.
  if (readRunFiles(config.root).length === 0)
    prune(
      config.root,
      packages.map(({ locked }) => locked),
    )
}

const refuseConflicts = (config: Config, packages: readonly ReadyPackage[]): void => {
  const holdings = packages.map(({ address, locked }) => ({ ...locked, address: address.text }))
  const [conflict] = conflicts(holdings, new Set(config.services.map(({ name }) => name)))
  if (conflict === undefined) return
  const { message } = sayConflict(conflict)
  throw new SvcMockError('PACKAGE_CONFLICT', message, {
    hint: `nothing was changed; to use ${conflict.second.name}, first say svc-mock remove ${conflict.first.name}`,
  })
}

const writeLock = (config: Config, packages: readonly ReadyPackage[]): void => {
  const file = lockFileOf(config.file)
  if (packages.length === 0) rmSync(file, { force: true })
  else writeWhole(file, lockText(new Map(packages.map(({ address, locked }) => [address.text, locked]))))
}

/** Names of the files to be committed. */
export const committed = ({ config }: PackagesWorkspace): readonly [string, string] => [
  basename(config.file),
  basename(lockFileOf(config.file)),
]
