/** The matcher as the program has it. */
import { createPactMatcher } from '../../../src/app/pact/matcher.ts'
import type { SpecVersion } from '../../../src/contract/formats/pact/file/parts.ts'
import { type CaseKind, matchCase } from '../../../src/contract/formats/pact/match-case.ts'
import type { Mismatch } from '../../../src/contract/formats/pact/mismatch.ts'

export const matcher = createPactMatcher()

/** `text`: JSON of `{ expected, actual }`. Throws what the case answers as an error. */
export const mismatchesOf = (text: string, kind: CaseKind, spec: SpecVersion): readonly Mismatch[] => {
  const answer = matchCase(text, { kind, spec }, matcher)
  if ('error' in answer) throw new Error(answer.error.message)
  return answer.mismatches
}
