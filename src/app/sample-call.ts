/** A call that a mock answers, complete enough to be pasted into a shell. */
export interface SampleCall {
  readonly method: string
  /** As the program under test would call it: `http://orders.test.example.com/orders/42`. */
  readonly url: string
  /** Name and value. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | undefined
  /** `file:line` of the mock. */
  readonly mock: string
}
