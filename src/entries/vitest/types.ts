/** What vitest's `expect` and test context know of mocks. */
import type { Assertion } from 'vitest'
import type { Mocks, WantedCall } from '../../app/in-process/public.ts'

export interface CalledOptions {
  /** Exactly so often; default: at least once. */
  readonly times?: number
  /** Only calls that fit. */
  readonly with?: WantedCall
}

export interface MocksMatchers {
  /** The mock of this name has answered a call; without a name: any call was made. */
  toHaveBeenCalled(mock?: string, options?: CalledOptions): void
  toHaveBeenCalledTimes(times: number): void
  toHaveBeenCalledTimes(mock: string, times: number): void
  toHaveBeenCalledWith(wanted: WantedCall): void
  toHaveBeenCalledWith(mock: string, wanted: WantedCall): void
  /** Something answered every call. */
  toHaveNoUnmatchedCalls(): void
}

/** Vitest's other matchers are there, too. */
type Others = Omit<Assertion, keyof MocksMatchers | 'not'>

export type MocksAssertion = Others & MocksMatchers & { readonly not: Others & MocksMatchers }

declare module 'vitest' {
  interface ExpectStatic {
    // An actual value of type any is not meant.
    // biome-ignore lint/style/useShorthandFunctionType: it is added to vitest's interface
    <T extends Mocks>(actual: 0 extends 1 & T ? never : T, message?: string): MocksAssertion
  }
  interface TestContext {
    /** Where `useMocks` or `svc-mock/vitest/setup` are in force. */
    mocks: Mocks
  }
}
