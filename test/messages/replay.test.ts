/** Messages recorded and sent again, by the real program. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readFixture } from '../../src/app/messages/fixture.ts'
import type { SvcMockError } from '../../src/core/errors.ts'
import type { Problem } from '../../src/core/problem.ts'
import { runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const key = randomBytes(32).toString('hex')

const started = async () => {
  const cwd = makeFolder({
    'svc-mock.yaml': 'services:\n  events: { protocol: kafka, listen: 0, upstream: embedded }\n',
  })
  const { program } = await startProgram({ cwd }, [])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runProgram(args, { cwd, env })
  return { cwd, run, read: (file: string) => readFileSync(join(cwd, file), 'utf8') }
}

it('records messages without what tells of anybody, and sends them again', async () => {
  const { cwd, run, read } = await started()
  const real = [
    '{"id":7,"email":"zoe.smith@corp-mail.org","amount":9007199254740993}',
    '{"id":8,"email":"zoe.smith@corp-mail.org"}',
  ]
  await run([
    'send',
    'orders',
    '--value',
    real[0]!,
    '--key',
    'zoe.smith@corp-mail.org',
    '--header',
    'kind=card',
  ])
  await run(['send', 'orders', '--value', real[1]!])
  writeFileSync(join(cwd, 'bytes'), Buffer.from([0xff, 0, 1]))
  await run(['send', 'orders', '--tombstone', '--key', 'k'])
  const wish = [
    'tail',
    'orders',
    '--from',
    'beginning',
    '--no-follow',
    '--record',
    'fixtures/orders.yaml',
    '--json',
  ]
  const refused = await run(wish)
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'MASK_KEY_MISSING' } })
  expect(existsSync(join(cwd, 'fixtures/orders.yaml'))).toBe(false)
  const recorded = await run(wish, { SVC_MOCK_MASK_KEY: key })
  expect(JSON.parse(recorded.stdout.trim().split('\n').at(-1)!)).toMatchObject({
    type: 'recorded',
    file: 'fixtures/orders.yaml',
    messages: 3,
    leftOut: 0,
  })
  const text = read('fixtures/orders.yaml')
  expect(text).not.toContain('zoe')
  expect(text).not.toContain('corp-mail')
  const { service, messages } = readFixture(text, 'orders.yaml')
  expect(service).toBe('events')
  expect(messages.map(({ topic, headers }) => [topic, headers.length])).toEqual([
    ['orders', 1],
    ['orders', 0],
    ['orders', 0],
  ])
  const values = messages.map(({ value }) =>
    value === null ? null : Buffer.from(value, 'base64').toString(),
  )
  const [first, second] = values.map((value) => (value === null ? null : JSON.parse(value))) as {
    email: string
  }[]
  expect(first).toMatchObject({ id: 7, email: second!.email })
  expect(values[0]).toContain('9007199254740993')
  expect(values[2]).toBe(null)
  expect(Buffer.from(messages[0]!.key!, 'base64').toString()).toBe(first!.email)

  const again = await run(['replay', 'fixtures/orders.yaml', '--speed', '0', '--json'])
  const lines = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; offset?: string })
  expect(lines.map(({ type, offset }) => [type, offset])).toEqual([
    ['sent', '3'],
    ['sent', '4'],
    ['sent', '5'],
    ['end', undefined],
  ])
  const tail = await run(['tail', 'orders', '--from', 'beginning', '--no-follow', '--json'])
  const shown = tail.stdout
    .trim()
    .split('\n')
    .slice(4)
    .map((line) => JSON.parse(line) as { value: unknown; headers: unknown })
  expect(shown.map(({ value }) => value)).toEqual([first, second, null])
  expect(shown[0]!.headers).toEqual([['kind', 'card']])
  expect(JSON.parse((await run(wish, { SVC_MOCK_MASK_KEY: key })).stdout)).toMatchObject({
    error: { code: 'FLAG_INVALID', message: 'fixtures/orders.yaml is there already' },
  })
})

it('keeps the order and the pauses, unless it is told otherwise', async () => {
  const { cwd, run } = await started()
  writeFileSync(
    join(cwd, 'fixture.yaml'),
    'messages:\n  - { topic: t, value: 1 }\n  - { topic: t, at: 400ms, value: two, headers: { a: [b, c] } }\n  - { topic: t, at: 400ms, value: { $binary: AAE= } }\n',
  )
  expect((await run(['replay', 'fixture.yaml', '--speed', '2', '--tenant', 'bob'])).stdout).toBe(
    '3 messages sent\n',
  )
  const tail = await run(['tail', 't', '--from', 'beginning', '--no-follow', '--json', '--tenant', 'bob'])
  const [first, second, third] = tail.stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { value: unknown; headers: unknown; timestamp: string })
  expect([first!.value, second!.value, third!.value]).toEqual(['1', 'two', '\0\x01'])
  expect(second!.headers).toEqual([
    ['a', 'b'],
    ['a', 'c'],
    ['svcm-tenant', 'bob'],
  ])
  expect(Date.parse(second!.timestamp) - Date.parse(first!.timestamp)).toBeGreaterThanOrEqual(190)
  expect(JSON.parse((await run(['replay', 'fixture.yaml', '--speed', 'x', '--json'])).stdout)).toMatchObject({
    error: { code: 'FLAG_INVALID', message: '--speed x is no speed' },
  })
})

it.each([
  ['messages: [{ value: 1 }]', '1:12 topic is missing'],
  ['messages: [{ topic: a, value: 1, at: soon }]', '1:38 "soon" is no time'],
  ['messages: [{ topic: a, value: 1, headres: {} }]', '1:34 unknown key "headres"'],
  ['mesages: []', 'unknown key "mesages"'],
])('%s', (text, expected) => {
  let problems: readonly Problem[] = []
  try {
    readFixture(text, 'a.yaml')
  } catch (error) {
    problems = ((error as SvcMockError).context.details as { problems: readonly Problem[] }).problems
  }
  expect(problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`).join('\n')).toContain(
    expected,
  )
})
