/** Versions and tarballs of npm packages. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { maxSatisfying, satisfies } from 'semver'
import { SvcMockError } from '../core/errors.ts'
import { isDistTag, type NpmAddress } from './address.ts'
import { packageLimits } from './package-files.ts'
import { type NpmPlace, npmFailed, npmJson, runNpm } from './run-npm.ts'

export interface NpmVersions {
  /** What the address asks for, as of now. */
  readonly wanted: string
  /** Of the dist-tag `latest`, else the highest of all. */
  readonly latest: string
}

/** Asks the registry. Rejects with PACKAGE_NOT_FOUND, REGISTRY_FAILED. */
export const npmVersions = async (
  { name, range, text }: Pick<NpmAddress, 'name' | 'range' | 'text'>,
  place: NpmPlace,
): Promise<NpmVersions> => {
  const answer = await npmJson(['view', name, 'versions', 'dist-tags'], place, name)
  const { versions, tags } = readView(answer)
  if (versions.length === 0)
    throw new SvcMockError('PACKAGE_NOT_FOUND', `${name} has no versions`, {
      hint: 'check the name; was everything unpublished?',
    })
  const latest = tags['latest'] ?? maxSatisfying(versions, '*') ?? versions.at(-1)!
  const wanted = pick(range, versions, tags)
  if (wanted !== undefined) return { wanted, latest }
  const known = isDistTag(range)
    ? `it has the tags ${Object.keys(tags).sort().join(', ')}`
    : `the latest is ${latest}`
  throw new SvcMockError('PACKAGE_NOT_FOUND', `no version of ${name} fits ${range}: ${known}`, {
    hint: `correct ${text}`,
  })
}

/** As npm chooses (npm-pick-manifest): a version that is tagged `latest` is taken if it fits, else the highest that does. */
const pick = (
  range: string,
  versions: readonly string[],
  tags: Readonly<Record<string, string>>,
): string | undefined => {
  if (isDistTag(range)) return tags[range]
  const latest = tags['latest']
  if (latest !== undefined && satisfies(latest, range)) return latest
  return maxSatisfying(versions, range) ?? undefined
}

const readView = (
  answer: unknown,
): { readonly versions: readonly string[]; readonly tags: Readonly<Record<string, string>> } => {
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<
    Record<string, unknown>
  >
  // Where there is one value only, npm gives it without the list around it.
  const versions = [fields['versions'] ?? []].flat().filter((one) => typeof one === 'string')
  const tags = typeof fields['dist-tags'] === 'object' ? (fields['dist-tags'] ?? {}) : {}
  return { versions, tags: tags as Readonly<Record<string, string>> }
}

/** The tarball of one version, as npm verified it against the registry. Rejects with PACKAGE_NOT_FOUND, PACKAGE_INTEGRITY, REGISTRY_FAILED. */
export const npmTarball = async (
  name: string,
  version: string,
  place: NpmPlace,
  into: string,
): Promise<Uint8Array> => {
  const folder = mkdtempSync(join(into, '.npm-'))
  try {
    const shown = `${name}@${version}`
    const result = await runNpm(['pack', shown, '--json'], place, {
      'pack-destination': folder,
      'ignore-scripts': 'true',
    })
    const file = readdirSync(folder).find((one) => one.endsWith('.tgz'))
    if (result.code !== 0 || file === undefined) throw npmFailed(result, shown)
    if (statSync(join(folder, file)).size > packageLimits.tarball)
      throw new SvcMockError(
        'PACKAGE_INVALID',
        `${shown} cannot be installed: its tarball has more than ${packageLimits.tarball / 1024 / 1024} MB`,
      )
    return readFileSync(join(folder, file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
