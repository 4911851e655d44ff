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

/** A call of gRPC. */
export interface SampleRpc {
  /** `acme.Inventory/Get`. */
  readonly operation: string
  /** As the program under test would name its server: `inventory:50051`. */
  readonly authority: string
  /** Name and value. */
  readonly metadata: readonly (readonly [string, string])[]
  /** As JSON; none: an empty message. */
  readonly messages: readonly string[]
  /** `file:line` of the mock. */
  readonly mock: string
}

export type Sample = SampleCall | SampleRpc
