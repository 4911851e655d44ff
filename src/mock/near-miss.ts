/**
 * Why no mock matched: the nearest ones and the clause on which each failed. All of it happens only on a
 * miss, and looks at a bounded number of mocks.
 */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { Mismatch } from '../core/matcher.ts'
import { formatLocation } from '../core/source.ts'
import type { CompiledMock } from './compiled.ts'
import type { MockIndex, ServiceMocks } from './mock-index.ts'
import { captureParams, fitsSegment, matchesPath, splitPath } from './path-pattern.ts'
import { askedVersion } from './select.ts'
import { mocksAt } from './trie.ts'
import { versionTest } from './versions.ts'

export interface FailedClause {
  /** `method`, `path`, `version`, `query.page`, `body.items[0].sku`. */
  readonly clause: string
  readonly expected: string
  readonly actual: string
  readonly code?: 'REGEX_TIMEOUT'
}

export interface NearMiss {
  readonly mock: string
  /** `file:line:column`. */
  readonly at: string
  readonly version: string | undefined
  /** Most important first. */
  readonly failed: readonly FailedClause[]
}

const examinedAtMost = 1_000
const shownAtMost = 3

/** Weights of a failed clause, so that the mock a person would call nearest comes first: another path is further than another value. */
const weights = { path: 10, method: 3, version: 2, clause: 1 }

/** How far a mock is from taking a call. */
export interface RankedMiss {
  readonly mock: CompiledMock
  /** Weights of all that failed, more than 0. */
  readonly distance: number
  /** Most important first. */
  readonly failed: readonly FailedClause[]
}

/** The nearest mocks of the call's service, nearest first. */
export const nearMisses = async (index: MockIndex, call: Call, count = shownAtMost): Promise<NearMiss[]> =>
  (await rankedMisses(index, call, count)).map(({ mock, failed }) => ({
    mock: mock.name,
    at: formatLocation(mock.at),
    version: mock.version,
    failed,
  }))

/** The same with the mocks themselves. */
export const rankedMisses = async (
  index: MockIndex,
  call: Call,
  count = shownAtMost,
): Promise<RankedMiss[]> => {
  const mocks = index.service(call.service.name)
  if (mocks === undefined) return []
  const segments = splitPath(call.path)
  const examined = toExamine(mocks, segments)
  const body = examined.some((mock) => mock.needsBody)
    ? await call.body.read(call.service.bodyLimit)
    : undefined
  const asked = askedVersion(call)
  const judge = asked === undefined ? undefined : { asked, fits: versionTest(asked) }
  return examined
    .map((mock) => measure(mock, call, segments, body, judge))
    .sort((a, b) => a.distance - b.distance || a.mock.rank - b.mock.rank)
    .slice(0, count)
}

/** One mock that does not take the call, whatever version it belongs to. `body` is asked for when the mock needs it. */
export const missOf = (mock: CompiledMock, call: Call, body: DecodedBody | undefined): RankedMiss =>
  measure(mock, call, splitPath(call.path), body, undefined)

/** Mocks of the same shape first: with a hundred thousand mocks the right ones must be among those looked at. */
const toExamine = (mocks: ServiceMocks, segments: readonly string[]): readonly CompiledMock[] => {
  if (mocks.mocks.length <= examinedAtMost) return mocks.mocks
  const same = new Set<CompiledMock>()
  for (const version of mocks.versions) {
    for (const spot of version.trie.find(segments)) {
      for (const mock of mocksAt(spot)) {
        if (same.size >= examinedAtMost) return [...same]
        same.add(mock)
      }
    }
  }
  for (const mock of mocks.mocks) {
    if (same.size >= examinedAtMost) break
    same.add(mock)
  }
  return [...same]
}

interface VersionJudge {
  readonly asked: string
  fits(version: string): boolean
}

const measure = (
  mock: CompiledMock,
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
  judge: VersionJudge | undefined,
): RankedMiss => {
  const failed: FailedClause[] = []
  let distance = 0
  if (!matchesPath(mock.pattern, segments)) {
    failed.push(
      mock.operation === undefined
        ? { clause: 'path', expected: mock.pattern.source, actual: call.path }
        : { clause: 'method', expected: mock.operation, actual: call.operation },
    )
    distance += weights.path * (0.2 + pathDistance(mock, segments))
  }
  if (mock.method !== undefined && mock.method !== call.method) {
    failed.push({ clause: mock.methodKey, expected: mock.method, actual: call.method })
    distance += weights.method
  }
  if (judge !== undefined && mock.version !== undefined && !judge.fits(mock.version)) {
    failed.push({ clause: 'version', expected: mock.version, actual: judge.asked })
    distance += weights.version
  }
  if (distance < weights.path * 0.2) failed.push(...failedParams(mock, segments))
  for (const clause of mock.clauses) {
    if (clause.test(call, body)) continue
    failed.push(inWords(clause.label, clause.describe(), clause.mismatch(call, body)))
  }
  if (failed.length === 0) {
    // Everything fits, but a higher version with mocks of this shape was used (design: lower ones are near misses only).
    failed.push({
      clause: 'version',
      expected: mock.version ?? 'any',
      actual: 'a higher version has mocks of this path',
    })
  }
  return { mock, failed, distance: distance + failed.length * weights.clause }
}

const failedParams = (mock: CompiledMock, segments: readonly string[]): FailedClause[] => {
  const values = captureParams(mock.pattern, segments)
  return [...mock.params].flatMap(([name, condition]) => {
    const given = values[name] === undefined ? [] : [values[name]]
    return condition.test(given)
      ? []
      : [inWords(`params.${name}`, condition.describe(), condition.mismatch(given))]
  })
}

const inWords = (label: string, expected: string, mismatch: Mismatch | undefined): FailedClause => {
  if (mismatch === undefined) return { clause: label, expected, actual: 'something else' }
  const dot = mismatch.path === '' || mismatch.path.startsWith('[') ? '' : '.'
  return {
    clause: `${label}${dot}${mismatch.path}`,
    expected: mismatch.expected,
    actual: mismatch.actual,
    ...(mismatch.code !== undefined && { code: mismatch.code }),
  }
}

/** 0 when all but nothing differs, 1 when nothing fits: the share of segments that do not fit. */
const pathDistance = (mock: CompiledMock, segments: readonly string[]): number => {
  const pattern = mock.pattern.segments
  const length = Math.max(pattern.length, segments.length)
  let misfits = 0
  for (let i = 0; i < length; i++) {
    const segment = pattern[i]
    const value = segments[i]
    if (segment?.kind === 'rest') break
    if (segment === undefined || value === undefined || !fitsSegment(segment, value)) misfits++
  }
  return misfits / length
}
