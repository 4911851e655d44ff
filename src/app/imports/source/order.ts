/**
 * Tools that take the first mock that matches, as priorities. A mock gets one only where an earlier one could match the same call, so
 * that mocks of one path and method keep the default and a mock of the user's own still comes before them.
 */
import { SpecError } from '../../../core/matcher.ts'
import { defaultPriority } from '../../../mock/file-schema.ts'
import { type PathPattern, parsePathPattern, type Segment } from '../../../mock/path-pattern.ts'
import type { MadeMock } from '../generated-file.ts'

interface Shape {
  readonly method: string | undefined
  readonly scenario: string | undefined
  readonly state: string | undefined
  readonly pattern: PathPattern | undefined
}

/** `mocks`: the one that wins comes first. */
export const inOrder = (mocks: readonly MadeMock[]): readonly MadeMock[] => {
  const shapes = mocks.map(shapeOf)
  const ranks: number[] = []
  return mocks.map((mock, i) => {
    let rank = defaultPriority
    for (let earlier = 0; earlier < i; earlier++)
      if (ranks[earlier]! >= rank && mayMeet(shapes[earlier]!, shapes[i]!)) rank = ranks[earlier]! + 1
    ranks.push(rank)
    const { name, ...rest } = mock
    return rank === defaultPriority ? mock : { name, priority: rank, ...rest }
  })
}

const shapeOf = ({ request, scenarioName, requiredScenarioState }: MadeMock): Shape => {
  const { method, path } = (request ?? {}) as { readonly method?: string; readonly path?: string }
  const shape = {
    method,
    scenario: scenarioName as string | undefined,
    state: requiredScenarioState as string | undefined,
  }
  try {
    return { ...shape, pattern: path === undefined ? undefined : parsePathPattern(path) }
  } catch (error) {
    if (error instanceof SpecError) return { ...shape, pattern: undefined }
    throw error
  }
}

/** Whether one call could fit both; true where that cannot be told. */
const mayMeet = (a: Shape, b: Shape): boolean => {
  if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return false
  // One scenario is in one state.
  if (a.scenario !== undefined && a.scenario === b.scenario && a.state !== undefined && b.state !== undefined)
    if (a.state !== b.state) return false
  return (
    a.pattern === undefined || b.pattern === undefined || pathsMeet(a.pattern.segments, b.pattern.segments)
  )
}

const pathsMeet = (a: readonly Segment[], b: readonly Segment[]): boolean => {
  const openA = a.at(-1)?.kind === 'rest'
  const openB = b.at(-1)?.kind === 'rest'
  if (!openA && !openB && a.length !== b.length) return false
  if (openA && !openB && b.length < a.length) return false
  if (openB && !openA && a.length < b.length) return false
  return a.every((one, i) => {
    const other = b[i]
    if (other === undefined || one.kind === 'rest' || other.kind === 'rest') return true
    if (one.kind === 'literal') return other.kind === 'literal' ? one.text === other.text : one.text !== ''
    return other.kind !== 'literal' || other.text !== ''
  })
}
