/** send and tail, by the real program. */
import { expect, it, onTestFinished } from 'vitest'
import { Program, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

interface Line {
  readonly type: string
  readonly value?: unknown
  readonly offset?: string
}

const started = async (more = '', services = ''): Promise<string> => {
  const cwd = makeFolder({
    'svc-mock.yaml': `tenant: alice
services:
  events: { protocol: kafka, listen: 0, upstream: embedded, topics: { 'own.*': { lane: private } }${more} }
${services}`,
    'mocks/events/a.yaml': `protocol: kafka
mocks:
  - { on: { topic: in }, tenants: [alice, bob], send: { topic: out, value: { to: '\${{ request.tenant }}', from: '\${{ request.value }}' } } }
`,
  })
  const { program } = await startProgram({ cwd }, [])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  return cwd
}

const svcMock = (cwd: string) => ({
  json: async (...args: string[]): Promise<unknown> =>
    JSON.parse((await runProgram([...args, '--json'], { cwd })).stdout),
  lines: async (...args: string[]): Promise<readonly Line[]> =>
    (await runProgram([...args, '--json'], { cwd })).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  run: (args: readonly string[], input?: string) =>
    runProgram(args, { cwd, ...(input !== undefined && { input }) }),
})

it('sends a message that mocks see, and shows what came of it', async () => {
  const cwd = await started()
  const { json, lines, run } = svcMock(cwd)
  expect(
    await json('send', 'in', '--key', 'k', '--header', 'kind=card', '--value', '{"n":9007199254740993}'),
  ).toEqual({
    service: 'events',
    tenant: 'alice',
    topic: 'in',
    partition: 0,
    offset: '0',
  })
  const [ready, message] = await lines('tail', 'out', '--from', 'beginning', '--count', '1')
  expect(ready).toEqual({ type: 'ready', service: 'events', tenant: 'alice', topic: 'out' })
  expect(message).toMatchObject({
    type: 'message',
    topic: 'out',
    partition: 0,
    offset: '0',
    key: null,
    headers: [['svcm-tenant', 'alice']],
  })
  const shown = await run(['tail', 'out', '--from', 'beginning', '--no-follow'])
  expect(shown.stdout).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}out\/0@0 {2}svcm-tenant=alice {2}\{"to":"alice","from":\{"n":9007199254740993\}\}\n$/,
  )
  const kept = await run(['tail', 'in', '--from', 'beginning', '--no-follow', '--json'])
  expect(kept.stdout).toContain('"key":"k"')
  expect(kept.stdout).toContain('["kind","card"]')
  expect(kept.stdout).toContain('"value":{"n":9007199254740993}')
})

it('keeps lanes apart, and topics of their own', async () => {
  const cwd = await started()
  const { json, lines } = svcMock(cwd)
  await json('send', 'shared', '--value', 'hers')
  await json('send', 'shared', '--value', 'his', '--tenant', 'bob')
  await json('send', 'own.topic', '--value', 'only his', '--tenant', 'bob')
  const values = async (...args: string[]): Promise<readonly unknown[]> =>
    (await lines('tail', ...args, '--from', 'beginning', '--no-follow')).slice(1).map(({ value }) => value)
  expect(await values('shared')).toEqual(['hers'])
  expect(await values('shared', '--tenant', 'bob')).toEqual(['his'])
  expect(await values('shared', '--tenant', 'default')).toEqual(['hers', 'his'])
  expect(await values('own.topic', '--tenant', 'bob')).toEqual(['only his'])
  expect(await json('tail', 'own.topic', '--no-follow')).toMatchObject({
    error: { code: 'FLAG_INVALID', message: 'there is no topic own.topic', hint: 'topics: shared' },
  })
})

it('takes bytes from files and stdin, tombstones, and waits for what comes', async () => {
  const cwd = await started()
  const { json, run } = svcMock(cwd)
  await json('send', 'bytes', '--tombstone', '--key', 'gone')
  const follow = new Program(['tail', 'bytes', '--count', '2', '--json'], { cwd })
  onTestFinished(async () => void (await follow.stop('SIGKILL')))
  await follow.line<Line>(({ type }) => type === 'ready')
  expect((await run(['send', 'bytes'], 'from stdin')).stdout).toBe(
    'sent to bytes, partition 0, offset 1, as alice\n',
  )
  expect(await json('send', 'bytes', '--value-file', process.execPath)).toMatchObject({
    error: { code: 'FLAG_INVALID', message: expect.stringContaining('brokers take a megabyte') },
  })
  await json('send', 'bytes', '--value-file', 'svc-mock.yaml')
  expect(await follow.line<Line>(({ offset }) => offset === '1')).toMatchObject({ value: 'from stdin' })
  expect((await follow.finished).code).toBe(0)
  const all = await run(['tail', 'bytes', '--from', 'beginning', '--no-follow'])
  expect(all.stdout).toMatch(/bytes\/0@0 {2}key=gone {2}svcm-tenant=alice {2}null\n/)
})

it('says what is wrong', async () => {
  const { json } = svcMock(await started())
  const wrong: readonly (readonly [string[], string, string])[] = [
    [['send', 'a b', '--value', '1'], 'FLAG_INVALID', '"a b" is no topic'],
    [['send', 'a', '--value', '1', '--header', 'x'], 'FLAG_INVALID', '--header "x" has no name and value'],
    [['send', 'a', '--value', '1', '--service', 'evnts'], 'FLAG_INVALID', 'there is no service evnts'],
    [['send', 'a', '--value', '1', '--tenant', 'a b'], 'FLAG_INVALID', '"a b" is no name for a tenant'],
    [['send', 'a', '--value', '1', '--partition', '7'], 'UPSTREAM_UNREACHABLE', 'a has no partition 7'],
    [['tail', 'nothing'], 'FLAG_INVALID', 'there is no topic nothing'],
  ]
  for (const [args, code, message] of wrong)
    expect(await json(...args)).toMatchObject({ error: { code, message: expect.stringContaining(message) } })
})

it('asks which service is meant, where there are several, and whether one runs', async () => {
  const cwd = await started('', '  more: { protocol: kafka, listen: 0, upstream: embedded }\n')
  expect(await svcMock(cwd).json('send', 'a', '--value', '1')).toMatchObject({
    error: { message: 'several services carry messages: events, more', hint: 'name one: --service events' },
  })
  const alone = makeFolder({ 'svc-mock.yaml': 'services: {}\n' })
  expect(await svcMock(alone).json('tail', 'a')).toMatchObject({ error: { code: 'NOT_RUNNING' } })
})
