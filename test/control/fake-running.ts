/** A Running without a proxy. */
import type { CallRecord, Running, ServiceView } from '../../src/app/running.ts'
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

export const fakeRunning = (): Running => {
  let mode: Mode = 'mock'
  return {
    listen: '127.0.0.1:8700',
    services: () => [service(mode)],
    totals: () => ({ services: new Map(), unknown: new Map(), allowed: new Map() }),
    samples: async () => [],
    calls: (filter) => (filter?.miss ? [record] : [record, { ...record, id: 2, outcome: 'mock' }]),
    setMode: (name, wanted) => {
      if (name !== 'orders') throw new SvcMockError('FLAG_INVALID', `no service ${name}`, { hint: 'orders?' })
      mode = wanted
    },
    problems: () => [],
    on: () => () => {},
    close: async () => {},
  }
}
