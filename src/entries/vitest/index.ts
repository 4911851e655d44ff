/** `svc-mock/vitest`: mocks as a fixture or by hooks, and matchers that ask them what was called. */
import { installMatchers } from './matchers.ts'

export type * from '../node/index.ts'
export { mocksFixture, type UseOptions, useMocks } from './hooks.ts'
export type { CalledOptions, MocksAssertion, MocksMatchers } from './types.ts'

installMatchers()
