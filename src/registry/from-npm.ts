/** A mock package of an npm registry. */
import { SvcMockError } from '../core/errors.ts'
import type { NpmAddress } from './address.ts'
import type { PackageCache } from './cache.ts'
import type { FetchTools } from './fetch-tools.ts'
import { belongs, fromCache, type Got, manifestIn, refuseOther } from './got.ts'
import type { LockedPackage } from './lock.ts'
import { manifestFile } from './manifest.ts'
import { npmTarball, npmVersions } from './npm.ts'
import { integrityOf } from './package-files.ts'
import { unpack } from './unpack.ts'

export const fromNpm = async (
  address: NpmAddress,
  tools: FetchTools,
  cache: PackageCache,
  locked: LockedPackage | undefined,
): Promise<Got> => {
  const { name } = address
  const version = locked?.version ?? (await npmVersions(address, tools)).wanted
  const shown = `${name} ${version}`
  const kept = locked === undefined ? undefined : fromCache(cache, locked.integrity, integrityOf)
  const tarball = kept ?? (await asLocked(locked, npmTarball(name, version, tools, tools.into)))
  const integrity = integrityOf(tarball)
  refuseOther(shown, integrity, locked)
  const all = unpack(tarball, shown)
  const manifest = manifestIn(all, shown)
  if (manifest === undefined)
    throw new SvcMockError('PACKAGE_INVALID', `${shown} is no mock package: it has no ${manifestFile}`, {
      hint: 'is the name right? mock packages are made by svc-mock pack',
    })
  if (kept === undefined) cache.put(integrity, tarball)
  const wants = belongs(manifest.library, manifest)
  const files = new Map([...all].filter(([path]) => wants(path)))
  return { shown, name, version, commit: undefined, integrity, files, manifest, library: manifest.library }
}

/** A version that is locked was there once. */
const asLocked = async (
  locked: LockedPackage | undefined,
  fetching: Promise<Uint8Array>,
): Promise<Uint8Array> => {
  try {
    return await fetching
  } catch (error) {
    if (locked === undefined || !(error instanceof SvcMockError) || error.code !== 'PACKAGE_NOT_FOUND')
      throw error
    throw new SvcMockError('PACKAGE_NOT_FOUND', error.message, {
      hint: `it was unpublished, or this is another registry; take what is there now: svc-mock update ${locked.name}`,
    })
  }
}
