/** The real program: what it prints, and what it ends with. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { maskKey } from '../support/recording.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { deadPort } from '../support/upstream.ts'
import { type Answers, space } from './drifting.ts'

const env = { SVC_MOCK_MASK_KEY: maskKey }
const answers: Answers = {
  'GET /users/1': [200, { id: 1, name: '张伟', level: 'GOLD', orders: [{ id: 7, total: 1 }] }],
  'POST /users': [201, { id: 2 }],
}
const changed: Answers = {
  'GET /users/1': [200, { id: '1', name: '李娜', orders: [{ id: 7, total: 2 }], since: '2026-01-01' }],
}

it('shows each change with its place, and what was not asked', async () => {
  const one = await space(answers)
  await one.record(['GET /users/1', 'POST /users'])
  const same = await runProgram(['drift'], { cwd: one.folder, env })
  expect(same.code).toBe(0)
  expect(
    same.stdout.replace(/\d+ ms/, 'n ms'),
  ).toBe(`1 not compared: it changes something (ask with --unsafe where that does not matter)
  POST /users  fixtures/users/1.0.0/post.users.yaml:6:5

nothing has changed in 1 fixture asked for, n ms
`)
  one.service.answers = changed
  const { code, stdout, stderr } = await runProgram(['drift'], { cwd: one.folder, env })
  expect([code, stderr]).toEqual([1, ''])
  expect(
    stdout.replace(/[\u3400-\u9fff]+/g, '名字').replace(/\d+ ms/, 'n ms'),
  ).toBe(`GET /users/1  fixtures/users/1.0.0/get.users.{id}.yaml:14:9
  + body.since "2026-01-01"  it is new
  ! body.id 1 → "1"  it was a number and is a string
  ~ body.name "名字" → "名字"  :15
  - body.level "GOLD"  it is gone  :16
  ~ body.orders[0].total 1 → 2  :19

1 not compared: it changes something (ask with --unsafe where that does not matter)
  POST /users  fixtures/users/1.0.0/post.users.yaml:6:5

1 changed in 1 fixture asked for, n ms
`)
  const json = await runProgram(['drift', '--json', '--shape'], { cwd: one.folder, env })
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({
    command: 'drift',
    against: [`users: http://127.0.0.1:${one.service.port}`],
    checked: [{ operation: 'GET /users/1' }],
    counts: { violation: 3, note: 2, notVerifiable: 1 },
    updated: [],
    kept: [],
  })
  one.service.answers = { 'GET /users/1': [200, { id: 1, name: '李娜', level: 'NONE', orders: [] }] }
  const shape = await runProgram(['drift', '--shape'], { cwd: one.folder, env })
  expect([shape.code, shape.stdout]).toEqual([0, expect.stringContaining('~ body.level "GOLD" → "NONE"')])
  const updated = await runProgram(['drift', '--update'], { cwd: one.folder, env })
  expect([updated.code, updated.stdout]).toEqual([
    0,
    expect.stringContaining('updated  fixtures/users/1.0.0/get.users.{id}.yaml'),
  ])
  one.service.answers = {}
  const kept = await runProgram(['drift', '--update'], { cwd: one.folder, env })
  expect([kept.code, kept.stdout]).toEqual([
    1,
    expect.stringContaining('get.users.{id}.yaml  GET /users/1: the service refuses the call now (404)'),
  ])
})

it('ends with 2 for what is wrong here, and with 3 where nobody answers', async () => {
  const one = await space(answers)
  await one.record(['GET /users/1'])
  const run = (args: readonly string[], given: object = env) =>
    runProgram(['drift', ...args], { cwd: one.folder, env: { ...given } })
  const keyless = await run([], {})
  expect([keyless.code, keyless.stderr]).toEqual([2, expect.stringContaining('MASK_KEY_MISSING')])
  expect((await run(['--provider', 'orders'])).code).toBe(2)
  const values = join(one.folder, 'values.yaml')
  writeFileSync(values, "'1': '2'\n")
  expect((await run(['--values', values])).stderr).toContain('inside the workspace')
  const nowhere = await run(['nowhere'])
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('holds no mock file')])
  const dead = await run(['--provider', `http://127.0.0.1:${await deadPort()}`])
  expect([dead.code, dead.stderr]).toEqual([3, expect.stringContaining('PROVIDER_UNREACHABLE')])
  const empty = makeFolder({ 'svc-mock.yaml': 'services: { users: {} }\n' })
  expect((await runProgram(['drift'], { cwd: empty, env })).code).toBe(0)
})
