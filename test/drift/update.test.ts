/** --update: fixtures come out as recording them anew would have made them, and what a person did stays. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { type Answers, shortly, space } from './drifting.ts'

const people = (more: object = {}): Answers => ({
  'GET /users/1': [
    200,
    { id: 1, name: '张伟', mobile: '13800138000', idCard: '11010519491231002X', ...more },
  ],
  'GET /users/2': [200, { id: 2, name: '李娜', mobile: '13900139000', timestamp: Date.now() }],
  'GET /state': [200, { state: 'OPEN' }],
})
const calls = ['GET /users/1', 'GET /users/2', 'GET /state']
const users = 'fixtures/users/1.0.0/get.users.{id}.yaml'

describe('an update', () => {
  it('writes what recording everything anew would have written', async () => {
    const one = await space(people())
    await one.record(calls)
    const [before, state] = [one.read(users), one.read('fixtures/users/1.0.0/get.state.yaml')]
    one.service.answers = people({ mobile: '13700137000', level: 'GOLD', email: 'zhang.wei@corp-real.cn' })
    const report = await one.drift({ update: true })
    expect(report.updated).toEqual([users])
    expect(report.kept).toEqual([])
    expect(shortly(report.findings).every((text) => text.startsWith('note '))).toBe(true)
    await one.record(['GET /users/1'], { folder: 'anew' })
    const anew = one.read('anew/users/1.0.0/get.users.{id}.yaml')
    const text = one.read(users)
    const mockOf = (file: string): string =>
      /( {2}- request:[\s\S]*?)(?= {2}- request|$)/.exec(file.split('mocks:\n')[1]!)![1]!
    expect(mockOf(text)).toBe(mockOf(anew))
    expect(one.read('fixtures/users/1.0.0/get.state.yaml')).toBe(state)
    // What did not change is not touched: the other mock of the file, its time included.
    expect(text.slice(text.indexOf('path: /users/2'))).toBe(before.slice(before.indexOf('path: /users/2')))
    // Its hash is right: recording still takes it for its own.
    expect((await one.drift()).findings).toEqual([])
    await one.record(calls)
    expect(one.read(users)).toContain('level: GOLD')
    const checked = await runProgram(['check'], { cwd: one.folder })
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([0, expect.any(String)])
    expect((await runProgram(['scan'], { cwd: one.folder })).code).toBe(0)
  })

  it('of a whole file is that file recorded anew', async () => {
    const one = await space({ 'GET /a?x=1': [200, { v: 1 }], 'GET /a?x=2': [200, { v: 1 }] })
    await one.record(['GET /a?x=1', 'GET /a?x=2'])
    one.service.answers = { 'GET /a?x=1': [200, { v: 2, w: 'NEW' }], 'GET /a?x=2': [201, { v: 2 }] }
    await one.drift({ update: true })
    await one.record(['GET /a?x=1', 'GET /a?x=2'], { folder: 'anew' })
    expect(one.read('fixtures/users/1.0.0/get.a.yaml')).toBe(one.read('anew/users/1.0.0/get.a.yaml'))
  })

  it('replaces files of bodies, and removes those that nobody names', async () => {
    const body = (text: string): Answers => ({
      'GET /big': [200, { list: Array.from({ length: 3000 }, (_none, id) => ({ id, text })) }],
    })
    const one = await space(body('ONE'))
    await one.record(['GET /big'])
    const folder = join(one.folder, 'fixtures/users/1.0.0')
    const before = readdirSync(folder)
    one.service.answers = body('TWO')
    expect((await one.drift({ update: true })).updated).toHaveLength(1)
    const after = readdirSync(folder)
    expect(after).toHaveLength(2)
    expect(after).not.toEqual(before)
    expect((await one.drift()).findings).toEqual([])
  })

  it('keeps a file under the name and in the folder that a person gave it, and its case', async () => {
    const one = await space({ 'GET /a': [200, { v: 1 }] })
    await one.record(['GET /a'], { case: 'rich' })
    const { mkdirSync, renameSync } = await import('node:fs')
    mkdirSync(join(one.folder, 'mocks/users/1.0.0'), { recursive: true })
    renameSync(
      join(one.folder, 'fixtures/users/1.0.0/get.a@rich.yaml'),
      join(one.folder, 'mocks/users/1.0.0/mine.yaml'),
    )
    one.service.answers = { 'GET /a': [200, { v: 2 }] }
    const report = await one.drift({ update: true, case: 'rich' })
    expect(report.updated).toEqual(['mocks/users/1.0.0/mine.yaml'])
    expect(one.read('mocks/users/1.0.0/mine.yaml')).toMatch(/case: rich[\s\S]*v: 2/)
    expect(readdirSync(join(one.folder, 'fixtures/users/1.0.0'))).toEqual([])
  })
})

describe('a fixture is kept and reported', () => {
  const kept = async (edit: (text: string) => string, now: Answers) => {
    const one = await space({ 'GET /a': [200, { v: 1, w: 1 }] })
    await one.record(['GET /a'])
    const path = 'fixtures/users/1.0.0/get.a.yaml'
    const text = edit(one.read(path))
    one.write(path, text)
    one.service.answers = now
    const report = await one.drift({ update: true })
    expect(one.read(path)).toBe(text)
    expect(report.updated).toEqual([])
    expect(report.findings.map(({ severity }) => severity)).toContain('violation')
    return report.kept.map(({ why }) => why)
  }

  it('that a person has edited', async () => {
    expect(await kept((text) => text.replace('w: 1', 'w: 7'), { 'GET /a': [200, { v: 2, w: 1 }] })).toEqual([
      'it has been edited',
    ])
  })

  it('that the service refuses now', async () => {
    expect(await kept((text) => text, { 'GET /a': [503, { code: 'DOWN' }] })).toEqual([
      'the service refuses the call now (503)',
    ])
    expect(await kept((text) => text, {})).toEqual(['the service refuses the call now (404)'])
  })

  it('that answers in turn; it is compared with the answer that is most like', async () => {
    let n = 0
    const steps = ['NEW', 'PAID', 'SENT']
    const one = await space({ 'GET /poll': () => [200, { step: steps[Math.min(2, n++)], total: n }] })
    await one.record(['GET /poll', 'GET /poll', 'GET /poll'])
    const text = one.read('fixtures/users/1.0.0/get.poll.yaml')
    expect(text).toContain('responses:')
    one.service.answers = { 'GET /poll': [200, { step: 'PAID', total: 2 }] }
    expect((await one.drift()).findings).toEqual([])
    one.service.answers = { 'GET /poll': [200, { step: 'PAID', total: '2' }] }
    const report = await one.drift({ update: true })
    expect(shortly(report.findings)).toEqual(['type response.body.total 2 → "2"'])
    const { line } = report.findings[0]!.at
    expect(text.split('\n')[line - 1]).toContain('total: 2')
    expect(report.kept).toEqual([
      {
        file: 'fixtures/users/1.0.0/get.poll.yaml',
        operation: 'GET /poll',
        why: 'it answers in turn, and one call does not tell all answers',
      },
    ])
    expect(one.read('fixtures/users/1.0.0/get.poll.yaml')).toBe(text)
  })
})

it('without --update writes nothing, the ledger included', async () => {
  const one = await space(people())
  await one.record(calls)
  const before = readdirSync(one.folder, { recursive: true }).sort()
  const ledger = one.read('.svc-mock/fakes.lock')
  one.service.answers = people({ name: '王小明', mobile: '13700137000', account: 'K7Q2XM9ZTB4' })
  expect((await one.drift()).findings.length).toBeGreaterThan(0)
  expect(readdirSync(one.folder, { recursive: true }).sort()).toEqual(before)
  expect(one.read('.svc-mock/fakes.lock')).toBe(ledger)
})
