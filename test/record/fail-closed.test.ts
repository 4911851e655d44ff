/** The real program: what it cannot make clean, and what nobody has decided about, is in no fixture. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ReportData } from '../../src/record/report-data.ts'
import {
  ask,
  everything,
  filesBelow,
  fixturesOf,
  recordSpace,
  resultIn,
  type Space,
  startRecord,
} from '../support/recording.ts'
import { runProgram, startProgram } from '../support/spawn.ts'

const bytes = Buffer.concat([
  Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 13 + 128) % 256)),
  Buffer.from('13800138000 hunter22'),
])
const octets = { 'content-type': 'application/octet-stream' }
const json = { 'content-type': 'application/json' }

const sealedIn = ({ state }: Space): string[] => filesBelow(state)

/** Until the thread has looked at as many calls. */
const looked = (
  program: { line<T extends object>(wanted: (value: T) => boolean): Promise<T> },
  calls: number,
) =>
  program.line<{ type: string; calls: number; quarantined: number }>(
    (line) => line.type === 'recording' && line.calls >= calls,
  )

describe('what cannot be read', () => {
  it('lies encrypted outside the workspace, is listed, and is gone at the end', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const { program, listen } = await startRecord(space)
    expect(
      (await ask(listen, '/labels/13900139000', { headers: { cookie: 'sid=abcdef123456' } })).body.equals(
        bytes,
      ),
    ).toBe(true)
    expect((await looked(program, 1)).quarantined).toBe(1)
    const [file] = sealedIn(space)
    const sealed = readFileSync(file!)
    expect(sealed.length).toBeGreaterThan(bytes.length)
    for (let at = 0; at + 8 <= bytes.length; at++)
      expect(sealed.includes(bytes.subarray(at, at + 8))).toBe(false)
    for (const text of ['13900139000', 'abcdef123456', 'labels', 'users'])
      expect(sealed.includes(text)).toBe(false)
    if (process.platform !== 'win32') {
      expect(statSync(file!).mode & 0o777).toBe(0o600)
      expect(statSync(join(file!, '..')).mode & 0o777).toBe(0o700)
    }
    const { code, stdout } = await program.stop()
    expect(code).toBe(0)
    const { quarantine } = resultIn<ReportData>(stdout)
    expect(quarantine).toEqual([
      {
        service: 'users',
        operation: 'GET /labels/{id}',
        path: 'reply.body',
        reason: 'bytes that are no utf-8 text',
        count: 1,
        bytes: bytes.length,
        recovered: 0,
      },
    ])
    expect(sealedIn(space)).toEqual([])
    expect(fixturesOf(space)).toEqual([])
    for (const text of ['13900139000', '13800138000', 'hunter22', 'abcdef123456'])
      expect(everything(space.folder)).not.toContain(text)
  })

  it('is tried once more before the end, by the policy of then', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const { program, listen } = await startRecord(space)
    await ask(listen, '/labels/7')
    await looked(program, 1)
    writeFileSync(
      join(space.folder, 'desensitize.yaml'),
      "calls: { 'users GET /labels/{id}': { reply.body: keep } }\n",
    )
    const { stdout } = await program.stop()
    expect(resultIn<ReportData>(stdout)).toMatchObject({
      quarantined: 0,
      files: 1,
      origin: { policyHash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      quarantine: [{ count: 1, recovered: 1 }],
    })
    expect(sealedIn(space)).toEqual([])
    // Byte for byte, on the disk and in answers.
    const body = fixturesOf(space).find((name) => name.endsWith('.bin'))!
    expect(readFileSync(body).equals(bytes)).toBe(true)
    const { program: replay, ready } = await startProgram({ cwd: space.folder })
    onTestFinished(() => void replay.stop('SIGKILL'))
    expect((await ask(ready.listen, '/labels/7')).body.equals(bytes)).toBe(true)
  })

  it('is tried by the policy that was right last, and mistakes are told', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const { program, listen } = await startRecord(space)
    await ask(listen, '/labels/7')
    await looked(program, 1)
    writeFileSync(join(space.folder, 'desensitize.yaml'), 'fields: { reply.body: kep }\n')
    const { code, stdout } = await program.stop()
    expect(code).toBe(0)
    expect(stdout).toContain(
      'recording: desensitize.yaml has mistakes, so it stays as it was (POLICY_INVALID)',
    )
    expect(resultIn<ReportData>(stdout)).toMatchObject({ quarantined: 1, files: 0 })
  })

  it('is dropped at once where that is wanted, and then nothing of it is on the disk', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const { program, listen } = await startRecord(space, ['--quarantine', 'drop'])
    await ask(listen, '/labels/7')
    await looked(program, 1)
    expect(sealedIn(space)).toEqual([])
    writeFileSync(join(space.folder, 'desensitize.yaml'), 'fields: { reply.body: keep }\n')
    const { stdout } = await program.stop()
    expect(resultIn<ReportData>(stdout)).toMatchObject({ quarantined: 1, files: 0 })
  })

  it('is not kept if a value is known from elsewhere, even if it was recognised later', async () => {
    const space = await recordSpace((request, response) => {
      if (request.url === '/who') response.writeHead(200, json).end('{"mobile":"13800138000"}')
      else response.writeHead(200, octets).end(bytes)
    })
    writeFileSync(join(space.folder, 'desensitize.yaml'), 'calls: { users: { reply.body: keep } }\n')
    const { program, listen } = await startRecord(space)
    await ask(listen, '/labels/7')
    await program.line<{ type: string; files: number }>(
      ({ type, files }) => type === 'recording' && files === 1,
    )
    expect(everything(join(space.folder, 'fixtures'))).toContain('13800138000')
    await ask(listen, '/who')
    const { stdout } = await program.stop()
    expect(resultIn<ReportData>(stdout)).toMatchObject({ quarantined: 1, files: 1 })
    expect(everything(space.folder)).not.toContain('13800138000')
  })

  it('of a run that was killed is removed by the next one', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const { program, listen } = await startRecord(space)
    await ask(listen, '/labels/7')
    await looked(program, 1)
    await program.stop('SIGKILL')
    const [left] = sealedIn(space)
    expect(left).toBeDefined()
    const other = await startRecord(space)
    expect(sealedIn(space)).toEqual([])
    // But not what a run has that lives.
    await ask(other.listen, '/labels/7')
    await looked(other.program, 1)
    const third = await startRecord(space)
    expect(sealedIn(space)).toHaveLength(1)
    await Promise.all([other.program.stop(), third.program.stop()])
    expect(sealedIn(space)).toEqual([])
  })

  it('costs nothing else if somebody cuts its file off', async () => {
    const space = await recordSpace((request, response) => {
      if (request.url === '/bytes') response.writeHead(200, octets).end(bytes)
      else response.writeHead(200, json).end('{"id":7}')
    })
    const { program, listen } = await startRecord(space)
    await ask(listen, '/bytes')
    await ask(listen, '/users/7')
    await looked(program, 2)
    truncateSync(sealedIn(space)[0]!, 100)
    const { code, stdout } = await program.stop()
    expect(code).toBe(0)
    expect(resultIn<ReportData>(stdout)).toMatchObject({ quarantined: 1, files: 1 })
    expect(sealedIn(space)).toEqual([])
  })

  it('is not kept at all where only the work tree has room', async () => {
    const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
    const inside = { ...space, env: { ...space.env, XDG_STATE_HOME: join(space.folder, 'state') } }
    const { program, listen } = await startRecord(inside)
    await ask(listen, '/labels/7')
    await looked(program, 1)
    expect(everything(space.folder)).not.toContain('.sealed')
    const { code, stdout } = await program.stop()
    expect(code).toBe(0)
    expect(resultIn<ReportData>(stdout)).toMatchObject({ quarantined: 1 })
  })
})

