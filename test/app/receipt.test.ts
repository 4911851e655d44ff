import { describe, expect, it } from 'vitest'
import { lineToAdd, receiptOf } from '../../src/app/run/receipt.ts'
import type { Counts } from '../../src/app/running.ts'
import { renderReceipt } from '../../src/cli/receipt.ts'
import { plainStyle } from '../../src/cli/style.ts'

const counts = (part: Partial<Counts>): Counts => ({ mock: 0, passthrough: 0, miss: 0, error: 0, ...part })

const source = {
  services: [{ name: 'orders' }, { name: 'stock' }],
  totals: {
    services: new Map([['orders', counts({ mock: 2 })]]),
    unknown: new Map(),
    allowed: new Map(),
    contracts: new Map(),
  },
  missed: [],
  violations: [],
  bypassed: [],
}

describe('a receipt', () => {
  it('is pure when everything was answered by mocks or let through on purpose', () => {
    const allowed = new Map([['npm.test:443', counts({ passthrough: 3 })]])
    expect(receiptOf({ ...source, totals: { ...source.totals, allowed } }).pure).toBe(true)
    expect(receiptOf({ ...source, bypassed: undefined }).pure).toBe(true)
  })

  it.each([
    { ...source, totals: { ...source.totals, services: new Map([['orders', counts({ miss: 1 })]]) } },
    {
      ...source,
      totals: { ...source.totals, unknown: new Map([['a.test:80', counts({ passthrough: 1 })]]) },
    },
    {
      ...source,
      bypassed: [{ address: '10.0.0.1:5432', host: '10.0.0.1', port: 5432, processes: ['node'] }],
    },
    {
      ...source,
      totals: {
        ...source.totals,
        contracts: new Map([['orders', { checked: 1, unchecked: 0, broken: 1 }]]),
      },
    },
  ])('is not pure otherwise', (impure) => {
    expect(receiptOf(impure).pure).toBe(false)
  })

  it.each([
    ['inventory.test.example.com:80', "inventory: { hosts: ['inventory.test.example.com'] }"],
    ['inventory:50051', "inventory: { hosts: ['inventory:50051'] }"],
    ['10.1.2.3:8080', "service-10-1-2-3: { hosts: ['10.1.2.3:8080'] }"],
    ['[fe80::1]:80', "service-fe80-1: { hosts: ['[fe80::1]'] }"],
  ])('names the line that makes %s a service', (host, line) => {
    expect(lineToAdd(host)).toBe(line)
  })

  it("counts calls that were refused before they were any service's, and says no more of them", () => {
    const services = new Map([['(no service)', counts({ error: 2 })]])
    const receipt = receiptOf({ ...source, totals: { ...source.totals, services } })
    expect(receipt.pure).toBe(true)
    expect(receipt.services.at(-1)).toEqual({ name: '(no service)', ...counts({ error: 2 }) })
    expect(renderReceipt(receipt, plainStyle, 0)).toContain('(no service)  0       0       0       2')
  })

  it('reads well', () => {
    const receipt = receiptOf({
      services: source.services,
      totals: {
        services: new Map([['orders', counts({ mock: 2, miss: 3 })]]),
        unknown: new Map([['inventory:8080', counts({ passthrough: 1 })]]),
        allowed: new Map([['npm.test:443', counts({ passthrough: 4 })]]),
        contracts: new Map([['orders', { checked: 2, unchecked: 1, broken: 2 }]]),
      },
      violations: [
        {
          side: 'reply',
          service: 'orders',
          operation: 'GET /x',
          rule: 'type',
          path: 'response.body.id',
          message: 'it has another type',
          expected: 'integer',
          actual: 'a text',
          contract: { file: 'orders.yaml', line: 3, column: 5 },
          calls: 2,
        },
      ],
      missed: [{ service: 'orders', operation: 'GET /x', calls: 3 }],
      bypassed: [{ address: '10.0.0.1:5432', host: '10.0.0.1', port: 5432, processes: ['node'] }],
    })
    expect(renderReceipt(receipt, plainStyle, 0)).toBe(
      [
        '',
        'svc-mock receipt',
        'service  mocked  passed  missed  failed',
        'orders   2       0       3       0',
        '1 service was not called',
        'no mock matched:',
        '  orders  GET /x  3 calls',
        'hosts that no service names; to add under services: in svc-mock.yaml:',
        "  inventory: { hosts: ['inventory:8080'] } # 1 call",
        '2 calls broke a contract:',
        '     2 × orders  GET /x  type  response.body.id: it has another type (expected integer, got a text)  orders.yaml:3:5',
        '1 call could not be held against a contract as a whole',
        'allowed hosts:',
        '  npm.test:443  4 calls',
        'not through svc-mock (add what is only infrastructure to allowHosts):',
        '  10.0.0.1:5432  node',
      ].join('\n'),
    )
  })
})
