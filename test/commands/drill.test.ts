/** State and drills by command, against the real program. */
import { expect, it, onTestFinished } from 'vitest'
import { runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const files = {
  'svc-mock.yaml': 'services:\n  orders: {}\n',
  'mocks/orders/x.yaml':
    'mocks: [{ scenarioName: checkout, newScenarioState: paid, times: 1, fault: { delay: 1ms }, response: { body: 1 } }]\n',
  'drills/outage.yaml': 'for: 10m\nfaults:\n  orders: { status: 500 }\n',
}

it('drills and state of a running proxy are shown and switched', async () => {
  const cwd = makeFolder(files)
  const { program, ready } = await startProgram({ cwd }, ['--drill', 'outage', '--seed', '7'])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await runProgram([...args, '--json'], { cwd })).stdout)
  expect(await json('drill', 'list')).toMatchObject({ drills: [{ name: 'outage', running: true }] })
  expect(await json('drill', 'stop')).toMatchObject({ stopped: [{ name: 'outage' }] })
  expect(await json('drill', 'start', 'outage')).toMatchObject({ name: 'outage', running: true })
  expect((await runProgram(['drill', 'list'], { cwd })).stdout).toMatch(
    /outage\s+runs until .*orders: status 500/,
  )
  expect(await json('drill', 'start')).toMatchObject({ error: { code: 'FLAG_INVALID' } })
  expect(await json('drill', 'start', 'outrage')).toMatchObject({ error: { hint: 'did you mean outage?' } })
  await json('drill', 'stop', 'outage')
  const [host, port] = ready.listen.split(':')
  const { request } = await import('node:http')
  await new Promise<void>((resolve, reject) => {
    request({ host, port, path: 'http://orders/x', headers: { host: 'orders' }, agent: false }, (response) =>
      response.resume().on('end', resolve),
    )
      .on('error', reject)
      .end()
  })
  expect(await program.line((value) => 'outcome' in value)).toMatchObject({ note: 'fault: delay 1 ms' })
  expect(await json('reset')).toEqual({ scenarios: 1, counters: 1, values: 0 })
  expect(await json('reset', '--scenario', 'chekout')).toMatchObject({
    error: { hint: 'did you mean checkout?' },
  })
  expect(await json('list')).toMatchObject({
    services: [
      {
        versions: [
          { mocks: [{ notes: ['scenario checkout becomes paid', 'answers 1 call', 'fault: delay 1 ms'] }] },
        ],
      },
    ],
  })
  expect(await json('explain', 'GET', 'http://orders/x')).toMatchObject({
    winner: { notes: ['scenario checkout becomes paid', 'answers 1 call', 'fault: delay 1 ms'] },
  })
})
