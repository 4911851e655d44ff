/** What `init` writes. The workspace answers a call at once, and each file says what to change. */

export interface InitFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string
  readonly text: string
}

const schema = (name: string): string =>
  `# yaml-language-server: $schema=https://unpkg.com/svc-mock/schemas/${name}.schema.json`

const workspace = `${schema('svc-mock')}
# What this service calls, and how each of it is treated. All settings: svc-mock's docs/workspace.md
listen: 127.0.0.1:8700 # the proxy: HTTP_PROXY=http://127.0.0.1:8700
library: [./mocks]
services:
  orders:
    hosts: [orders.test.example.com] # calls to these hosts are calls to orders
    version: ^1.0 # of the mocks below
`

const local = `# Yours alone, not committed: the same settings as svc-mock.yaml, and they win.
# tenant: ${'your-name'}
# services:
#   orders: { mode: passthrough } # mock | passthrough | direct
`

const mocks = `${schema('mock-file')}
# Service and version come from the folders: orders, 1.0.0. Save the file and it takes effect.
mocks:
  - name: order is found
    request:
      method: GET
      path: /orders/{id}
      params: { id: { $matches: '\\d+' } }
    response:
      body: { id: 42, state: OPEN, total: 12.5 }
    examples: # calls and how they are answered; svc-mock test runs them
      - request: { path: /orders/42 }
        expect: { status: 200, body: { state: OPEN } }

  - name: order is placed
    request: { method: POST, path: /orders, body: { amount: { $lessThanOrEqual: 10000 } } }
    response:
      status: 201
      headers: { location: /orders/43 }
      body: { id: 43, state: OPEN }

  - name: large orders are refused
    request: { method: POST, path: /orders, body: { amount: { $greaterThan: 10000 } } }
    response: { status: 422, body: { code: LIMIT } }
    examples:
      - request: { body: { amount: 20000 } }
        expect: { status: 422 }
`

export const initFiles: readonly InitFile[] = [
  { path: 'svc-mock.yaml', text: workspace },
  { path: 'svc-mock.local.yaml', text: local },
  { path: 'mocks/orders/1.0.0/orders.yaml', text: mocks },
]

/** Order matters to git: the exception comes after what it excepts from. */
export const ignoredByGit: readonly string[] = [
  '.svc-mock/*',
  '!.svc-mock/fakes.lock',
  'svc-mock.local.yaml',
  'mocks.local/',
]

/** Ready to paste once `start` runs. */
export const firstCall = 'curl -x http://127.0.0.1:8700 http://orders.test.example.com/orders/42'
