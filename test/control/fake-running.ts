/** A Running without a proxy. */
import { MockLibrary } from '../../src/app/mock-library.ts'
import { RunTimeDesk } from '../../src/app/run-time/desk.ts'
import type { CallRecord, DrillView, Running, ServiceView } from '../../src/app/running.ts'
import { SvcMockError } from '../../src/core/errors.ts'
import type { Mode } from '../../src/core/service-entry.ts'

const service = (mode: Mode): ServiceView => ({
  name: 'orders',
  protocol: 'http',
  mode,
  version: '1.0.0',
  listen: undefined,
  hosts: ['orders.test'],
  upstream: undefined,
  intercepted: true,
  insecure: false,
  mocks: 1,
})

const record: CallRecord = {
  id: 1,
  at: 0,
  protocol: 'http',
  service: 'orders',
  known: true,
  allowed: false,
  operation: 'GET /x',
  status: 502,
  outcome: 'miss',
  mock: undefined,
  error: 'MOCK_NOT_MATCHED',
  note: undefined,
  durationMs: 1,
}

const drill: DrillView = {
  name: 'slow',
  file: 'drills/slow.yaml',
  description: undefined,
  for: '10 m',
  faults: [{ service: 'orders', fault: 'delay 2 s' }],
  running: false,
  endsAt: undefined,
}

export const fakeRunning = (): Running => {
  let mode: Mode = 'mock'
  return {
    listen: '127.0.0.1:8700',
    services: () => [service(mode)],
    totals: () => ({ services: new Map(), unknown: new Map(), allowed: new Map(), contracts: new Map() }),
    violations: () => [],
    samples: async () => [],
    calls: (filter) => (filter?.miss ? [record] : [record, { ...record, id: 2, outcome: 'mock' }]),
    setMode: (name, wanted) => {
      if (name !== 'orders') throw new SvcMockError('FLAG_INVALID', `no service ${name}`, { hint: 'orders?' })
      mode = wanted
    },
    reset: (scenario) => ({ scenarios: scenario === undefined ? 2 : 1, counters: 3, values: 4 }),
    tenants: {
      list: () => [],
      add: async ({ tenant, service, instance }) => ({ tenant, service, instance, alive: true }),
      remove: async () => [],
      follow: () => undefined,
      hops: () => [],
    },
    messages: {
      send: async ({ topic }) => ({ service: 'orders', tenant: 'default', topic, partition: 0, offset: '7' }),
      read: async () => ({ service: 'orders', tenant: 'default', messages: [], next: {} }),
    },
    keys: { list: async () => [], clean: async () => [] },
    runTime: new RunTimeDesk(
      '/',
      {
        library: new MockLibrary('/', [], {
          dialects: new Map(),
          responders: [],
          compilers: {} as never,
          tools: {} as never,
        }),
        proxy: {} as never,
      },
      undefined,
    ),
    recording: () => undefined,
    drills: () => [drill],
    startDrill: (name) => ({ ...drill, name, running: true }),
    stopDrill: (name) => (name === undefined ? [drill, drill] : [{ ...drill, name }]),
    problems: () => [],
    on: () => () => {},
    close: async () => {},
  }
}
