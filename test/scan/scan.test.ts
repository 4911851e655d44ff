/** `svc-mock scan` as CI runs it: exit codes, places, layers, exceptions, git, reports; and never a value in what it says. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/desensitize/ledger.ts'
import { maskedJson, testSession } from '../desensitize/tools.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const put = (folder: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}
const made = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const { folder } = workspace()
  put(folder, { 'svc-mock.yaml': 'library: [./fixtures]\nservices: { orders: {} }\n', ...files })
  return folder
}
const scan = (folder: string, ...args: string[]): Promise<Finished> =>
  runProgram(['scan', ...args], { cwd: folder })
interface Found {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly type: string
  readonly path: string
}
const findingsOf = async (
  folder: string,
  ...args: string[]
): Promise<{ code: number | null; found: Found[]; unreadable: Found[]; text: string }> => {
  const { code, stdout, stderr } = await scan(folder, '--json', ...args)
  const document = JSON.parse(stdout) as {
    error?: { details: { findings: Found[]; unreadable: Found[] } }
    findings?: Found[]
    unreadable?: Found[]
  }
  const { findings = [], unreadable = [] } = document.error?.details ?? document
  return { code, found: findings, unreadable, text: stdout + stderr }
}
const places = (found: readonly Found[]): string[] =>
  found.map(({ file, line, column, type }) => `${file}:${line}:${column} ${type}`)

describe('what is found', () => {
  it('is told with its place, and never shown', async () => {
    const folder = made({
      'fixtures/orders.yaml': `# asked for by 13900139000
mocks:
  - name: recorded
    request: { method: GET, path: /users/13800138000, headers: { authorization: 'Bearer mF_9B5f41JqM81kdJabc' } }
    response:
      headers: { set-cookie: 'sid=0f5b3c2d1e4a6978; Path=/' }
      body:
        realName: 张伟
        phone: { $matches: '1\\d{10}' }
        token: test-token
        expression: \${{ request.body.phone }}
        note: |
          line one
          call 110105 19491231 002X
        packed: ${gzipSync('{"mima":"hunter2x9"}').toString('base64')}
`,
      'fixtures/body.json':
        '{\n "customer": { "name": "王小明" },\n "escaped": "\\u0031\\u0033800138001"\n}\n',
      'fixtures/13800138000.txt': 'nothing here\n',
    })
    const { code, found, text } = await findingsOf(folder)
    expect(code).toBe(1)
    expect(places(found)).toEqual([
      'fixtures/….txt:1:1 file-name',
      'fixtures/body.json:2:25 person-name',
      'fixtures/body.json:3:14 cn-mobile',
      'fixtures/orders.yaml:1:16 cn-mobile',
      'fixtures/orders.yaml:4:42 cn-mobile',
      'fixtures/orders.yaml:4:89 token',
      'fixtures/orders.yaml:6:35 secret',
      'fixtures/orders.yaml:8:19 person-name',
      'fixtures/orders.yaml:14:16 cn-id',
      'fixtures/orders.yaml:15:17 secret',
    ])
    const plain = await scan(folder)
    for (const value of [
      '13800138000',
      '13900139000',
      '张伟',
      '王小明',
      'mF_9B5',
      '0f5b3c2d1e4a6978',
      '19491231',
      'hunter2',
    ])
      expect(text + plain.stdout + plain.stderr).not.toContain(value)
    expect(plain.stderr).toContain(
      'fixtures/orders.yaml:14:16  identity number at mocks[0].response.body.note',
    )
  })

  it('is not what was masked: fakes tell by themselves, or stand in the ledger', async () => {
    const session = testSession()
    const real = {
      phone: '13800138000',
      idCard: '11010519491231002X',
      cardNo: '6222021234567890128',
      realName: '张伟',
      plateNo: '京A12345',
      passportNo: 'E12345678',
      mima: 'zhang123456',
      birthday: '1990-03-07',
      lng: 120.153576,
      remark: '请联系 13800138000',
    }
    const fake = maskedJson(JSON.stringify(real), session)
    const folder = made({ 'fixtures/a.json': fake, '.svc-mock/fakes.lock': session.ledger.text() })
    expect(await findingsOf(folder)).toMatchObject({ code: 0, found: [] })
    // Without the ledger nobody could tell a fake card from a real one.
    put(folder, { '.svc-mock/fakes.lock': new Ledger().text() })
    expect((await findingsOf(folder)).found.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['bank-card', 'travel-permit']),
    )
  })

  it('is nothing in the sample workspace', async () => {
    const { code, stdout } = await scan(root)
    expect(stdout).toMatch(/^clean: \d+ files/)
    expect(code).toBe(0)
  })
})

describe('what cannot be decoded', () => {
  it('ends with 2, and with 1 beside something found', async () => {
    const folder = made({
      'fixtures/a.bin': Buffer.from([0, 1, 2, 3, 250, 251, 252]),
      'fixtures/b.json': '{ broken',
      'fixtures/c.yaml': 'a: [',
    })
    const { code, unreadable } = await findingsOf(folder)
    expect(code).toBe(2)
    expect(unreadable.map(({ file }) => file)).toEqual([
      'fixtures/a.bin',
      'fixtures/b.json',
      'fixtures/c.yaml',
    ])
    put(folder, { 'fixtures/d.txt': 'call 13800138000' })
    expect((await findingsOf(folder)).code).toBe(1)
  })
})

describe('desensitize.yaml', () => {
  const exception = (expires: string): string =>
    `testAccounts: [13900139000]\nexceptions:\n  - { file: 'fixtures/**', type: cn-mobile, reason: number of our hotline, owner: qa-team, expires: '${expires}' }\n`

  it('lets pass for a time, and made-up people for ever', async () => {
    const folder = made({
      'fixtures/x/a.txt': 'call 13800138000',
      'fixtures/b.txt': 'call 139-0013-9000',
      'desensitize.yaml': exception('2999-01-01'),
    })
    expect(await findingsOf(folder)).toMatchObject({ code: 0, found: [] })
    put(folder, { 'desensitize.yaml': exception('2020-01-01') })
    const ended = await scan(folder)
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(
      /desensitize\.yaml:3: the exception for cn-mobile in fixtures\/\*\* \(qa-team\) ended on 2020-01-01/,
    )
  })

  it('keeps fields that a person declared harmless', async () => {
    const folder = made({
      'fixtures/a.json': '{"hotline":{"phone":"13800138000"}}',
      'desensitize.yaml': "fields: { '**.hotline.phone': keep }\n",
    })
    expect(await findingsOf(folder)).toMatchObject({ code: 0 })
  })

  it('is checked, with places and hints', async () => {
    const folder = made({
      'fixtures/a.txt': 'x',
      'desensitize.yaml':
        "fields:\n  remark: keep\n  '**.x': { mask: cn-mobil }\nexceptions:\n  - { file: a, type: cn-id, reason: because, owner: me, expires: soon }\n",
    })
    const { code, stderr } = await scan(folder)
    expect(code).toBe(2)
    expect(stderr).toContain('desensitize.yaml:2:3')
    expect(stderr).toContain("did you mean '**.remark'?")
    expect(stderr).toMatch(
      /desensitize\.yaml:3:\d+ .*there is no type cn-mobil[\s\S]*did you mean cn-mobile\?/,
    )
    expect(stderr).toMatch(/desensitize\.yaml:5:\d+ .*"soon" is no day/)
  })

  it('is not needed, and neither is a workspace for named files', async () => {
    const { folder } = workspace()
    put(folder, { 'notes.md': 'his number is 13800138000\n' })
    expect(places((await findingsOf(folder, 'notes.md')).found)).toEqual(['notes.md:1:15 cn-mobile'])
    expect((await scan(folder, 'missing.md')).code).toBe(2)
  })
})

it('a ledger with two values for one fake fails', async () => {
  const folder = made({
    'fixtures/a.txt': 'x',
    '.svc-mock/fakes.lock': `cn-id ${'a'.repeat(32)} 910\ncn-id ${'b'.repeat(32)} 910\n`,
  })
  const { code, stderr } = await scan(folder)
  expect(code).toBe(1)
  expect(stderr).toMatch(/\.svc-mock\/fakes\.lock:2:1 .*one cn-id stands for two values/)
})

describe('git', () => {
  const git = (folder: string, ...args: string[]): void => {
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
      { cwd: folder, stdio: 'pipe' },
    )
  }

  it('--staged looks at what would be committed, --history at what ever was', async () => {
    const folder = made({ 'fixtures/a.txt': 'call 13800138000' })
    git(folder, 'init', '-q')
    expect((await findingsOf(folder, '--staged')).found).toEqual([])
    git(folder, 'add', '.')
    put(folder, { 'fixtures/a.txt': 'call nobody' })
    const staged = await findingsOf(folder, '--staged')
    expect(places(staged.found)).toEqual(['fixtures/a.txt:1:6 cn-mobile'])
    expect((await findingsOf(folder)).code).toBe(0)

    git(folder, 'commit', '-qm', 'first')
    git(folder, 'commit', '-qam', 'second')
    put(folder, { 'fixtures/ü b.txt': 'call 13900139000' })
    git(folder, 'add', '.')
    git(folder, 'commit', '-qm', 'third')
    git(folder, 'rm', '-q', 'fixtures/ü b.txt')
    git(folder, 'commit', '-qm', 'fourth')
    const { code, found } = await findingsOf(folder, '--history')
    expect(code).toBe(1)
    expect(
      places(found)
        .map((place) => place.replace(/^[0-9a-f]{7,}:/, 'commit:'))
        .sort(),
    ).toEqual(['commit:fixtures/a.txt:1:6 cn-mobile', 'commit:fixtures/ü b.txt:1:6 cn-mobile'])
    await scan(folder, '--history', '--sarif', 'out.sarif')
    const { results } = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')).runs[0]
    for (const { properties, locations } of results) {
      expect(properties.commit).toMatch(/^[0-9a-f]{40}$/)
      // A colon in the first segment would be a scheme's.
      expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^fixtures\//)
    }
  })

  it('is missed with a hint', async () => {
    const folder = made({ 'fixtures/a.txt': 'x' })
    const { code, stderr } = await runProgram(['scan', '--staged'], {
      cwd: folder,
      env: { GIT_CEILING_DIRECTORIES: dirname(folder), GIT_DIR: join(folder, 'none') },
    })
    expect(code).toBe(3)
    expect(stderr).toContain('GIT_FAILED')
  })
})

it('reports for CI systems: SARIF and JUnit', async () => {
  const folder = made({
    'fixtures/a.txt': 'call 13800138000',
    'fixtures/b.txt': 'fine',
    'fixtures/c.json': '{',
  })
  expect((await scan(folder, '--sarif', 'out.sarif', '--junit', 'out.xml')).code).toBe(1)
  const sarif = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'))
  expect(sarif.version).toBe('2.1.0')
  expect(sarif.runs[0].results.map((result: { ruleId: string }) => result.ruleId)).toEqual([
    'cn-mobile',
    'unreadable',
  ])
  expect(sarif.runs[0].results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'fixtures/a.txt' },
    region: { startLine: 1, startColumn: 6 },
  })
  const junit = readFileSync(join(folder, 'out.xml'), 'utf8')
  expect(junit).toContain('tests="3" failures="2"')
  expect(junit + JSON.stringify(sarif)).not.toContain('13800138000')
})
