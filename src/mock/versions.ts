/**
 * Which of a service's versions a call means. What is asked is read as a semver range; what is no semver is
 * compared as it stands.
 */
import { Range, rcompare, SemVer, valid } from 'semver'

/** `v1.4.0` is `1.4.0`; undefined when it is no semver version. */
export const semverOf = (version: string): string | undefined =>
  valid(version.replace(/^v(?=\d)/, '')) ?? undefined

const rangeOf = (asked: string): Range | undefined => {
  try {
    return new Range(asked.replace(/^v(?=\d)/, ''), { includePrerelease: true })
  } catch {
    return undefined
  }
}

/** `v1.4.0` and `1.4.0` are one version; two files without any are, too. */
export const sameVersion = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && semverOf(a) !== undefined && semverOf(a) === semverOf(b))

/** Highest first; releases before prereleases, semver before anything else, the rest by text, longest number runs compared as numbers. */
export const sortVersions = (versions: readonly string[]): string[] =>
  [...versions].sort((a, b) => {
    const [left, right] = [semverOf(a), semverOf(b)]
    if (left !== undefined && right !== undefined) {
      const [leftPre, rightPre] = [isPrerelease(left), isPrerelease(right)]
      return leftPre === rightPre ? rcompare(left, right) : Number(leftPre) - Number(rightPre)
    }
    if (left !== undefined) return -1
    if (right !== undefined) return 1
    return naturalOrder.compare(b, a)
  })

const naturalOrder = new Intl.Collator('en', { numeric: true })

export const isPrerelease = (semver: string): boolean => new SemVer(semver).prerelease.length > 0

/** A test for "this version is what is asked". `1` is any 1.x, `1.4` any 1.4.x, `^1.4` and the like as npm reads them. */
export const versionTest = (asked: string): ((version: string) => boolean) => {
  const range = rangeOf(asked)
  return (version) => {
    const semver = semverOf(version)
    if (range === undefined || semver === undefined) return version === asked
    return range.test(semver) && !beyond(range, semver)
  }
}

/**
 * With includePrerelease `^1.4` also takes 2.0.0-0 (npm's known surprise): a prerelease of the first version
 * that the range excludes is excluded too.
 */
const beyond = (range: Range, semver: string): boolean => {
  if (!isPrerelease(semver)) return false
  const release = semver.replace(/-.*$/, '')
  return !range.test(release) && !range.set.some((all) => all.some((part) => part.semver.version === semver))
}
