/** What is recorded is in force when its service is recorded no more, and not before. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { UnreadFixtures } from '../../src/app/record/unread-fixtures.ts'
import { rawGet } from '../support/raw-get.ts'
import { Program, type Ready, runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const env = { SVC_MOCK_MASK_KEY: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f' }

it('leaves files of recorded services until they are no more recorded', () => {
  const unread = new UnreadFixtures()
  const folder = join('/work', 'fixtures')
  const file = (service: string): string => join(folder, service, '1.0.0', 'get.yaml')
  const both = new Set([file('users'), file('users2'), join('/work', 'mocks', 'users', 'a.yaml')])
  expect([...unread.toRead(both, folder, ['users'])]).toEqual([...both].slice(1))
  expect([...unread.toRead(new Set(), folder, ['users', 'users2'])]).toEqual([])
  expect([...unread.toRead(new Set([folder]), folder, ['users2'])]).toEqual([folder, file('users')])
  expect([...unread.toRead(new Set(), folder, [])]).toEqual([])
})

it('answers from what was recorded once the mode is mock', async () => {
  const service = fork(fileURLToPath(new URL('../support/people-service-main.ts', import.meta.url)), {
    execArgv: [],
  })
  onTestFinished(() => void service.kill())
  const [port] = (await once(service, 'message')) as [number]
  const cwd = makeFolder({
    'svc-mock.yaml': `services:\n  users:\n    upstream: http://127.0.0.1:${port}\n    version: 1.0.0\n    mode: record\n`,
  })
  const program = new Program(['start', '--port', '0', '--json'], { cwd, env })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { listen } = await program.line<Ready>(({ type }) => type === 'ready')
  const ask = async (): Promise<number> =>
    (await rawGet(Number(listen.split(':')[1]), '/users/7', { host: 'users' })).status
  expect(await ask()).toBe(200)
  await vi.waitFor(() => expect(existsSync(join(cwd, 'fixtures', 'users', '1.0.0'))).toBe(true), {
    timeout: 10_000,
  })
  mkdirSync(join(cwd, 'mocks', 'other'), { recursive: true })
  const mock = 'mocks: [{ request: { path: / }, response: { status: 204 } }]\n'
  writeFileSync(join(cwd, 'mocks', 'other', 'a.yaml'), mock)
  const reload = await program.line<{ type: string; changed: string[] }>(({ type }) => type === 'reload')
  expect(reload.changed).toEqual(['mocks/other/a.yaml'])
  expect((await runProgram(['mode', 'users', 'mock'], { cwd })).code).toBe(0)
  service.kill()
  await once(service, 'exit')
  expect(await ask()).toBe(200)
})
