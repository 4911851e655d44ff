/** What `test` needs to print; made by test-mocks.ts. */

export interface TestView {
  readonly passed: number
  readonly failed: number
  /** Mock files looked at, with or without examples. */
  readonly files: number
  readonly examples: readonly TestedExample[]
  /** Of the files looked at. */
  readonly mocks: number
  /** Those that answered no example. */
  readonly unreached: readonly { readonly name: string; readonly at: string }[]
  readonly durationMs: number
}

export interface TestedExample {
  readonly name: string
  /** The mock that it stands under. */
  readonly mock: string | undefined
  /** Relative to the workspace. */
  readonly file: string
  /** `file:line:column`. */
  readonly at: string
  readonly steps: number
  readonly ok: boolean
  readonly durationMs: number
  readonly failure: ExampleFailure | undefined
}

export interface ExampleFailure {
  /** From 1; those behind it were not made. */
  readonly step: number
  /** `GET /orders/42`. */
  readonly operation: string
  /** `file:line:column` of the step. */
  readonly at: string
  readonly unexpected: readonly FailedExpectation[]
  readonly answeredBy: { readonly name: string; readonly at: string } | undefined
  readonly nearest: readonly NearestMock[]
  /** In sentences: why another mock won, what was there, what to write. */
  readonly notes: readonly string[]
}

export interface FailedExpectation {
  /** `status`, `headers.location`, `body.items[0].sku`, `mock`, `fault`. */
  readonly clause: string
  readonly expected: string
  readonly actual: string
  /** `file:line:column` of the condition. */
  readonly at: string
}

export interface NearestMock {
  readonly mock: string
  readonly at: string
  readonly version: string | undefined
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}
