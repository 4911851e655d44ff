/** Mocks that are put while the program runs, and the calls that are kept for those who assert. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { libraryTools } from '../../../src/app/library-tools.ts'
import { MockLibrary } from '../../../src/app/mock-library.ts'
import { Journal } from '../../../src/app/run-time/journal.ts'
import { RunTimeMocks } from '../../../src/app/run-time/mocks.ts'
import { testClock } from '../../support/clock.ts'
import { proxy, type TestProxy } from '../../support/proxy.ts'
import { raw } from '../../support/raw.ts'
import { workspace } from '../../support/workspace.ts'

const files = {
  'svc-mock.yaml': `control: { wiremock: true }
services: { orders: {}, stock: {}, cache: { protocol: redis, listen: '127.0.0.1:0', upstream: embedded } }
`,
  'mocks/orders/1.0.0/x.yaml': `mocks:
  - name: from the file
    request: { method: GET, path: /orders/1, headers: { accept: text/plain } }
    response: { body: file }
  - name: any order
    priority: 9
    request: { path: '/orders/{id}' }
    response: { body: any }
`,
}

const ask = async ({ port }: TestProxy, line: string, host = 'orders', body = ''): Promise<string> => {
  const [method, path] = line.split(' ')
  const client = await raw(port)
  client.send(
    `${method} http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/plain\r\nX-Two: a\r\nX-Two: b\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  const answer = await client.rest()
  return answer.includes('200 OK')
    ? answer.split('\r\n\r\n')[1]!
    : (/x-svc-mock-error: (\w+)/.exec(answer)?.[1] ?? answer)
}

const answering = (
  path: string,
  body: string,
  more: object = {},
): { readonly mocks: readonly unknown[] } => ({
  mocks: [{ request: { path }, response: { body }, ...more }],
})

const put = ({ running }: TestProxy, id: string, file: ReturnType<typeof answering>, service?: string) =>
  running.runTime.put({ id, service, file })

describe('mocks put at run time', () => {
  it('stand above all files, the newest first, but for priority', async () => {
    const test = await proxy(files)
    expect(put(test, 'a', answering('/orders/{id}', 'a'), 'orders')).toEqual([])
    // The file's mock is more literal and says more, and comes later all the same.
    expect(await ask(test, 'GET /orders/1')).toBe('a')
    put(test, 'b', answering('/orders/1', 'b'), 'orders')
    expect(await ask(test, 'GET /orders/1')).toBe('b')
    put(test, 'c', answering('/orders/1', 'c', { priority: 6 }), 'orders')
    expect(await ask(test, 'GET /orders/1')).toBe('b')
    put(test, 'a', answering('/orders/1', 'a again'), 'orders')
    expect(await ask(test, 'GET /orders/1')).toBe('b')
    test.running.runTime.remove(['b'])
    expect(await ask(test, 'GET /orders/1')).toBe('a again')
    test.running.runTime.remove(['a', 'c', 'never there'])
    expect(await ask(test, 'GET /orders/1')).toBe('file')
  })

  it('answer for every service that speaks HTTP where they name none, also one that comes later', async () => {
    const test = await proxy(files, { watch: true })
    put(test, 'a', answering('/everywhere', 'yes'))
    expect(test.running.runTime.services()).toEqual(['orders', 'stock'])
    expect([await ask(test, 'GET /everywhere'), await ask(test, 'GET /everywhere', 'stock')]).toEqual([
      'yes',
      'yes',
    ])
    test.workspace.write('svc-mock.yaml', files['svc-mock.yaml'].replace('stock: {}', 'stock: {}, later: {}'))
    await test.nextReload()
    expect(await ask(test, 'GET /everywhere', 'later')).toBe('yes')
    test.running.runTime.remove(['a'])
    expect(await ask(test, 'GET /everywhere', 'later')).toBe('MOCK_NOT_MATCHED')
  })

  it('survive a reload of the files of their service', async () => {
    const test = await proxy(files, { watch: true })
    put(test, 'a', answering('/put', 'yes'), 'orders')
    test.workspace.write(
      'mocks/orders/1.0.0/x.yaml',
      'mocks: [{ request: { path: /new }, response: { body: new } }]\n',
    )
    await test.nextReload()
    expect([await ask(test, 'GET /put'), await ask(test, 'GET /new')]).toEqual(['yes', 'new'])
  })

  it("leave a package's mock of the same name in its place", async () => {
    const { folder } = workspace({
      'package/orders/1.0.0/x.yaml':
        'mocks: [{ name: same, request: { path: /packaged }, response: { body: x } }]\n',
    })
    const library = new MockLibrary(
      folder,
      [
        {
          folder: join(folder, 'package'),
          display: 'package',
          layer: 3,
          origin: { address: 'npm:x@1', name: 'x', version: '1.0.0' },
        },
      ],
      await libraryTools(),
    )
    const mocks = new RunTimeMocks(library, folder, () => ['orders'])
    const named = (): readonly string[] => library.mocks().map(({ name, layer }) => `${name} ${layer}`)
    expect(mocks.put({ id: 'a', service: 'orders', file: answering('/put', 'a', { name: 'same' }) })).toEqual(
      [],
    )
    expect(named()).toEqual(['same -1', 'same 3'])
    mocks.remove(['a'])
    expect(named()).toEqual(['same 3'])
  })

  it('that are wrong change nothing, and say what is wrong', async () => {
    const test = await proxy(files)
    put(test, 'a', answering('/put', 'before'), 'orders')
    const wrong = { mocks: [{ request: { path: '/put', hedaers: {} }, response: { body: 'x' } }] }
    expect(put(test, 'a', wrong, 'orders')).toMatchObject([{ hint: 'did you mean headers?' }])
    const broken = { mocks: [{ request: { path: '/put' }, response: { bodyFile: '../../../x' } }] }
    expect(put(test, 'a', broken, 'orders')).toHaveLength(1)
    expect(await ask(test, 'GET /put')).toBe('before')
  })

  it('may use scripts, state and faults as those of files do', async () => {
    const test = await proxy(files)
    const response = { body: '${' + '{ request.headers.host.toUpperCase() }}' }
    put(test, 'a', { mocks: [{ request: { path: '/script' }, response, times: 1 }] }, 'orders')
    expect([await ask(test, 'GET /script'), await ask(test, 'GET /script')]).toEqual([
      'ORDERS',
      'MOCK_NOT_MATCHED',
    ])
  })
})

describe('the journal', () => {
  it('is not kept where nobody asks for it', async () => {
    const test = await proxy({ ...files, 'svc-mock.yaml': 'services: { orders: {} }\n' })
    expect(test.running.runTime.journal).toBeUndefined()
    expect(await ask(test, 'GET /orders/1')).toBe('file')
  })

  it('holds what a call sent and what it got, once the client has its answer', async () => {
    const test = await proxy(files)
    const { runTime } = test.running
    put(test, 'a', answering('/pay', 'paid'), 'orders')
    await ask(test, 'POST /pay?a=1&a=2', 'orders', '{"amount":1}')
    await ask(test, 'GET /orders/1')
    await ask(test, 'GET /never', 'stock')
    const [paid, found, missed] = runTime.journal!.entries()
    expect(paid).toMatchObject({
      service: 'orders',
      tenant: 'default',
      method: 'POST',
      path: '/pay',
      search: '?a=1&a=2',
      host: 'orders',
      protocol: 'HTTP/1.1',
      missed: false,
      outcome: 'mock',
      reply: { status: 200 },
    })
    expect(Buffer.from(paid!.body).toString()).toBe('{"amount":1}')
    expect(Buffer.from(paid!.reply!.body!).toString()).toBe('paid')
    expect(runTime.idOf(paid!.mock!.where)).toBe('a')
    expect(runTime.idOf(found!.mock!.where)).toBeUndefined()
    expect(found!.mock!.name).toBe('from the file')
    expect(missed).toMatchObject({ service: 'stock', missed: true, mock: undefined, reply: undefined })
    // What is shown to everybody holds none of it.
    expect(JSON.stringify(test.running.calls())).not.toContain('amount')
  })

  it('finds the calls that meet a condition, and those that come nearest to it', async () => {
    const test = await proxy(files)
    const { runTime } = test.running
    await ask(test, 'POST /orders/1?page=2', 'orders', '{"amount":1}')
    await ask(test, 'POST /orders/2', 'orders', '{"amount":2}')
    await ask(test, 'GET /far/away', 'stock')
    const probe = runTime.probe({
      mocks: [{ request: { method: 'POST', path: '/orders/{id}', body: { amount: 2 } }, response: {} }],
    })
    const all = runTime.journal!.entries()
    expect((await probe.among(all)).map(({ path }) => path)).toEqual(['/orders/2'])
    const near = await probe.nearest(all, 5)
    expect(near.map(({ entry }) => entry.path)).toEqual(['/orders/1', '/far/away'])
    expect(near.every(({ distance }) => distance > 0 && distance < 1)).toBe(true)
    const query = runTime.probe({ mocks: [{ request: { query: { page: 2 } }, response: {} }] })
    expect(await query.among(all)).toHaveLength(1)
    expect(() => runTime.probe({ mocks: [{ request: { methud: 'GET' } }] })).toThrow(
      expect.objectContaining({ code: 'MOCK_FILE_INVALID' }),
    )
  })

  it('forgets the oldest calls when it is full, and counts them', async () => {
    const test = await proxy({
      ...files,
      'svc-mock.yaml': files['svc-mock.yaml'].replace('wiremock: true', 'wiremock: true, journal: 8KB'),
    })
    const journal = test.running.runTime.journal!
    for (let i = 0; i < 6; i++) await ask(test, `POST /orders/${i}`, 'orders', 'x'.repeat(2000))
    const paths = journal.entries().map(({ path }) => path)
    expect(paths.at(-1)).toBe('/orders/5')
    expect(paths.length).toBeLessThan(6)
    expect(journal.forgotten).toBe(6 - paths.length)
    journal.clear()
    expect([journal.entries(), journal.forgotten]).toEqual([[], 0])
  })

  it('leaves a body out that is larger than what is read for matching, and says why', async () => {
    const test = await proxy({
      ...files,
      'svc-mock.yaml': `limits: { body: 1KB }\n${files['svc-mock.yaml']}`,
    })
    expect(await ask(test, 'POST /orders/1', 'orders', 'x'.repeat(5000))).toBe('any')
    const [entry] = test.running.runTime.journal!.entries()
    expect(entry!.body).toHaveLength(0)
    expect(entry!.unread).toContain('larger')
  })

  it('is empty again after its calls have been removed one by one', () => {
    const journal = new Journal(1024)
    expect([journal.remove('none'), journal.entries()]).toEqual([false, []])
  })
})

describe('a delay of all mocks', () => {
  it('holds back what mocks answer, but for those with a delay of their own', async () => {
    const clock = testClock()
    const test = await proxy(files, { clock })
    test.running.runTime.journal!.delayMs = 60_000
    put(test, 'a', answering('/slow', 'own', { fault: { delay: '1s' } }), 'orders')
    const held = ask(test, 'GET /orders/1')
    await clock.waiting(1)
    // It is kept before it is answered.
    expect(test.running.runTime.journal!.entries()).toHaveLength(1)
    clock.pass(59_999)
    expect(clock.timers).toBe(1)
    clock.pass(1)
    expect(await held).toBe('file')
    const own = ask(test, 'GET /slow')
    await clock.waiting(1)
    clock.pass(1_000)
    expect(await own).toBe('own')
    expect(await ask(test, 'GET /never')).toBe('MOCK_NOT_MATCHED')
  })
})

describe('scenarios', () => {
  it('are those of files and of what was put, and can be moved', async () => {
    const test = await proxy(files)
    const { runTime } = test.running
    put(
      test,
      'a',
      answering('/todo', 'milk', {
        scenarioName: 'list',
        requiredScenarioState: 'filled',
        newScenarioState: 'empty',
      }),
      'orders',
    )
    expect(runTime.scenarios(undefined)).toEqual([
      { name: 'list', state: 'Started', possibleStates: ['Started', 'filled', 'empty'] },
    ])
    expect(await ask(test, 'GET /todo')).toBe('MOCK_NOT_MATCHED')
    runTime.moveScenario(undefined, 'list', 'filled')
    expect(await ask(test, 'GET /todo')).toBe('milk')
    expect(runTime.scenarios(undefined)[0]!.state).toBe('empty')
    runTime.resetScenarios(undefined)
    expect(runTime.scenarios(undefined)[0]!.state).toBe('Started')
    expect(runTime.scenarios('alice')[0]!.state).toBe('Started')
  })
})
