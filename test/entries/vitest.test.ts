/** `svc-mock/vitest` in a real vitest: matchers, the fixture, and the set-up that fails tests which left unmatched calls. */
import { describe, expect, it } from 'vitest'
import { ordersFiles, project, runVitest } from './project.ts'

const config = (setup: string): string =>
  `import { defineConfig } from 'vitest/config'\nexport default defineConfig({ test: { setupFiles: [${setup}] } })\n`

const inVitest = (tests: string, setup = "'svc-mock/vitest/setup'") =>
  runVitest(
    project({ ...ordersFiles, 'vitest.config.js': config(setup), 'some.test.js': tests }, ['vitest']),
    '--reporter=verbose',
  )

const head = `import { expect, it, vi } from 'vitest'
const order = (id) => fetch('http://orders.test.example.com/orders/' + id)
`

// A vitest inside another: two processes start while other tests run.
describe('svc-mock/vitest', { timeout: 60_000 }, () => {
  it('passes where every call was answered, and where tests asserted what is true', async () => {
    const { code, output } = await inVitest(`${head}
it('asks', async ({ mocks }) => {
  expect(await (await order(42)).json()).toEqual({ id: 42 })
  await order(43)
  expect(mocks).toHaveBeenCalled('orders: order is found')
  expect(mocks).toHaveBeenCalledTimes('orders: order is found', 2)
  expect(mocks).toHaveBeenCalledTimes(2)
  expect(mocks).toHaveBeenCalledWith({ path: '/orders/43' })
  expect(mocks).toHaveBeenCalled('orders: order is found', { times: 1, with: { path: /43$/ } })
  expect(mocks).not.toHaveBeenCalled('order is made')
  expect(mocks).toHaveNoUnmatchedCalls()
})
it('begins anew', ({ mocks }) => {
  expect(mocks.calls().times).toBe(0)
  expect(mocks).not.toHaveBeenCalled()
})
it('leaves other matchers as they are', () => {
  const spy = vi.fn()
  spy(1)
  expect(spy).toHaveBeenCalled()
  expect(spy).toHaveBeenCalledWith(1)
  expect(spy).toHaveBeenCalledTimes(1)
  expect(() => expect(spy).not.toHaveBeenCalled()).toThrow()
})
`)
    expect(output).toContain('3 passed')
    expect(code).toBe(0)
  })

  it('fails a test that left an unmatched call, with the nearest mocks, and no other test', async () => {
    const { code, output } = await inVitest(`${head}
it('is good', async () => { await order(1) })
it('misses', async () => { await fetch('http://orders.test.example.com/orders', { method: 'POST', body: '{"amount":8}' }) })
it('is good again', async () => { await order(1) })
`)
    expect(code).toBe(1)
    expect(output).toContain('1 failed | 2 passed')
    expect(output).toMatch(
      /a call was answered by nothing:[\s\S]*POST http:\/\/orders\.test\.example\.com\/orders → 502 MOCK_NOT_MATCHED/,
    )
    expect(output).toMatch(
      /order is made {2}\(mocks\/orders\/1\.0\.0\/orders\.yaml:\d+:\d+\)\s+body\.amount: expected 7, got 8/,
    )
  })

  it('shows in a failed assertion which calls came, and what was nearest', async () => {
    const { code, output } = await inVitest(`${head}
it('expects what did not come', async ({ mocks }) => {
  await order(1)
  await fetch('http://orders.test.example.com/orders', { method: 'POST', body: '{"amount":8}' })
  try { expect(mocks).toHaveBeenCalled('order is made', { times: 2, with: { body: { amount: 7 } } }) } finally { mocks.reset() }
})
it('misspells', ({ mocks }) => { expect(mocks).toHaveBeenCalled('order is mode') })
`)
    expect(code).toBe(1)
    expect(output).toContain('expected a call of the mock "order is made" with {')
    expect(output).toMatch(
      /2 times, but it came never[\s\S]*calls that came:[\s\S]*GET http:\/\/orders\.test\.example\.com\/orders\/1 → 200 \(orders: order is found\)/,
    )
    expect(output).toMatch(/order is made {2}\(.*\)\s+body\.amount: expected 7, got 8/)
    expect(output).toContain('no mock is named order is mode')
  })

  it('is a fixture for a file of its own', async () => {
    const { code, output } = await inVitest(
      `import { test as base, expect } from 'vitest'
import { mocksFixture } from 'svc-mock/vitest'
const test = base.extend({ mocks: mocksFixture('.', { tenant: 'alice' }) })
test('asks', async ({ mocks }) => {
  await fetch('http://orders.test.example.com/orders/1')
  expect(mocks).toHaveBeenCalledWith({ tenant: 'alice', service: 'orders' })
})
test('misses', async () => { await fetch('http://nobody.test.example.com/') })
`,
      '',
    )
    expect(output).toContain('1 failed | 1 passed')
    expect(output).toContain('GET http://nobody.test.example.com/ → 502 UNKNOWN_HOST')
    expect(code).toBe(1)
  })
})