/** Every carrier in which something can stand of which nothing is known. */
const everyCarrier = (target: string): readonly [headers: Record<string, string>, body: string | Buffer] => {
  const inner = JSON.stringify({ zz: 'some words here', n: 81236417 })
  const cases: Record<string, readonly [Record<string, string>, string | Buffer]> = {
    '/json': [
      { ...json, 'x-odd': 'QW-81-zz9' },
      JSON.stringify({
        remarkable: 'some words here',
        list: [{ ref9: 'AB-99817-x7' }, { ref9: 'AB-99818-x8' }],
        'a.b': 'ab12-cd34-x',
        'with space': '文字内容很多',
        nick: 'wangwu',
        long: 12345678901234567890n.toString(),
        entries: [{ name: 'colourful', value: 'deep blue sea' }],
        text: inner,
        packed: Buffer.from(inner).toString('base64'),
        by: { '4711': { odd: 'x-81236-q' }, '4712': { odd: 'x-81237-q' } },
        url: 'http://h/p?thing=odd%20words%20here',
      }).replace('"12345678901234567890"', '12345678901234567890'),
    ],
    '/array': [json, '["odd words here", ["more odd words"]]'],
    '/text': [{ 'content-type': 'text/plain' }, 'nobody knows these words'],
    '/xml': [
      { 'content-type': 'text/xml' },
      '<?xml version="1.0"?><Env><a:thing odd="some words" xmlns:a="u">more words here</a:thing></Env>',
    ],
    '/form': [
      { 'content-type': 'application/x-www-form-urlencoded' },
      'u%5Bodd%5D=AB-99817-x7&thing=some+words',
    ],
    '/ndjson': [{ 'content-type': 'application/x-ndjson' }, '{"odd":"some words"}\n{"odd":"other words"}\n'],
    '/events': [{ 'content-type': 'text/event-stream' }, 'data: nobody knows this\n\n'],
    '/bytes': [octets, bytes],
    '/broken': [json, '{"a": '],
    '/clean': [json, '{"id":7,"status":"PAID","total":12.5}'],
  }
  return cases[target.split('?')[0]!] ?? [json, '{}']
}

