/** `svc-mock/node` as it is built: what it prints, that a program ends without closing it, and what an old Node is told. */
import { expect, it } from 'vitest'
import { refuseOldNode } from '../../src/entries/node/guard.ts'
import { ordersFiles, project, run } from './project.ts'

it('prints a call that nothing answers, with the nearest mocks, and lets the program end by itself', async () => {
  const folder = project({
    ...ordersFiles,
    'program.mjs': `import { openWorkspace } from 'svc-mock/node'
const mocks = (await openWorkspace('.')).intercept()
const { status } = await fetch('http://orders.test.example.com/orders', { method: 'POST', body: '{"amount":8}' })
console.log(status, mocks.calls().unmatched.times)
await fetch('http://nobody.test.example.com/\\u001b[31m')
`,
  })
  const { code, output } = await run(folder, 'program.mjs')
  expect(code).toBe(0)
  expect(output).toContain('502 1\n')
  expect(output).toContain(`svc-mock: POST http://orders.test.example.com/orders → 502 MOCK_NOT_MATCHED
  nearest mocks:
    order is made  (mocks/orders/1.0.0/orders.yaml:5:5)
      body.amount: expected 7, got 8
`)
  expect(output).toContain('no service in svc-mock.yaml names nobody.test.example.com')
  expect(output).not.toContain('\u001b')
})

it('is told by an old Node in words', () => {
  expect(() => refuseOldNode('22.20.0')).toThrow(expect.objectContaining({ code: 'NODE_TOO_OLD' }))
  expect(() => refuseOldNode('24.0.0')).not.toThrow()
})
