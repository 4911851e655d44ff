/** Mock files of protocol kafka: mistakes with their places, in the words of the file. */
import { expect, it } from 'vitest'
import type { SvcMockError } from '../../src/core/errors.ts'
import type { Problem } from '../../src/core/problem.ts'
import { formatLocation } from '../../src/core/source.ts'
import { proxy } from '../support/proxy.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const problemsOf = async (mocks: string): Promise<readonly string[]> => {
  const refused: unknown = await proxy({
    'svc-mock.yaml': 'services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    'mocks/events/a.yaml': `protocol: kafka\nmocks:\n${mocks}`,
  }).catch((error: unknown) => error)
  const { problems } = (refused as SvcMockError).context.details as { readonly problems: readonly Problem[] }
  return problems.map(({ at, message }) => `${formatLocation(at).split('/').at(-1)} ${message}`)
}

it.each([
  ['  - on: { topic: a b }', 'a.yaml:3:18 "a b" is no topic: a name has letters, digits, . _ and - only'],
  ['  - on: { topic: a, value: { $matches: "(" } }', 'a.yaml:3:40'],
  ['  - on: { topics: a }', 'a.yaml:3:11 unknown key "topics" in on'],
  ['  - request: { method: GET }', 'a.yaml:3:5'],
  ['  - on: { topic: a }\n    send: { topic: b }', 'a.yaml:4:11'],
  [
    '  - on: { topic: a }\n    send: [{ topic: b, value: 1 }, { topic: "b c", value: 1 }]',
    'a.yaml:4:45 "b c" is no topic',
  ],
  ['  - on: { topic: a }\n    send: { topic: b, value: { $binary: "*" } }', 'a.yaml:4:41 $binary is base64'],
  ['  - on: { topic: a }\n    send: { topic: b, value: 1, delay: soon }', 'a.yaml:4:40 "soon" is no time'],
  ["  - on: { topic: a }\n    send: { topic: b, value: '${{ request. }}' }", 'a.yaml:4:30'],
  ['  - on: { topic: a }\n    send: []\n    script: x', 'send and script exclude each other'],
  ['  - on: { topic: a, key: 007 }\n    send: []', 'a.yaml:3:26'],
  ['  - on: { topic: a }\n    responses: [{ send: { topic: b } }]', 'a.yaml:4:25'],
  ['  - on: { topic: a }\n    upstream: { patch: {} }', 'a message has no reply that could be changed'],
])('%s', async (mocks, problem) => {
  const problems = await problemsOf(mocks)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
})

it('gives mocks the names of their topics', async () => {
  const { running } = await proxy({
    'svc-mock.yaml': 'services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    'mocks/events/a.yaml':
      'protocol: kafka\nmocks:\n  - { on: { topic: a }, send: [] }\n  - { on: { topic: { $matches: a.* } }, send: [] }\n',
  })
  expect(running.problems()).toEqual([])
  expect(running.services()[0]).toMatchObject({ mocks: 2, mode: 'mock', upstream: 'embedded' })
})

it('explain says which mock answers a record, and why none does', async () => {
  const cwd = makeFolder({
    'svc-mock.yaml': 'services:\n  events: { protocol: kafka, listen: 0, upstream: embedded }\n',
    'mocks/events/a.yaml':
      'protocol: kafka\nmocks:\n  - { on: { topic: a, key: k, headers: { kind: card }, value: { n: 1 } }, send: [] }\n',
  })
  const explain = async (...args: string[]): Promise<string> =>
    (await runProgram(['explain', 'a', '--service', 'events', ...args], { cwd })).stdout
  expect(await explain('--key', 'k', '--header', 'kind: card', '--body', '{"n":1}')).toContain(
    'answered by a  mocks/events/a.yaml:3:5',
  )
  const near = await explain('--key', 'x', '--header', 'kind: card', '--body', '{"n":2}')
  expect(near).toContain('no mock matches')
  expect(near).toContain('value.n')
})
