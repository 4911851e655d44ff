/** Proposed lines stand where they are in force, the rest of the file stays, and git and patch take the diff. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proposedPolicy } from '../../src/app/record/propose-policy.ts'
import { type Undecided, undecidedOf } from '../../src/app/record/undecided.ts'
import { unifiedDiff } from '../../src/app/record/unified-diff.ts'
import { parsePolicy } from '../../src/desensitize/policy-file.ts'
import type { ReportData } from '../../src/record/report-data.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const open = (calls: string, path: string, action = 'keep'): Undecided => ({
  service: 'users',
  path: `reply.${path}`,
  count: 1,
  about: '1 word',
  line: { calls, path, action },
})
const lines = [
  open('users', 'body.a'),
  open('users', 'body.b', '{ mask: opaque }'),
  open('users GET /x/{id}', 'reply.body', 'drop'),
]
const added = `  users:
    # 1 word
    body.a: keep
    # 1 word
    body.b: { mask: opaque }
  users GET /x/{id}:
    # 1 word
    reply.body: drop
`

describe('proposed lines', () => {
  it('make a new file', () => {
    const text = proposedPolicy(undefined, 'desensitize.yaml', lines)!
    expect(text).toMatch(/^# .*\ncalls:\n/)
    expect(text.endsWith(`calls:\n${added}`)).toBe(true)
  })

  it.each<readonly [string, string, string]>([
    ['end', '# mine\nfields:\n  body.x: keep # x\n', `# mine\nfields:\n  body.x: keep # x\ncalls:\n${added}`],
    ['end of a file that does not end', 'unknown: mask', `unknown: mask\ncalls:\n${added}`],
    ['place of empty calls', 'calls: {}\nunknown: mask\n', `unknown: mask\ncalls:\n${added}`],
    [
      'groups that are there',
      'calls:\n    users:\n        # why\n        body.z: drop\n\n    # other\n    orders: { body.y: keep }\nunknown: keep\n',
      `calls:
    users:
        # why
        body.z: drop
        # 1 word
        body.a: keep
        # 1 word
        body.b: { mask: opaque }

    # other
    orders: { body.y: keep }
    users GET /x/{id}:
      # 1 word
      reply.body: drop
unknown: keep
`,
    ],
  ])('go to the %s', (_place, before, after) => {
    expect(proposedPolicy(before, 'desensitize.yaml', lines)).toBe(after)
    expect(proposedPolicy(before.replaceAll('\n', '\r\n'), 'desensitize.yaml', lines)).toBe(
      after.replaceAll('\n', before.includes('\n') ? '\r\n' : '\n'),
    )
  })

  it('are left to a person where the file has its own ways', () => {
    for (const text of [
      'calls: { users: { body.y: keep } }\n',
      '{ "calls": { "orders": { "body.y": "keep" } } }\n',
    ])
      expect(proposedPolicy(text, 'desensitize.yaml', lines)).toBeUndefined()
  })

  it('hold any name of a field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), (name) => {
        const text = proposedPolicy('fields: {}\n', 'desensitize.yaml', [open('users', `body.${name}`)])
        if (text === undefined) return
        const { policy, problems } = parsePolicy(text, 'desensitize.yaml')
        expect(problems).toEqual([])
        expect(policy.calls?.[0]?.fields.map(({ path }) => path)).toEqual([`body.${name}`])
      }),
      { numRuns: 300 },
    )
    expect(proposedPolicy(undefined, 'd', [open('users', "body.a: 'b' #c")])).toContain(
      "'body.a: ''b'' #c': keep",
    )
  })
})

it('what masks more wins where one path has several kinds of values, and keys that are values become wild cards', () => {
  const none = { calls: 0, distinct: 0, files: 0, masked: {}, quarantined: 0, skipped: {}, fixtures: [] }
  const row = { service: 'users', count: 2, different: 2 }
  const data: ReportData = {
    ...none,
    fields: [
      { ...row, path: 'reply.body.list[*].a', type: 'opaque', rule: 'unknown' },
      { ...row, path: 'request.body.list[*].a', type: 'free-text', rule: 'unknown' },
      { ...row, path: 'reply.body.by.4711.note', type: 'opaque', rule: 'unknown' },
      { ...row, path: 'reply.body.phone', type: 'cn-mobile', rule: 'name' },
    ],
    keptFields: [
      { ...row, path: 'reply.body.list[*].a', looks: 'word' },
      { ...row, path: 'reply.body.state', looks: 'word' },
      { ...row, different: 21, path: 'reply.body.user', looks: 'word' },
    ],
    quarantine: [
      {
        service: 'users',
        operation: 'GET /x/{id}',
        path: 'reply.body',
        reason: 'bytes',
        count: 3,
        bytes: 9,
        recovered: 1,
      },
      {
        service: 'users',
        operation: 'GET /y',
        path: 'reply.body',
        reason: 'bytes',
        count: 1,
        bytes: 9,
        recovered: 1,
      },
      {
        service: 'users',
        operation: 'GET /z',
        path: '',
        reason: 'a detector failed',
        count: 1,
        bytes: 9,
        recovered: 0,
      },
    ],
  }
  expect(
    undecidedOf(data).map(({ line, count }) => [
      line && `${line.calls}: ${line.path}: ${line.action}`,
      count,
    ]),
  ).toEqual([
    ['users: body.list[*].a: { mask: free-text }', 6],
    ['users: body.by.*.note: { mask: opaque }', 2],
    ['users: body.state: keep', 2],
    ['users: body.user: { mask: opaque }', 2],
    ['users GET /x/{id}: reply.body: drop', 2],
    [undefined, 1],
  ])
})

describe('a diff', () => {
  const word = fc.constantFrom('a\n', 'b\n', 'c: d\n', '\n', '# x\n', '中\n')
  const text = fc
    .tuple(fc.array(word, { maxLength: 25 }), fc.constantFrom('', '', 'end'))
    .map(([parts, end]) => parts.join('') + end)

  const tools = {
    git: (folder: string) => execFileSync('git', ['apply', 'd.diff'], { cwd: folder, stdio: 'pipe' }),
    patch: (folder: string) =>
      execFileSync('patch', ['-p1', '-s', '-i', 'd.diff'], { cwd: folder, stdio: 'pipe' }),
  }
  const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0

  it.each(['git', 'patch'] as const)('is taken by %s', (tool) => {
    if (!isThere(tool)) return
    const folder = makeFolder()
    const file = join(folder, 'p.yaml')
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after)
        writeFileSync(file, before)
        writeFileSync(join(folder, 'd.diff'), unifiedDiff('p.yaml', before, after))
        tools[tool](folder)
        // patch removes a file that becomes empty.
        expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(after)
      }),
      { numRuns: 40 },
    )
  })

  it('is none where nothing differs', () => {
    expect(unifiedDiff('p.yaml', 'a', 'a')).toBe('')
  })
})
