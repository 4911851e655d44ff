/** The real program between a client and a real service, each in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Program, type Ready, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const env = { SVC_MOCK_MASK_KEY: key }

const peopleService = async (): Promise<number> => {
  const child = fork(fileURLToPath(new URL('../support/people-service-main.ts', import.meta.url)), {
    execArgv: [],
  })
  onTestFinished(() => {
    child.kill()
  })
  const [port] = (await once(child, 'message')) as [number]
  return port
}

interface Answer {
  readonly status: number
  readonly body: Buffer
}

const ask = (listen: string, path: string, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [host, port] = listen.split(':')
    const headers = {
      host: 'users',
      connection: 'close',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const out = request(
      { host, port, path, method: body === undefined ? 'GET' : 'POST', headers },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => resolve({ status: reply.statusCode!, body: Buffer.concat(chunks) }))
        reply.on('error', reject)
      },
    )
    out.on('error', reject)
    out.end(body)
  })

const space = (port: number, more = ''): string =>
  makeFolder({
    'svc-mock.yaml': `services:\n  users:\n    upstream: http://127.0.0.1:${port}\n    version: 1.0.0\n${more}`,
  })

const recording = async (
  folder: string,
  args: readonly string[] = [],
  given: object = env,
): Promise<{ program: Program; listen: string }> => {
  const program = new Program(['record', '--port', '0', '--json', ...args], {
    cwd: folder,
    env: { ...given },
  })
  onTestFinished(() => void program.stop('SIGKILL'))
  const { listen } = await program.line<Ready>(({ type }) => type === 'ready')
  return { program, listen }
}

const filesOf = (folder: string): string[] =>
  existsSync(join(folder, 'fixtures'))
    ? readdirSync(join(folder, 'fixtures'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

const allText = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        entry.name + (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'utf8') : ''),
    )
    .join('\n')

interface Recorded {
  readonly type: string
  readonly calls: number
  readonly distinct: number
  readonly dropped: number
  readonly tooLarge: number
}

describe('svc-mock record', () => {
  it('writes what answers the same call again, without what was real', async () => {
    const folder = space(await peopleService())
    const { program, listen } = await recording(folder)
    const live = await ask(listen, '/users/42')
    const login = '{"mobile":"13800138000","password":"hunter22","timestamp":1763700000000}'
    await ask(listen, '/login', login)
    await ask(listen, '/gzip')
    // Live traffic is not altered.
    expect(live.body.toString()).toContain('13800138000')
    const { code, stderr } = await program.stop()
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const text = allText(folder)
    for (const real of [
      '13800138000',
      '11010519491231002X',
      '张伟',
      'hunter22',
      'ghp_16C7',
      'zhang.wei@corp',
    ])
      expect(text).not.toContain(real)
    expect((await runProgram(['check'], { cwd: folder })).code).toBe(0)
    expect((await runProgram(['scan'], { cwd: folder })).code).toBe(0)

    const { program: replay, ready } = await startProgram({ cwd: folder })
    onTestFinished(() => void replay.stop('SIGKILL'))
    const again = await ask(ready.listen, '/users/42')
    const [real, fake] = [live, again].map(
      ({ body }) => JSON.parse(body.toString()) as Record<string, unknown>,
    )
    expect(again.status).toBe(200)
    expect(fake).toMatchObject({ id: real!['id'], balance: real!['balance'] })
    expect(fake!['mobile']).toMatch(/^19999\d{6}$/)
    const masked = login
      .replace('13800138000', String(fake!['mobile']))
      .replace('1763700000000', '1763799999999')
    const echo = (
      await ask(ready.listen, '/login', masked.replace('hunter22', passwordIn(text)))
    ).body.toString()
    expect(JSON.parse(echo)).toMatchObject({ echo: { mobile: fake!['mobile'] } })
  })

  it('matches calls with the fake, and with the key those with the real value', async () => {
    const folder = space(await peopleService())
    const { program, listen } = await recording(folder)
    const asked = '/login/13800138000?mobile=13900139000'
    await ask(listen, asked, '{"idCard":"11010519491231002X","n":13700137000}').catch(() => undefined)
    await ask(listen, '/users/13600136000')
    await program.stop()
    const text = filesOf(folder)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    expect(text).toContain('$masked')
    expect(text).not.toMatch(/1[3-8]\d{9}/)
    const statusOf = async (given: object, path: string, body?: string): Promise<number> => {
      const { program: replay, ready } = await startProgram({
        cwd: folder,
        env: { SVC_MOCK_MASK_KEY: undefined, ...given },
      })
      const { status } = await ask(ready.listen, path, body)
      await replay.stop()
      return status
    }
    const fake = /type: cn-mobile\n\s+value: '(19999\d{6})'/.exec(text.slice(text.indexOf('/users/')))![1]!
    expect(await statusOf({}, `/users/${fake}`)).toBe(200)
    expect(await statusOf({}, '/users/13600136000')).toBe(502)
    expect(await statusOf(env, '/users/13600136000')).toBe(200)
    expect(await statusOf(env, '/users/13600136001')).toBe(502)
    expect(await statusOf(env, asked, '{"idCard":"11010519491231002X","n":13700137000}')).toBe(404)
    expect(await statusOf({}, asked, '{"idCard":"11010519491231002X","n":13700137000}')).toBe(502)
  })

  const passwordIn = (text: string): string =>
    /password:\s+\$masked:\s+type: secret\s+value: '?([^'\n]+)/.exec(text)![1]!

  it('needs a key that nobody else can read, and the one of this workspace', async () => {
    const folder = space(1)
    const attempt = async (args: readonly string[], given = {}): Promise<string> => {
      const { stdout, code } = await runProgram(['record', '--port', '0', '--json', ...args], {
        cwd: folder,
        env: { SVC_MOCK_MASK_KEY: undefined, ...given },
      })
      expect(code).toBe(2)
      return stdout
    }
    expect(await attempt([])).toContain('MASK_KEY_MISSING')
    expect(await attempt([], { SVC_MOCK_MASK_KEY: 'secret' })).toContain('MASK_KEY_INVALID')
    expect(await attempt(['--new-key', 'mask.key'])).toContain('work tree')
    const outside = makeFolder()
    const file = join(outside, 'mask.key')
    expect((await runProgram(['record', '--new-key', file], { cwd: folder })).code).toBe(0)
    expect((await runProgram(['record', '--new-key', file], { cwd: folder })).code).toBe(2)
    mkdirSync(join(folder, '.svc-mock'))
    writeFileSync(join(folder, '.svc-mock/fakes.lock'), 'key 00000000 00000000\n')
    const wrong = await attempt(['--key-file', file])
    expect(wrong).toContain('made with key 00000000')
    expect(wrong).not.toContain(readFileSync(file, 'utf8').trim())
  })

  it('drains what waits when it is told to end', async () => {
    const folder = space(await peopleService())
    const { program, listen } = await recording(folder)
    const ids = Array.from({ length: 300 }, (_, i) => i + 1000)
    await Promise.all(ids.map((id) => ask(listen, `/users/${id}`)))
    // At once: nothing of it has been written yet.
    const { code } = await program.stop('SIGINT')
    expect(code).toBe(0)
    const text = filesOf(folder)
      .map((file) => readFileSync(file, 'utf8'))
      .join('')
    expect(ids.filter((id) => !text.includes(`/users/${id}\n`))).toEqual([])
  })

  it('lets the calls in flight end first', async () => {
    const folder = space(await peopleService())
    const { program, listen } = await recording(folder)
    const slow = ask(listen, '/slow')
    await program.line<Recorded>(({ type }) => type === 'recording')
    await slow
    await program.stop()
    expect(filesOf(folder).map((file) => file.split('/').at(-1))).toEqual(['get.slow.yaml'])
  })

  it('leaves whole files when it is killed', async () => {
    const folder = space(await peopleService())
    const { program, listen } = await recording(folder)
    let asked = 0
    let going = true
    const load = async (): Promise<void> => {
      while (going) await ask(listen, `/users/${2000 + (asked++ % 1500)}`).catch(() => undefined)
    }
    const clients = Promise.all([load(), load(), load(), load()])
    // In the middle of writing again and again.
    await program.line<Recorded & { readonly files: number }>(
      ({ type, files }) => type === 'recording' && files > 0,
    )
    program.child.kill('SIGKILL')
    await program.finished
    going = false
    await clients
    const { code, stdout } = await runProgram(['check', '--json'], { cwd: folder })
    expect(JSON.parse(stdout)).toMatchObject({ problems: [] })
    expect(code).toBe(0)
    expect(filesOf(folder).filter((file) => file.endsWith('.yaml')).length).toBeGreaterThan(0)
    // The next run takes away what was half written.
    const { program: next } = await recording(folder)
    await next.stop()
    expect(filesOf(folder).filter((file) => file.endsWith('.tmp'))).toEqual([])
  })

  it('counts and tells what does not fit into the queue, and calls go on', async () => {
    const folder = space(await peopleService(), 'record: { queue: 8KB, maxBytes: 6000 }\n')
    const { program, listen } = await recording(folder)
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(listen, `/users/${i}`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await ask(listen, '/bytes?n=50000')).body.length).toBe(50_000)
    const { stdout } = await program.stop()
    const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as Recorded
    expect(last.type).toBe('recorded')
    expect(last.dropped).toBeGreaterThan(0)
    expect(last.tooLarge + last.dropped + last.calls).toBe(201)
  })

  it('loses nothing when calls may wait', async () => {
    const folder = space(await peopleService(), 'record: { queue: 8KB }\n')
    const { program, listen } = await recording(folder, ['--on-full', 'wait'])
    await Promise.all(Array.from({ length: 200 }, (_, i) => ask(listen, `/users/${i}`)))
    const { stdout } = await program.stop()
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      type: 'recorded',
      calls: 200,
      dropped: 0,
    })
  })

  it('names services whose version nothing tells', async () => {
    const port = await peopleService()
    const folder = makeFolder({
      'svc-mock.yaml': `services:\n  users: { upstream: 'http://127.0.0.1:${port}', version: ^1.0 }\n`,
    })
    const { program, listen } = await recording(folder)
    await ask(listen, '/gzip')
    await ask(listen, '/users/1')
    const { code, stdout } = await program.stop()
    expect(code).toBe(2)
    expect(stdout).toContain('FIXTURE_VERSION_UNKNOWN')
    // This one says it in a header of the reply.
    expect(filesOf(folder).map((file) => file.split('/').slice(-2).join('/'))).toEqual([
      '2.1.0/get.users.{id}.yaml',
    ])
  })

  it('records what no mock answers, where onMiss says so, and only what is wanted', async () => {
    const folder = space(await peopleService(), 'onMiss: record\n')
    mkdirSync(join(folder, 'mocks/users'), { recursive: true })
    writeFileSync(
      join(folder, 'mocks/users/m.yaml'),
      'mocks:\n  - request: { path: /users/1 }\n    response: { body: { mine: true } }\n',
    )
    const { program, ready } = await startProgram({ cwd: folder, env })
    await ask(ready.listen, '/users/1')
    await ask(ready.listen, '/users/2')
    await program.stop()
    expect(filesOf(folder)).toHaveLength(1)
    expect(readFileSync(filesOf(folder)[0]!, 'utf8')).not.toContain('/users/1')
    const { program: some, listen } = await recording(folder, [
      '--filter',
      'users POST',
      '--until-idle',
      '500ms',
    ])
    await ask(listen, '/gzip')
    await ask(listen, '/login', '{}')
    expect((await some.finished).code).toBe(0)
    expect(
      filesOf(folder)
        .map((file) => file.split('/').at(-1))
        .sort(),
    ).toEqual(['get.users.{id}.yaml', 'post.login.yaml'])
  })
})

describe('svc-mock import', () => {
  it('takes a HAR through the same way', async () => {
    const folder = space(1)
    const entry = (url: string, text: string) => ({
      startedDateTime: '2026-01-02T03:04:05.000Z',
      request: {
        method: 'GET',
        url,
        headers: [
          { name: ':authority', value: 'users' },
          { name: 'Authorization', value: 'Bearer abcdefgh12345678' },
        ],
      },
      response: {
        status: 200,
        headers: [
          { name: 'content-type', value: 'application/json' },
          { name: 'content-encoding', value: 'gzip' },
        ],
        content: { size: text.length, text },
      },
    })
    const entries = [
      entry('http://users/users/7?full=1', '{"mobile":"13800138000"}'),
      entry('http://elsewhere/x', '{}'),
    ]
    writeFileSync(join(folder, 'session.har'), JSON.stringify({ log: { entries } }))
    const { code, stderr } = await runProgram(['import', 'har', 'session.har'], { cwd: folder, env })
    expect(code).toBe(0)
    const column = JSON.stringify({ log: { entries: [entries[0]] } }).length - 1
    expect(stderr).toContain('2 calls: 1 taken, 0 changed, 1 not possible\n')
    expect(stderr).toContain(`entry 2  session.har:1:${column}\n    no service names elsewhere`)
    const [file] = filesOf(folder)
    const text = readFileSync(file!, 'utf8')
    expect(text).toMatch(/path: \/users\/7\n {6}query:\n {8}full: '1'/)
    expect(text).toMatch(/mobile: '19999\d{6}'/)
    expect(text).not.toContain('abcdefgh')
    const named = await runProgram(
      ['import', 'har', 'session.har', '--service', 'users', '--record', 'new_episodes'],
      {
        cwd: folder,
        env,
      },
    )
    expect({ code: named.code, stderr: named.stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('2 calls: 2 taken, 0 changed, 0 not possible'),
    })
    expect(filesOf(folder).map((path) => path.split('/').at(-1))).toContain('get.x.yaml')
    const nobody = await runProgram(['import', 'har', 'session.har', '--service', 'nobody'], {
      cwd: folder,
      env,
    })
    expect({ code: nobody.code, stderr: nobody.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('svc-mock.yaml has no service nobody'),
    })
  })

  it('makes the call of a curl line once', async () => {
    const folder = space(await peopleService())
    const line = `curl 'http://users/login' \\\n  -H 'Content-Type: application/json' -H 'Authorization: Bearer abcdefgh12345678' \\\n  --data-raw $'{"mobile":"138\\u00300138000","a":"it\\'s"}' --compressed`
    const { code, stderr } = await runProgram(['import', 'curl', line], { cwd: folder, env })
    expect(stderr).toContain('the real service answered 200')
    expect(code).toBe(0)
    const text = readFileSync(filesOf(folder)[0]!, 'utf8')
    expect(text).toMatch(/mobile: '19999\d{6}'/)
    expect(text).not.toContain('13800138000')
  })

  it('says what it cannot take', async () => {
    const folder = space(1)
    writeFileSync(join(folder, 'a.har'), '{"log":{}}')
    const attempt = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runProgram(['import', ...args], { cwd: folder, env })
      expect(code).toBe(2)
      return stderr
    }
    expect(await attempt('har', 'a.har')).toContain('no log.entries')
    expect(await attempt('har', 'none.har')).toContain('ENOENT')
    expect(await attempt('curl', "curl 'http://users/x")).toContain(
      'a quote in the command line is not closed',
    )
    expect(await attempt('curl', 'curl http://other/x')).toContain('no service in svc-mock.yaml names other')
    expect(await attempt('curl', 'curl -F a=@b http://users/x')).toContain('-F cannot be imported')
  })
})
