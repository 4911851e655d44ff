/** What `svc-mock/msw` publishes beside its functions: as it is, so it imports nothing of ours. */

/** What `openWorkspace` of svc-mock/node gives, or the module `virtual:svc-mock` in a page. */
export interface MockedWorkspace {
  /** State, scenarios and counts begin again. */
  reset(): void
}

export interface HandlerOptions {
  /** Services that are answered; default: all. */
  readonly services?: readonly string[]
  /** Whose calls are that say nothing themselves; default: the workspace's own tenant. */
  readonly tenant?: string
  /**
   * Addresses for paths of the page's own origin, as a development server's proxy has them:
   * `{ '/api/orders': 'http://orders.test.example.com' }` makes `/api/orders/42` a call to `http://orders.test.example.com/42`.
   */
  readonly paths?: Readonly<Record<string, string>>
  /** What is one's own origin: `http://localhost:5173`. Default: the page's; in node none, so that `paths` hold for every origin. */
  readonly origin?: string
}

/**
 * What becomes of a call to a mocked service that no mock takes, once it has been told with the nearest mocks. `warn`: it goes on to the network.
 * `error`: it fails as if there were no network. `answer`: it gets what the proxy answers, 502 and the nearest mocks as
 * `application/problem+json`.
 */
export type Unhandled = 'warn' | 'error' | 'answer'

export interface UnhandledOptions {
  /** Where it is told; default `console.warn`, and `console.error` for `error`. */
  readonly print?: (text: string) => void
}
