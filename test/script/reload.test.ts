/** Mock files are saved while their scripts run: calls that wait for their turn are answered by what they began with. */
import { expect, it } from 'vitest'
import { scripted } from './scripted.ts'

const file = (n: number): string => `mocks:
  - request: { path: /n }
    script: 'export default async (request, { sleep }) => { await sleep(1); return { body: { n: ${n} } } }'
  - request: { path: /busy }
    script: 'export default () => { const end = Date.now() + 20; while (Date.now() < end); return { body: { n: ${n} } } }'
`

it('no call is lost when its script is saved', async () => {
  const { ask, test } = await scripted(
    {},
    {
      'svc-mock.yaml':
        "services:\n  orders: { listen: '127.0.0.1:0', script: { timeout: 1s, total: 30s } }\n",
      'mocks/orders/1.0.0/r.yaml': file(0),
    },
    { watch: true },
  )
  const got: unknown[] = []
  for (let n = 1; n <= 8; n++) {
    // The busy one keeps the others waiting while the old programs are taken away.
    const calls = Array.from({ length: 24 }, (_, i) => ask(i % 4 === 0 ? '/busy' : '/n'))
    test.workspace.write('mocks/orders/1.0.0/r.yaml', file(n))
    const reloaded = test.nextReload()
    for (const { body } of await Promise.all(calls)) got.push(body['n'] ?? body)
    await reloaded
  }
  expect(got.filter((n) => typeof n !== 'number')).toEqual([])
  expect((await ask('/n')).body).toEqual({ n: 8 })
})
