/** Mock files of Redis without a socket: mistakes with their places, examples, explain, and what lists show. */
import { expect, it } from 'vitest'
import { runProgram } from '../../support/spawn.ts'
import { makeFolder } from '../../support/spawn-workspace.ts'

const config = `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:1 }
  strict: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:1, onMiss: fail }
`

const place = (text: string, more: Readonly<Record<string, string>> = {}): string =>
  makeFolder({ 'svc-mock.yaml': config, 'mocks/cache/cache.yaml': `protocol: redis\n${text}`, ...more })

it('mistakes are told with their places', async () => {
  const cwd = place(`mocks:
  - { request: { command: MULTI }, response: { value: 1 } }
  - { request: { command: GET key }, response: { error: no code } }
  - { request: { command: GET, key: { $matchs: a } }, response: { value: 1, error: ERR x } }
  - { request: { args: [{ $matches: '(' }] }, response: {} }
  - { request: { command: GET, key: 007 }, response: { value: { a: { $bin: AA== } } } }
  - { request: { command: GET }, response: { value: { $binary: '?' } }, fault: { status: 500 } }
  - { request: { command: GET, key: u }, upstream: { patch: { value: { a: 1 }, error: ERR x } } }
  - { request: { comand: GET }, response: { value: 1 } }
`)
  const { stdout } = await runProgram(['check', '--json'], { cwd })
  const { error } = JSON.parse(stdout) as {
    readonly error: {
      readonly details: {
        readonly problems: readonly {
          readonly at: { line: number; column: number }
          readonly message: string
        }[]
      }
    }
  }
  expect(
    error.details.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`),
  ).toMatchInlineSnapshot(`
    [
      "3:27 MULTI changes the connection itself, and cannot be mocked",
      "4:27 GET has no subcommands",
      "4:57 an error begins with its code",
      "5:39 unknown operator $matchs",
      "5:77 value and error exclude each other",
      "6:37 Invalid regular expression: /(/s: Unterminated group",
      "6:57 the response says nothing",
      "7:37 key is text, and YAML reads 007 as 7",
      "7:70 there is no $bin in a value",
      "8:64 $binary is base64",
      "8:82 status means nothing to redis",
      "9:80 value and error exclude each other",
      "10:18 unknown key "comand" in request",
    ]
  `)
})

it('examples are commands and what is expected of their answers', async () => {
  const cwd = place(`mocks:
  - name: user
    request: { command: GET, key: { $matches: 'user:\\d+' } }
    response: { value: { id: '\${{ request.key }}' } }
    examples:
      - { request: { args: [user:1] }, expect: { value: { id: user:1 } } }
      - { request: { args: [user:1], resp: 2 }, expect: { value: [id, user:2] } }
      - { request: { args: [cart:1] }, expect: { miss: true } }
  - name: full
    request: { command: SET }
    response: { error: OOM command not allowed }
    examples:
      - { request: { args: [a, 1] }, expect: { refused: { $contains: OOM } } }
      - { request: { args: [a, 1] }, expect: { value: OK } }
  - name: patched
    request: { command: GET, key: doc }
    upstream: { patch: { text: { total: 9 } } }
    examples:
      - { request: { args: [doc] }, upstream: { value: '{"total":1}' }, expect: { value: '{"total":9}' } }
  - name: busy
    request: { command: EVAL, args: { $contains: slow } }
    fault: { error: BUSY Redis is busy }
    examples:
      - { request: { args: ['return slow()', 0] }, expect: { fault: error } }
`)
  const { stdout, code } = await runProgram(['test'], { cwd })
  expect(code).toBe(1)
  expect(stdout.replace(/ +\d+(\.\d+)? m?s/g, '')).toMatchInlineSnapshot(`
    "mocks/cache/cache.yaml
      ✓ user › GET user:1
      ✗ user › GET user:1  mocks/cache/cache.yaml:8:9
          value[1]: expected "user:2", got "user:1"
      ✓ user › GET cart:1
      ✓ full › SET a 1
      ✗ full › SET a 1  mocks/cache/cache.yaml:15:9
          value: expected "OK", got error OOM command not allowed
      ✓ patched › GET doc
      ✓ busy › EVAL return slow() 0

    2 failed, 5 passed in 1 file,; 4 of 4 mocks reached
    "
  `)
})

it('explain says which mock answers a command, and why none does', async () => {
  const cwd = place(
    `mocks:
  - { name: user, request: { command: GET, key: user:1 }, response: { value: one } }
`,
    {
      'mocks/strict/strict.yaml': `protocol: redis
mocks:
  - { name: user, request: { command: GET, key: user:1 }, response: { value: one } }
`,
    },
  )
  const explain = async (...args: string[]): Promise<string> =>
    (await runProgram(['explain', ...args], { cwd })).stdout
  expect(await explain('get user:1', '--service', 'cache')).toContain(
    'answered by user  mocks/cache/cache.yaml:3:5',
  )
  expect(await explain('GET "user:2"', '--service', 'cache')).toContain(
    'passed through to redis://127.0.0.1:1: no mock matches',
  )
  const missed = await explain('GET user:2', '--service', 'strict')
  expect(missed).toContain('refused with ERR, MOCK_NOT_MATCHED')
  expect(missed).toContain('key')
  const wrong = await runProgram(['explain', 'GET user:2', '--service', 'cahce'], { cwd })
  expect(wrong.stderr).toContain('services of Redis and Kafka: cache, strict')
})

it('the list shows commands', async () => {
  const cwd = place(`mocks:
  - { name: users, request: { command: get, key: user:1 }, response: { value: one } }
  - { name: any, request: { key: { $contains: lock } }, fault: { delay: 1s } }
`)
  const { stdout } = await runProgram(['list'], { cwd })
  expect(stdout).toMatch(/users +GET +mocks\/cache\/cache.yaml:3/)
  expect(stdout).toMatch(/any +any command with a key +\S+ +asks the real service; fault: delay 1 s/)
})

it('no provider is asked for what a cache answers', async () => {
  const cwd = place(`mocks:
  - { request: { command: GET, key: user:1 }, response: { value: one } }
`)
  const verified = await runProgram(
    ['verify', '--provider', 'http://127.0.0.1:1', '--service', 'cache', '--json'],
    { cwd },
  )
  expect(JSON.parse(verified.stdout)).toMatchObject({ skipped: { 'protocol redis': 1 } })
  const drift = await runProgram(['drift', '--json'], { cwd })
  expect(drift.stdout).not.toContain('INVARIANT_BROKEN')
})
