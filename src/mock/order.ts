/**
 * Which mock wins: a total order over the mocks of one service. Readers of mock files rely on it; it is
 * told in docs/mock-files.md in the same sequence.
 */
import type { CompiledMock } from './compiled.ts'
import { segmentRank } from './path-pattern.ts'

interface Criterion {
  /** For `explain`: "because its …". */
  readonly because: string
  compare(a: CompiledMock, b: CompiledMock): number
}

export const criteria: readonly Criterion[] = [
  { because: 'priority is lower', compare: (a, b) => a.priority - b.priority },
  { because: 'library comes first', compare: (a, b) => a.layer - b.layer },
  {
    because: 'method is given',
    compare: (a, b) => Number(a.method === undefined) - Number(b.method === undefined),
  },
  { because: 'path is more literal', compare: (a, b) => comparePaths(a, b) },
  { because: 'request has more clauses', compare: (a, b) => b.weight - a.weight },
  { because: 'file sorts last', compare: (a, b) => compareText(b.at.file, a.at.file) },
  { because: 'place in the file is later', compare: (a, b) => b.position - a.position },
]

/** Negative when `a` wins over `b`. */
export const compareMocks = (a: CompiledMock, b: CompiledMock): number => {
  for (const criterion of criteria) {
    const order = criterion.compare(a, b)
    if (order !== 0) return order
  }
  return 0
}

/** Why `winner` stands before `other`, as the end of a sentence. */
export const whyBefore = (winner: CompiledMock, other: CompiledMock): string =>
  criteria.find((criterion) => criterion.compare(winner, other) !== 0)?.because ?? 'place is the same'

const ranks = (mock: CompiledMock): number[] =>
  mock.pattern.segments.map((segment) =>
    segment.kind === 'param' && mock.params.has(segment.name)
      ? segmentRank.conditioned
      : segmentRank[segment.kind],
  )

const comparePaths = (a: CompiledMock, b: CompiledMock): number => {
  if (a.pattern === b.pattern) return 0
  const [left, right] = [ranks(a), ranks(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!
  }
  return 0
}

/** Code-unit order, the same on every machine whatever its locale. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
