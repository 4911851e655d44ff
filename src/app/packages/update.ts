/** `svc-mock update`: what the addresses mean now, and what that changes for the workspace, mock by mock. */
import { SvcMockError } from '../../core/errors.ts'
import type { LibraryAddress } from '../../registry/address.ts'
import { type FetchTools, fetchLibrary } from '../../registry/fetch.ts'
import { gitCommit } from '../../registry/git-files.ts'
import { installedFolder, isWhole } from '../../registry/installed.ts'
import type { LockedPackage } from '../../registry/lock.ts'
import { readManifest } from '../../registry/manifest.ts'
import { npmVersions } from '../../registry/npm.ts'
import { type Config, openWorkspace } from '../workspace.ts'
import { afterUpdate } from './after-update.ts'
import { mockChanges } from './changes.ts'
import { chosenPackages } from './chosen.ts'
import { inspectPackage, type PackagedMock } from './inspect.ts'
import type { UpdatedPackage, UpdateView } from './package-view.ts'
import {
  allReady,
  committed,
  makeReady,
  openPackages,
  type PackagesPlace,
  type ReadyPackage,
  readyOf,
  takeOver,
  withStaging,
} from './workspace-packages.ts'

/** Rejects with FLAG_INVALID, LOCK_INVALID, PACKAGE_CONFLICT, and as `fetchLibrary` does. */
export const updatePackages = async (names: readonly string[], place: PackagesPlace): Promise<UpdateView> => {
  const workspace = openPackages(place)
  const { config, locked } = workspace
  const chosen = chosenPackages(workspace, names)
  const { ready, updated } = await withStaging(workspace, async (tools) => {
    const ready = await allReady(
      config.packages.map((one) =>
        chosen.includes(one)
          ? newest(one.address, locked.get(one.address.text), config.root, tools)
          : makeReady(one.address, locked.get(one.address.text), config.root, tools),
      ),
    )
    const updated: UpdatedPackage[] = []
    for (const one of ready) {
      const old = locked.get(one.address.text)
      if (one.unpacked === undefined || old?.integrity === one.locked.integrity) continue
      updated.push({
        address: one.address.text,
        name: one.locked.name,
        from: old === undefined ? null : shownVersion(old),
        to: shownVersion(one.locked),
        changes: mockChanges(
          await mocksBefore(one.address, old, config.root, tools),
          (await inspectPackage(one.unpacked, one.manifest.library)).mocks,
        ),
      })
    }
    await takeOver(workspace, ready)
    return { ready, updated }
  })
  const isUpdated = ({ address }: ReadyPackage): boolean =>
    updated.some((one) => one.address === address.text)
  return {
    updated,
    unchanged: ready
      .filter((one, i) => chosen.includes(config.packages[i]!) && !isUpdated(one))
      .map(({ locked: { name, ...one } }) => ({ name, version: shownVersion(one) })),
    problems: updated.length === 0 ? [] : await looked(place, updated),
    files: updated.length === 0 ? [] : committed(workspace).slice(1),
  }
}

/** As people know it: of git the commit, since its version need not change. */
const shownVersion = ({ version, commit }: Pick<LockedPackage, 'version' | 'commit'>): string =>
  commit === undefined || commit.startsWith(version) ? version : `${version} (${commit.slice(0, 12)})`

const newest = async (
  address: LibraryAddress,
  old: LockedPackage | undefined,
  root: string,
  tools: FetchTools,
): Promise<ReadyPackage> => {
  const isCurrent =
    old !== undefined &&
    (address.kind === 'git'
      ? old.commit === (await gitCommit(address, tools))
      : old.version === (await npmVersions(address, tools)).wanted)
  return isCurrent ? makeReady(address, old, root, tools) : readyOf(await fetchLibrary(address, tools))
}

/** Where what was locked cannot be had any more, everything counts as new. */
const mocksBefore = async (
  address: LibraryAddress,
  old: LockedPackage | undefined,
  root: string,
  tools: FetchTools,
): Promise<readonly PackagedMock[]> => {
  if (old === undefined) return []
  if (isWhole(root, old)) {
    const folder = installedFolder(root, old)
    return (await inspectPackage(folder, readManifest(folder, old.name).library)).mocks
  }
  try {
    const { folder, manifest } = await fetchLibrary(address, tools, old)
    return (await inspectPackage(folder, manifest.library)).mocks
  } catch (error) {
    if (error instanceof SvcMockError) return []
    throw error
  }
}

const looked = async (
  place: PackagesPlace,
  updated: readonly UpdatedPackage[],
): Promise<UpdateView['problems']> => {
  const config: Config = openWorkspace(place).config
  const found = await Promise.all(afterUpdate.map((look) => look(config, updated)))
  return found.flat()
}
