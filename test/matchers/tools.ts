/** What the matchers' tests compile with: the real regular expressions and packages, and a clock that stands. */
import { decodedBody } from '../../src/core/decoded-body.ts'
import type { Condition, MatcherTools } from '../../src/core/matcher.ts'
import { createCompilers } from '../../src/matchers/compilers.ts'
import type { Sample } from '../../src/matchers/operator.ts'
import { createPackageLoader } from '../../src/mock/load/packages.ts'
import { createRegexTester } from '../../src/mock/load/regex-guard.ts'

export const tools: MatcherTools = {
  regex: createRegexTester(),
  now: () => Date.UTC(2026, 2, 15, 12, 34, 56, 789),
  load: createPackageLoader(),
}

export const compilers = createCompilers(tools)

export const bodyOf = (text: string, contentType = '') =>
  decodedBody(new TextEncoder().encode(text), contentType)

export const compile = ({ position, spec }: Pick<Sample, 'position' | 'spec'>): Condition<never> =>
  compilers[position](spec)

export const sampleValue = ({ position, value, contentType }: Sample): never =>
  (position === 'body' ? bodyOf(value as string, contentType) : value) as never