const carriers = [
  '/json?odd=AB-12345-q',
  '/array',
  '/text',
  '/xml',
  '/form',
  '/ndjson',
  '/events',
  '/bytes',
  '/broken',
  '/clean',
]

const mirrored = () =>
  recordSpace((request, response) => {
    const [headers, body] = everyCarrier(request.url!)
    request.resume()
    response.writeHead(200, headers).end(body)
  })

const runOver = async (space: Space, args: readonly string[]) => {
  const { program, listen } = await startRecord(space, args)
  for (const path of carriers) await ask(listen, path)
  const sent = { 'content-type': 'multipart/form-data; boundary=b' }
  const part = (name: string, text: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
  await ask(listen, '/upload', {
    headers: sent,
    body: `${part('odd', 'some odd words')}${part('ref', 'AB-99817-x7')}--b--\r\n`,
  })
  return program.stop()
}

interface Told extends ReportData {
  readonly undecided: readonly {
    readonly path: string
    readonly count: number
    readonly line?: { readonly calls: string; readonly path: string; readonly action: string }
  }[]
  readonly diff?: string
}

describe('what nobody has decided about', () => {
  it('is told by --strict with the line that decides it, and its operations are not written', async () => {
    const space = await mirrored()
    const { code, stdout } = await runOver(space, ['--strict'])
    expect(code).toBe(1)
    expect(stdout).toContain('FIELDS_UNDECIDED')
    expect(fixturesOf(space).map((file) => file.split('/').at(-1))).toEqual(['get.clean.yaml'])
    const { undecided, fixtures } = resultIn<Told>(stdout)
    expect(undecided).toContainEqual({
      service: 'users',
      path: 'reply.body.list[*].ref9',
      count: 2,
      about: "2 values, 2 different, of unknown meaning: keep, if they are nobody's",
      line: { calls: 'users', path: 'body.list[*].ref9', action: '{ mask: opaque }' },
    })
    expect(undecided.find(({ path }) => path === 'reply.body.nick')?.line?.action).toBe('keep')
    expect(fixtures.find(({ operation }) => operation === 'GET /text')?.kept).toBe('undecided')
    for (const real of ['AB-99817', 'wangwu', '12345678901234567890', 'some words', '81236'])
      expect(everything(space.folder)).not.toContain(real)
  })

  it.each(['git', 'patch'] as const)(
    'is proposed by --learn as a diff that %s takes, and then --strict is satisfied',
    async (tool) => {
      const space = await mirrored()
      const before = '# ours\nunknown: mask\ncalls:\n  users:\n    # asked the team\n    body.long: keep\n'
      writeFileSync(join(space.folder, 'desensitize.yaml'), before)
      const learnt = await runOver(space, ['--learn'])
      expect(learnt.code).toBe(0)
      expect(fixturesOf(space)).toEqual([])
      expect(filesBelow(space.folder).filter((file) => file.endsWith('fakes.lock'))).toEqual([])
      const { diff } = resultIn<Told>(learnt.stdout)
      for (const real of ['AB-99817', 'wangwu', 'some words', '81236', '文字'])
        expect(diff).not.toContain(real)
      const file = filesBelow(join(space.folder, '.svc-mock/reports')).find((name) => name.endsWith('.diff'))!
      expect(readFileSync(file, 'utf8')).toBe(diff)
      const args = tool === 'git' ? ['apply', file] : ['-p1', '-s', '-i', file]
      execFileSync(tool, args, { cwd: space.folder, stdio: 'pipe' })
      expect(readFileSync(join(space.folder, 'desensitize.yaml'), 'utf8')).toContain(
        '# asked the team\n    body.long: keep\n',
      )
      const { code, stdout } = await runOver(space, ['--strict'])
      expect(resultIn<Told>(stdout).undecided).toEqual([])
      expect(code).toBe(0)
      expect(fixturesOf(space).filter((name) => name.endsWith('.yaml'))).toHaveLength(carriers.length + 1)
      expect((await runProgram(['check'], { cwd: space.folder })).code).toBe(0)
      expect((await runProgram(['scan'], { cwd: space.folder })).code).toBe(0)
    },
  )

  it('is a new file where there is none, and only the diff is on stdout', async () => {
    const space = await mirrored()
    const har = { log: { entries: [entry('http://users/text', 'text/plain', 'nobody knows these words')] } }
    writeFileSync(join(space.folder, 'a.har'), JSON.stringify(har))
    const { stdout, stderr, code } = await runProgram(['import', 'har', 'a.har', '--learn'], {
      cwd: space.folder,
      env: space.env,
    })
    expect(code).toBe(0)
    expect(stdout).toBe(`--- /dev/null
+++ b/desensitize.yaml
@@ -0,0 +1,5 @@
+# How recorded data is masked. Proposed by svc-mock record --learn: read each line before you take it.
+calls:
+  users:
+    # 1 text, 1 different: keep, if they name nobody
+    body: { mask: free-text }
`)
    expect(stderr).toContain('git apply .svc-mock/reports/')
  })

  it('is also what stays only because the policy keeps all that is unknown', async () => {
    const space = await mirrored()
    writeFileSync(join(space.folder, 'desensitize.yaml'), 'unknown: keep\n')
    const { code, stdout } = await runOver(space, ['--strict'])
    expect(code).toBe(1)
    const paths = resultIn<Told>(stdout).undecided.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['reply.body.remarkable', 'reply.body.list[*].ref9', 'reply.body']),
    )
  })
})

