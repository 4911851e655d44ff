/** Pact's matcher with what this process has: bounded expressions, and packages loaded when they are needed. */
import { PactMatcher } from '../../contract/formats/pact/match.ts'
import { createPackageLoader } from '../../mock/load/packages.ts'
import { createRegexTester } from '../../mock/load/regex-guard.ts'

export const createPactMatcher = (): PactMatcher =>
  new PactMatcher({ regex: createRegexTester(), load: createPackageLoader(), now: () => Date.now() })
