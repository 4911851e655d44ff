/**
 * What a program sees of mocks that answer inside it. This file is published as it is, as `svc-mock/node`'s types, so it imports
 * nothing of ours.
 */

export interface OpenOptions {
  /** Services that are in force; others are as if svc-mock.yaml did not name them. Default: all. */
  readonly services?: readonly string[]
  /** Whose calls are that say nothing themselves; default: the workspace's own tenant. */
  readonly tenant?: string
  /** What to do with a call that nothing may answer; it is answered 502 all the same. Default `print`: to stderr, with the nearest mocks. */
  readonly onUnhandled?: 'print' | 'ignore' | ((call: SeenCall) => void)
  /** What becomes of calls of a service that no mock takes, in place of what svc-mock.yaml says of each. */
  readonly onMiss?: 'fail' | 'passthrough'
  /** Every miss fails, and hosts that no service names are refused. */
  readonly strict?: boolean
  /** Of svc-mock.yaml; default: the nearest one from the folder upwards. */
  readonly config?: string
  /** Labels of recordings that are in force, besides those without one; default: all. */
  readonly cases?: readonly string[]
  /** Makes chance repeat: what faults draw by lot, and what scripts are given. */
  readonly seed?: number
  /** Mock files are read again when they change. Default false. */
  readonly watch?: boolean
  /** Where variables are read; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Opens a workspace, without listening anywhere. Rejects with an Error whose `code` is of `svc-mock explain`'s table. */
export type OpenWorkspace = (folder: string, options?: OpenOptions) => Promise<Mocks>

/** Mocks of a workspace, inside this program. */
export interface Mocks extends Disposable, AsyncDisposable {
  /** The workspace's folder, absolute. */
  readonly folder: string
  /**
   * From now on connections of this process to services of the workspace are answered here: of node:http and node:https, fetch, undici and all
   * that is made of them. Other hosts are as the workspace says. Returns the same mocks.
   */
  intercept(): Mocks
  /** Nothing is intercepted any more; calls in flight break off. */
  restore(): void
  /** The calls since the last reset, oldest first. `mock`: only those that it answered. Throws for a name that no mock has. */
  calls(mock?: string): Calls
  /** State, scenarios, counts and calls begin again. */
  reset(): void
  /** What a service does from now on. Throws for a service that there is not. */
  setMode(service: string, mode: 'mock' | 'passthrough' | 'direct'): void
  /** Answers a call that nobody sent. It is seen like any other. Rejects where a mock breaks the connection. */
  answer(request: Request): Promise<Response>
  /** Ends interception, scripts and watching. */
  close(): Promise<void>
}

/** Calls in the order in which they ended. At most the last 10,000 are kept. */
export interface Calls extends ReadonlyArray<SeenCall> {
  /** How many. */
  readonly times: number
  /** Those that nothing could answer: no mock matches, or the host is not known. */
  readonly unmatched: Calls
  /** Those to a service. */
  to(service: string): Calls
  /** Those that fit. */
  where(wanted: WantedCall): Calls
  /** Whether one fits. */
  calledWith(wanted: WantedCall): boolean
}

/**
 * Part of a call. Objects name what must be in them, lists are compared item by item, an expression must be found in a text, a function
 * must return true, and whatever has `asymmetricMatch` (`expect.any(Number)`) is asked.
 */
export interface WantedCall {
  readonly service?: unknown
  readonly method?: unknown
  readonly path?: unknown
  readonly url?: unknown
  /** By name; a text, or a list of texts for several values. */
  readonly query?: Readonly<Record<string, unknown>>
  /** By name in any case; several lines of one name are joined by `, `. */
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly status?: unknown
  readonly tenant?: unknown
}

/** A call that is over. */
export interface SeenCall {
  readonly service: string
  /** Whether svc-mock.yaml names it; else `service` is `host:port`. */
  readonly known: boolean
  readonly protocol: string
  /** `GET /orders/42`, `acme.Inventory/Get`. */
  readonly operation: string
  readonly method: string
  /** Raw. */
  readonly path: string
  /** `http://orders.test.example.com/orders/42?page=1`. */
  readonly url: string
  readonly query: Readonly<Record<string, string | readonly string[]>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed if it is JSON; else text; bytes if it is no text; undefined if there is none, or nobody here read it. */
  readonly body: unknown
  /** Without its codings. */
  readonly bytes: Uint8Array | undefined
  /** 0: nothing was answered. */
  readonly status: number
  readonly outcome: 'mock' | 'passthrough' | 'miss' | 'error'
  readonly mock: { readonly name: string; readonly where: string } | undefined
  /** Why it was refused. */
  readonly problem: SeenProblem | undefined
  readonly tenant: string
  /** Faults that hit, why it passed. */
  readonly note: string | undefined
  readonly durationMs: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface SeenProblem {
  /** `svc-mock explain <code>` tells more. */
  readonly code: string
  readonly message: string
  readonly hint: string
  /** For a call that no mock takes: those that were nearest, and what did not fit. */
  readonly nearest: readonly NearMock[]
}

export interface NearMock {
  readonly mock: string
  /** `file:line:column`. */
  readonly at: string
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}