const entry = (url: string, type: string, text: string) => ({
  startedDateTime: '2026-01-02T03:04:05.000Z',
  request: { method: 'GET', url, headers: [] },
  response: {
    status: 200,
    headers: [{ name: 'content-type', value: type }],
    content: { size: text.length, text },
  },
})

describe('the report', () => {
  it('shows each field with its fake and never what was real, the unknown first', async () => {
    const space = await recordSpace((_request, response) =>
      response.writeHead(200, json).end(
        JSON.stringify({
          mobile: '13800138000',
          odd: 'AB-99817-x7',
          by: { 'wang.wu@corp.cn': { zip: '某个城市' } },
        }),
      ),
    )
    const { program, listen } = await startRecord(space)
    await ask(listen, '/users/1')
    const { stdout } = await program.stop()
    const result = resultIn<ReportData & { report: string }>(stdout)
    expect(result.fields[0]!.rule).toBe('unknown')
    const mobile = result.fields.find(({ type }) => type === 'cn-mobile')
    expect(mobile).toEqual({
      service: 'users',
      path: 'reply.body.mobile',
      type: 'cn-mobile',
      rule: 'content',
      count: 1,
      example: expect.stringMatching(/^19999\d{6}$/),
    })
    const markdown = readFileSync(join(space.folder, result.report), 'utf8')
    const asJson = readFileSync(join(space.folder, result.report.replace(/md$/, 'json')), 'utf8')
    for (const text of [markdown, asJson, stdout]) {
      expect(text).toContain(mobile!.example!)
      for (const real of ['13800138000', 'AB-99817', 'wang.wu', '某个城市']) expect(text).not.toContain(real)
    }
    expect(markdown.indexOf('nothing is known: masked')).toBeLessThan(markdown.indexOf('## Masked fields'))
    // Whose fakes these are stands in both; the policy's hash would change every file with every line.
    const { keyId, policyHash } = result.origin!
    expect([keyId, policyHash]).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), undefined])
    expect(markdown).toContain(`by key ${keyId}, desensitize.yaml not there`)
    const [fixture] = fixturesOf(space)
    expect(readFileSync(fixture!, 'utf8')).toMatch(
      new RegExp(`^# content: sha256-[0-9a-f]{16}, key ${keyId}$`, 'm'),
    )
    writeFileSync(join(space.folder, 'desensitize.yaml'), '# nothing new\n')
    const before = readFileSync(fixture!)
    const again = await startRecord(space, ['--record', 'all'])
    await ask(again.listen, '/users/1')
    const second = resultIn<ReportData>((await again.program.stop()).stdout)
    expect(second.origin?.policyHash).toMatch(/^[0-9a-f]{16}$/)
    expect(readFileSync(fixture!).equals(before)).toBe(true)
  })
})

it('a folder that others could read is closed', async () => {
  if (process.platform === 'win32') return
  const space = await recordSpace((_request, response) => response.writeHead(200, octets).end(bytes))
  mkdirSync(join(space.state, 'svc-mock/quarantine'), { recursive: true, mode: 0o755 })
  const { program } = await startRecord(space)
  expect(statSync(join(space.state, 'svc-mock/quarantine')).mode & 0o777).toBe(0o700)
  await program.stop()
})
