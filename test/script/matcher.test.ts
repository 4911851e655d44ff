/** `request: { script }`: the script decides, the next mock is asked when it says no. */
import { expect, it } from 'vitest'
import { scripted } from './scripted.ts'

const mocks = `mocks:
  - request:
      method: POST
      path: '/m/{id}'
      script: |
        export default async ({ body, params }, { sleep }) => {
          await sleep(1)
          return body.amount > Number(params.id)
        }
    response: { body: { which: large } }
  - request: { method: POST, path: '/m/{id}', script: 'export default ({ body }) => body.amount < 0' }
    response: { body: { which: negative } }
  - request: { method: POST, path: '/m/{id}', script: 'export default ({ body }) => body.wrong' }
    response: { body: { which: wrong } }
    priority: 3
`

it('decides', async () => {
  const { ask } = await scripted({}, { 'mocks/orders/1.0.0/m.yaml': mocks })
  const post = async (body: object) =>
    (await ask('/m/10', { method: 'POST', body: JSON.stringify(body) })).body
  expect(await post({ amount: 11, wrong: false })).toEqual({ which: 'large' })
  expect(await post({ amount: -1, wrong: false })).toEqual({ which: 'negative' })
  expect(await post({ amount: -1, wrong: true })).toEqual({ which: 'wrong' })
  expect(await post({ amount: 1 })).toMatchObject({ code: 'SCRIPT_BAD_RESULT' })
  const miss = await post({ amount: 5, wrong: false })
  expect(miss.code).toBe('MOCK_NOT_MATCHED')
  expect(JSON.stringify(miss['nearest'])).toContain(
    '"clause":"script","expected":"script returns true","actual":"false"',
  )
})

it('and a scenario that moves meanwhile take each step once', async () => {
  const step = (
    from: string,
    to: string,
  ): string => `  - request: { path: /step, script: 'export default async (r, { sleep }) => { await sleep(2); return true }' }
    scenarioName: walk
    requiredScenarioState: ${from}
    newScenarioState: ${to}
    response: { body: { to: ${to} } }
`
  const { ask } = await scripted(
    {},
    {
      'mocks/orders/1.0.0/w.yaml': `mocks:
${step('Started', 'one')}${step('one', 'two')}${step('two', 'end')}  - request: { path: /step }
    response: { body: { to: nowhere } }
`,
    },
  )
  const all = await Promise.all(Array.from({ length: 12 }, async () => (await ask('/step')).body['to']))
  expect(all.filter((to) => to !== 'nowhere').sort()).toEqual(['end', 'one', 'two'])
})
