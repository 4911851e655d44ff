/** `svc-mock outdated`: what registries and repositories have by now, beside what is locked. Nothing changes. */
import type { LibraryAddress } from '../../registry/address.ts'
import { gitCommit } from '../../registry/git-files.ts'
import type { LockedPackage } from '../../registry/lock.ts'
import { npmVersions } from '../../registry/npm.ts'
import { chosenPackages } from './chosen.ts'
import type { OutdatedPackage } from './package-view.ts'
import { openPackages, type PackagesPlace } from './workspace-packages.ts'

/** Rejects with FLAG_INVALID, LOCK_INVALID, PACKAGE_NOT_FOUND, REGISTRY_FAILED, GIT_FAILED. */
export const outdatedPackages = async (
  names: readonly string[],
  place: PackagesPlace,
): Promise<readonly OutdatedPackage[]> => {
  const workspace = openPackages(place)
  const { config, locked } = workspace
  const { root } = config
  return Promise.all(
    chosenPackages(workspace, names).map(({ address }) =>
      outdated(address, locked.get(address.text), { cwd: root, env: place.env }),
    ),
  )
}

const outdated = async (
  address: LibraryAddress,
  locked: LockedPackage | undefined,
  place: Pick<PackagesPlace, 'cwd' | 'env'>,
): Promise<OutdatedPackage> => {
  if (address.kind === 'git') {
    const commit = await gitCommit(address, place)
    const state = locked?.commit === commit ? 'current' : 'update'
    const shown = commit.slice(0, 12)
    return {
      address: address.text,
      name: locked?.name ?? address.url,
      current: locked?.commit?.slice(0, 12) ?? null,
      wanted: shown,
      latest: shown,
      state,
    }
  }
  const { wanted, latest } = await npmVersions(address, place)
  const current = locked?.version ?? null
  const state = current !== wanted ? 'update' : latest !== wanted ? 'newer outside the range' : 'current'
  return { address: address.text, name: address.name, current, wanted, latest, state }
}
