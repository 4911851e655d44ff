/** Which mock packages a workspace uses: what `library:` names, as svc-mock.lock has it, where it is installed. Nobody is asked. */
import { basename, join, relative, sep } from 'node:path'
import { satisfies, valid } from 'semver'
import { SvcMockError } from '../core/errors.ts'
import type { SourceLocation } from '../core/source.ts'
import { isAddress, isDistTag, type LibraryAddress, parseAddress } from '../registry/address.ts'
import { type Conflict, conflicts } from '../registry/conflicts.ts'
import { installedFolder, isInstalled } from '../registry/installed.ts'
import { type LockedPackage, type LockedPackages, lockFileOf, readLock } from '../registry/lock.ts'
import { readManifest } from '../registry/manifest.ts'
import type { LibraryFolder } from './config.ts'
import type { Report } from './report.ts'

/** An entry of `library:` that is no folder. */
export interface PackageConfig {
  readonly address: LibraryAddress
  /** Where it stands in the list. */
  readonly position: number
  readonly at: SourceLocation
}

export interface PackagePlace {
  readonly root: string
  /** Absolute path of svc-mock.yaml. */
  readonly file: string
  /** Names of all services that svc-mock.yaml has. */
  readonly services: readonly string[]
}

/** What is no address that we know is told in `report`. */
export const readPackages = (listed: readonly string[], report: Report): readonly PackageConfig[] => {
  const seen = new Set<string>()
  return listed.flatMap((entry, position) => {
    if (!isAddress(entry)) return []
    const parsed = parseAddress(entry)
    if (!parsed.ok) {
      report.add(['library', position], { message: parsed.message, hint: parsed.hint })
      return []
    }
    if (seen.has(entry)) {
      report.add(['library', position], { message: `${entry} is listed twice`, hint: 'remove one of them' })
      return []
    }
    seen.add(entry)
    const { at } = report.layerOf(['library']).locate(['library', position])
    return [{ address: parsed.value, position, at }]
  })
}

/** Folders of what is installed; the first of all has layer `firstLayer`. What is missing, or does not fit, is told in `report`. */
export const packageFolders = (
  packages: readonly PackageConfig[],
  place: PackagePlace,
  firstLayer: number,
  report: Report,
): readonly LibraryFolder[] => {
  if (packages.length === 0) return []
  const lockFile = lockFileOf(place.file)
  report.files.add(lockFile)
  const lock = readLock(lockFile)
  if (lock.problems.length > 0) {
    report.problems.push(...lock.problems)
    return []
  }
  const known = packages.flatMap((one) => {
    const locked = lockedOf(one, lock.packages, lockFile, place.root, report)
    return locked === undefined ? [] : [{ ...one, locked }]
  })
  for (const conflict of conflicts(
    known.map(({ address, locked }) => ({ ...locked, address: address.text })),
    new Set(place.services),
  )) {
    const position = known.find(({ address }) => address.text === conflict.second.address)!.position
    report.add(['library', position], { code: 'PACKAGE_CONFLICT', ...sayConflict(conflict) })
  }
  let layer = firstLayer
  return known.flatMap(({ address, locked, position }) => {
    const folder = installedFolder(place.root, locked)
    const services = new Set(place.services.filter((name) => Object.hasOwn(locked.services, name)))
    try {
      return readManifest(folder, `${locked.name} ${locked.version}`).library.map((inner): LibraryFolder => {
        const path = join(folder, ...inner.split('/'))
        return {
          folder: path,
          display: relative(place.root, path).split(sep).join('/'),
          layer: layer++,
          services,
          origin: { address: address.text, name: locked.name, version: locked.version },
        }
      })
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      report.add(['library', position], {
        code: 'PACKAGE_NOT_INSTALLED',
        message: `${locked.name} ${locked.version} is installed, but damaged`,
        hint: 'repair it: svc-mock install',
      })
      return []
    }
  })
}

export const sayConflict = ({
  first,
  second,
  service,
  version,
}: Conflict): { readonly message: string; readonly hint: string } => {
  const held = version === undefined ? `mocks of ${service} without a version` : `${service} ${version}`
  return {
    message: `${first.name} ${first.version} and ${second.name} ${second.version} both hold ${held}`,
    hint: `remove one of them: svc-mock remove ${first.name === second.name ? `'${second.address}'` : second.name}`,
  }
}

const lockedOf = (
  { address, position }: PackageConfig,
  lock: LockedPackages,
  lockFile: string,
  root: string,
  report: Report,
): LockedPackage | undefined => {
  const complain = (
    message: string,
    code: 'PACKAGE_NOT_INSTALLED' | 'LOCK_INVALID',
    hint: string,
  ): undefined => {
    report.add(['library', position], { code, message, hint })
    return undefined
  }
  const locked = lock.get(address.text)
  const shown = basename(lockFile)
  if (locked === undefined)
    return complain(
      `${address.text} is not installed: ${shown} does not know it`,
      'PACKAGE_NOT_INSTALLED',
      'install it: svc-mock install',
    )
  const why = whyNotMeant(address, locked)
  if (why !== undefined)
    return complain(
      `${shown} does not fit ${address.text}: ${why}`,
      'LOCK_INVALID',
      'lock it anew: svc-mock update',
    )
  if (!isInstalled(root, locked))
    return complain(
      `${locked.name} ${locked.version} is not installed here (${address.text})`,
      'PACKAGE_NOT_INSTALLED',
      'install what svc-mock.lock says: svc-mock install',
    )
  return locked
}

/** A lock that was edited by hand, or merged wrongly. */
const whyNotMeant = (address: LibraryAddress, locked: LockedPackage): string | undefined => {
  if (address.kind === 'git') {
    if (locked.commit === undefined) return 'it names no commit'
    const whole = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(address.ref ?? '')
    return whole && address.ref !== locked.commit
      ? `it has the commit ${locked.commit.slice(0, 12)}`
      : undefined
  }
  if (locked.name !== address.name) return `it has the package ${locked.name}`
  if (valid(locked.version) === null) return `${locked.version} is no version`
  const fits = isDistTag(address.range) || satisfies(locked.version, address.range)
  return fits ? undefined : `it has version ${locked.version}`
}
