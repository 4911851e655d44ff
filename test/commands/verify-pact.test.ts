/** `svc-mock verify --pact` as a program: outside of any workspace, from files and from a Pact Broker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anOrder, pactOf, pactProvider } from '../contract/pact/pact-provider.ts'
import { freePort, pactBroker } from '../support/pact-broker.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const quiet = {
  GITHUB_SHA: '',
  GIT_COMMIT: '',
  CI_COMMIT_SHA: '',
  SVC_MOCK_VERSION: '',
  GITHUB_ACTIONS: '',
  PACT_BROKER_BASE_URL: '',
  PACT_BROKER_TOKEN: '',
  PACT_BROKER_USERNAME: '',
  PACT_BROKER_PASSWORD: '',
}
const broken = { ...anOrder, description: 'broken', providerState: 'a state', response: { status: 500 } }
const folder = (interactions: readonly Readonly<Record<string, unknown>>[]) =>
  makeFolder({ 'pacts/web.json': JSON.stringify(pactOf(interactions), null, 2) })

describe('svc-mock verify --pact <folder>', () => {
  it('ends with 0 and one line when the provider keeps its pacts', async () => {
    const provider = await pactProvider()
    const args = ['verify', '--provider', provider.url.href, '--pact', 'pacts']
    const { code, stdout, stderr } = await runProgram(args, { cwd: folder([anOrder]), env: quiet })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^no violation in 1 thing checked, \d+ ms\n$/)
  })

  it('ends with 1, names the line, and writes all reports', async () => {
    const provider = await pactProvider()
    const cwd = folder([anOrder, broken])
    const reports = ['junit', 'sarif', 'html', 'gitlab'].flatMap((form) => [`--${form}`, `out/${form}`])
    const args = ['verify', '--provider', provider.url.href, '--pact', 'pacts/web.json', ...reports]
    const states = ['--state-url', `${provider.url.origin}/_states`]
    const { code, stdout } = await runProgram([...args, ...states], { cwd, env: quiet })
    expect(code).toBe(1)
    const line =
      readFileSync(join(cwd, 'pacts/web.json'), 'utf8').split('"broken"')[0]!.split('\n').length - 1
    expect(stdout).toContain(`broken (given a state) › GET /orders/42  pacts/web.json:${line}:`)
    expect(stdout).toContain('response.status: it differs')
    expect(provider.states.map(({ action, state }) => `${action} ${state}`)).toContain('setup a state')
    const read = (form: string): string => readFileSync(join(cwd, 'out', form), 'utf8')
    expect(read('junit')).toContain('tests="2" failures="1"')
    expect(JSON.parse(read('sarif')).runs[0].results).toHaveLength(1)
    expect(JSON.parse(read('gitlab'))[0].location).toEqual({ path: 'pacts/web.json', lines: { begin: line } })
    expect(read('html')).toContain('svc-mock verify --pact: broken')
  })

  it('keeps known violations in a baseline', async () => {
    const provider = await pactProvider()
    const cwd = folder([broken])
    const args = ['verify', '--provider', provider.url.href, '--pact', 'pacts', '--baseline', 'known.lock']
    expect((await runProgram(args, { cwd, env: quiet })).code).toBe(0)
    expect(readFileSync(join(cwd, 'known.lock'), 'utf8')).toContain(
      'broken (given a state) | response-status',
    )
    expect((await runProgram(args, { cwd, env: quiet })).code).toBe(0)
  })

  it('ends with 2 for a file that is none, after the rest', async () => {
    const provider = await pactProvider()
    const cwd = makeFolder({ 'pacts/a.json': JSON.stringify(pactOf([anOrder])), 'pacts/b.json': '{}' })
    const args = ['verify', '--provider', provider.url.href, '--pact', 'pacts']
    const { code, stdout, stderr } = await runProgram(args, { cwd, env: quiet })
    expect(code).toBe(2)
    expect(stdout).toContain('1 thing checked')
    expect(stderr).toContain('pacts/b.json:1:1')
    expect(stderr).toContain('it is no Pact file')
  })

  it.each([
    [['--pact', 'none'], 2, 'is not there'],
    [['--pact', 'pacts', '--unsafe'], 2, '--unsafe is for mocks'],
    [['--pact', 'pacts', '--message-url', 'x'], 2, 'is no address'],
    [['--main-branch'], 2, 'PACT_BROKER_BASE_URL'],
    [['--pact', 'http://127.0.0.1:9', '--matching-branch'], 2, '--provider-branch'],
    [['--pact', 'http://127.0.0.1:9', '--consumer-version-selector', '[1]'], 2, 'is no object in JSON'],
    [['--pact', 'http://127.0.0.1:9', '--include-wip-since', 'soon'], 2, 'is no day'],
    [['--pact', 'pacts', '--publish-results'], 2, 'nothing says which version this is'],
    [['--pact', 'pacts', '--contracts', 'x', '--as', 'orders'], 2, '--contracts'],
  ])('refuses %j', async (args, wanted, message) => {
    const all = ['verify', '--provider', 'http://127.0.0.1:9', ...args]
    const { code, stderr } = await runProgram(all, { cwd: folder([anOrder]), env: quiet })
    expect(code).toBe(wanted)
    expect(stderr).toContain(message)
  })
})

describe('svc-mock verify --pact <broker>', () => {
  const flags = ['--service', 'orders', '--main-branch', '--enable-pending', '--provider-branch', 'main']
  const publishing = [
    '--publish-results',
    '--provider-version',
    'p1',
    '--build-url',
    'http://ci.example.com/1',
  ]

  it('takes address and token from the environment, shows neither token nor failure for what is pending', async () => {
    const broker = await pactBroker({ authorization: 'Bearer s3cret' })
    const pact = broker.add(pactOf([broken]), 'c1', 'main')
    const provider = await pactProvider()
    const args = ['verify', '--provider', provider.url.href, ...flags, ...publishing]
    const env = { ...quiet, PACT_BROKER_BASE_URL: broker.url, PACT_BROKER_TOKEN: 's3cret' }
    const { code, stdout, stderr } = await runProgram(args, { cwd: makeFolder(), env })
    expect(code).toBe(0)
    expect(stdout).toContain('pending  web: broken (given a state) › GET /orders/42')
    expect(stderr).toContain('is being verified because')
    expect(stderr).toContain('published: Pact between web (c1) and orders: failed')
    expect(stdout + stderr).not.toContain('s3cret')
    expect(pact.results).toMatchObject([{ success: false, buildUrl: 'http://ci.example.com/1' }])
    const again = await runProgram([...args, '--json'], { cwd: makeFolder(), env })
    expect(JSON.parse(again.stdout)).toMatchObject({
      counts: { pending: 1 },
      published: [{ success: false }],
    })
  })

  it.each([
    ['that wants a token', [401, 'no'], 'answered 401', 'PACT_BROKER_TOKEN'],
    [
      'that is a web page',
      [200, '<html>'],
      'something that is no JSON (text/html)',
      'the index of a Pact Broker',
    ],
    ['without the link', [200, { _links: {} }], 'pb:provider-pacts-for-verification', 'the index'],
    ['that fails', [500, { error: { message: 'boom' } }], 'answered 500: boom', 'hint'],
  ] as const)('%s is told once', async (_title, answer, message, hint) => {
    const broker = await pactBroker()
    broker.own.set('GET ', answer)
    const provider = await pactProvider()
    const args = ['verify', '--provider', provider.url.href, '--pact', broker.url, ...flags]
    const { code, stderr } = await runProgram(args, { cwd: makeFolder(), env: quiet })
    expect(code).toBe(3)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
    expect(stderr.match(/BROKER_FAILED/g)).toHaveLength(1)
    expect(provider.asked).toEqual([])
  })

  it('that is down is told; so is one that does not take results, behind the report', async () => {
    const provider = await pactProvider()
    const args = (url: string) => [
      'verify',
      '--provider',
      provider.url.href,
      '--pact',
      url,
      ...flags,
      ...publishing,
    ]
    const down = await runProgram(args(`http://ci:s3cret@127.0.0.1:${await freePort()}`), {
      cwd: makeFolder(),
      env: quiet,
    })
    expect(down.code).toBe(3)
    expect(down.stderr).toContain('nothing listens there')
    expect(down.stderr).not.toContain('s3cret')
    const broker = await pactBroker()
    broker.add(pactOf([anOrder]), 'c1', 'main')
    broker.own.set('POST /pacts/provider/orders/consumer/web/pact-version/0/verification-results', [500, {}])
    const { code, stdout, stderr } = await runProgram(args(broker.url), { cwd: makeFolder(), env: quiet })
    expect(code).toBe(3)
    expect(stdout).toContain('no violation in 1 thing checked')
    expect(stderr).toContain('answered 500')
    const json = await runProgram([...args(broker.url), '--json'], { cwd: makeFolder(), env: quiet })
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'BROKER_FAILED' } })
  })
})
