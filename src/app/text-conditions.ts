/** Conditions on text and bodies for settings of svc-mock.yaml, with the operators of mock files. */
import type { BodyCondition, TextCondition } from '../core/matcher.ts'
import { compileBody, compileText } from '../matchers/compilers.ts'
import { createPackageLoader } from '../mock/load/packages.ts'
import { createRegexTester } from '../mock/load/regex-guard.ts'

/** Throws SpecError. Made when the first is asked for: most workspaces have none. */
export const textConditions = (): ((spec: unknown) => TextCondition) => {
  let regex: ReturnType<typeof createRegexTester> | undefined
  return (spec) => {
    regex ??= createRegexTester()
    return compileText(spec, { regex, now: () => Date.now(), load: createPackageLoader() })
  }
}

/** The same on bodies. */
export const bodyConditions = (): ((spec: unknown) => BodyCondition) => {
  let regex: ReturnType<typeof createRegexTester> | undefined
  return (spec) => {
    regex ??= createRegexTester()
    return compileBody(spec, { regex, now: () => Date.now(), load: createPackageLoader() })
  }
}
