/** Mocks on commands, with a real server behind and real clients before, both versions of RESP. */
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, type RedisServer, startRedis, talk } from '../../support/redis.ts'

const file = (mocks: string, more = ''): Record<string, string> => ({
  'mocks/cache/cache.yaml': `service: cache\nprotocol: redis\n${more}mocks:\n${mocks}`,
})

describe.skipIf(!hasRedis)('a mock of a command', () => {
  let server: RedisServer
  let base: Redis

  beforeAll(async () => {
    server = await startRedis()
    base = new Redis(server.port)
  })
  afterAll(async () => {
    base.disconnect()
    await server.stop()
  })
  beforeEach(() => base.flushall())

  const cache = async (mocks: string, settings = '', options: Parameters<typeof proxy>[1] = {}) => {
    const started = await proxy(
      {
        'svc-mock.yaml': `tenant: alice
services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${server.port}${settings} }
`,
        ...file(mocks),
      },
      options,
    )
    return { ...started, port: started.ownPort('cache') }
  }

  const client = async (port: number, RESP: 2 | 3) => {
    const opened = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: false }, RESP })
    opened.on('error', () => undefined)
    await opened.connect()
    onTestFinished(() => opened.destroy())
    return opened
  }

  describe.each([2, 3] as const)('in RESP%i', (RESP) => {
    it('answers its command and key, and leaves the others to the server', async () => {
      const { port, call } = await cache(`
  - request: { command: get, key: { $matches: 'user:\\d+' } }
    response: { value: '{"name":"Zoë"}' }
  - request: { command: HGETALL, key: user:7 }
    response: { value: { name: Zoe, age: '7' } }
  - request: { command: SET, args: [locked] }
    response: { error: READONLY You can't write against a read only replica. }
`)
      const a = await client(port, RESP)
      await a.mSet({ 'user:1': 'real', other: 'real' })
      expect(await Promise.all([a.get('user:1'), a.get('other'), a.get('user:x'), a.get('user:2')])).toEqual([
        '{"name":"Zoë"}',
        'real',
        null,
        '{"name":"Zoë"}',
      ])
      expect({ ...(await a.hGetAll('user:7')) }).toEqual({ name: 'Zoe', age: '7' })
      await expect(a.set('locked', '1')).rejects.toThrow("READONLY You can't write")
      expect(await a.set('free', '1')).toBe('OK')
      expect(await base.get('svcm:alice:free')).toBe('1')
      const connection = await call(1)
      expect(connection).toMatchObject({ operation: 'connection', outcome: 'passthrough' })
    })

    it('stands in EXEC where the client expects it', async () => {
      const { port } = await cache(`
  - request: { command: GET, key: b }
    response: { value: of the mock }
  - request: { command: GET, key: c }
    upstream: { patch: { error: ERR changed } }
`)
      const a = await client(port, RESP)
      expect(await a.multi().set('a', '1').get('b').get('a').get('b').exec()).toEqual([
        'OK',
        'of the mock',
        '1',
        'of the mock',
      ])
      expect(await a.multi().get('b').exec()).toEqual(['of the mock'])
      await expect(a.multi().set('a', '2').get('c').exec()).rejects.toThrow()
      expect(await a.get('a')).toBe('1')
      await a.watch('a')
      await base.set('svcm:alice:a', 'changed')
      await expect(a.multi().get('b').exec()).rejects.toThrow()
      expect(await a.get('b')).toBe('of the mock')
    })

    it('changes what the server answers', async () => {
      const { port } = await cache(`
  - request: { command: GET, key: doc }
    upstream: { patch: { text: { total: 99 } } }
  - request: { command: HGETALL, key: h }
    upstream: { patch: { value: { $merge: [one, 2, OK] } } }
  - request: { command: GET, key: script }
    upstream: { patch: { script: 'export default (request, reply) => ({ value: request.key + "/" + reply.value })' } }
  - request: { command: GET, key: text }
    upstream: { patch: { text: { $replace: { regex: 'a+', with: b } } } }
`)
      const a = await client(port, RESP)
      await a.mSet({ doc: '{"id":1,"total":5}', script: 'real', text: 'caat' })
      expect(
        await Promise.all([a.get('doc'), a.get('script'), a.get('text'), a.get('none'), a.get('doc')]),
      ).toEqual(['{"id":1,"total":99}', 'script/real', 'cbt', null, '{"id":1,"total":99}'])
    })
  })

  it('has values of all kinds, in both versions', async () => {
    const { port } = await cache(`
  - request: { command: ECHO }
    response:
      value:
        - text
        - 7
        - 1.5
        - true
        - null
        - OK
        - { a: 1, b: [x] }
        - { $set: [s] }
        - { $binary: AP8= }
        - { $error: WRONGTYPE no }
        - { $simple: PONG }
        - 90071992547409931
  - request: { command: TYPE }
    response: { value: null }
`)
    expect(await talk(port, 'ECHO x\r\nTYPE x\r\nPING end\r\n', 'end\r\n')).toBe(
      '*12\r\n$4\r\ntext\r\n:7\r\n$3\r\n1.5\r\n:1\r\n$-1\r\n+OK\r\n*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*1\r\n$1\r\nx\r\n' +
        '*1\r\n$1\r\ns\r\n$2\r\n\x00\xff\r\n-WRONGTYPE no\r\n+PONG\r\n:90071992547409931\r\n$-1\r\n$3\r\nend\r\n',
    )
    const three = await talk(port, 'HELLO 3\r\nECHO x\r\nTYPE x\r\nPING end\r\n', 'end\r\n')
    expect(three.slice(three.indexOf('*12'))).toBe(
      '*12\r\n$4\r\ntext\r\n:7\r\n,1.5\r\n#t\r\n_\r\n+OK\r\n%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*1\r\n$1\r\nx\r\n' +
        '~1\r\n$1\r\ns\r\n$2\r\n\x00\xff\r\n-WRONGTYPE no\r\n+PONG\r\n:90071992547409931\r\n_\r\n$3\r\nend\r\n',
    )
  })

  it('has sequences, scenarios, templates and scripts', async () => {
    const { port } = await cache(`
  - request: { command: INCR, key: n }
    responses: [{ value: 1 }, { value: 5 }, { error: ERR full }]
  - request: { command: SET, key: lock }
    scenarioName: lock
    requiredScenarioState: Started
    newScenarioState: taken
    response: { value: OK }
  - request: { command: SET, key: lock }
    scenarioName: lock
    requiredScenarioState: taken
    response: { value: null }
  - request: { command: GET, key: { $matches: 't:.*' } }
    response: { value: '\${{ request.key }} of \${{ request.tenant }}' }
  - request: { command: JSON.GET }
    script: 'export default (request) => ({ value: request.args.length, ...(request.args[1] === "$" ? {} : { error: "ERR no" }) })'
`)
    const a = new Redis(port)
    onTestFinished(() => a.disconnect())
    const told = await a
      .pipeline()
      .incr('n')
      .incr('n')
      .incr('n')
      .set('lock', '1')
      .set('lock', '1')
      .get('t:1')
      .exec()
    expect(told!.map(([error, value]) => error?.message ?? value)).toEqual([
      1,
      5,
      'ERR full',
      'OK',
      null,
      't:1 of alice',
    ])
    expect(await a.call('JSON.GET', 'doc', '$')).toBe(2)
    await expect(a.call('JSON.GET', 'doc', '.')).rejects.toThrow('value and error exclude each other')
  })

  it('says what it was nearest to where a miss is refused', async () => {
    const { port, calls } = await cache(
      `
  - request: { command: GET, key: user:1 }
    response: { value: one }
`,
      ', onMiss: fail',
    )
    const a = new Redis(port)
    onTestFinished(() => a.disconnect())
    expect(await a.get('user:1')).toBe('one')
    await expect(a.get('user:2')).rejects.toThrow(
      /^ERR svc-mock: no mock of cache matches GET user:2; nearest: mocks\/cache\/cache.yaml:5:5 \(key: "user:1", not "user:2"\)/,
    )
    await expect(a.strlen('user:1')).rejects.toThrow('cache.yaml:5:5 (command: GET, not STRLEN)')
    // Whatever has no key is the connection's, or the server's.
    expect(await a.ping()).toBe('PONG')
    expect(calls.filter(({ outcome }) => outcome === 'miss')).toMatchObject([
      { operation: 'GET user:2', error: 'MOCK_NOT_MATCHED', status: 500, statusWord: 'ERR' },
      { operation: 'STRLEN user:1' },
    ])
  })

  it('is in force as soon as its file is there, on connections that are open', async () => {
    const { port, workspace, nextReload } = await cache('  []\n', '', { watch: true })
    const a = new Redis(port)
    onTestFinished(() => a.disconnect())
    expect(await a.get('k')).toBeNull()
    for (const [name, text] of Object.entries(
      file("  - { request: { command: GET, key: k }, response: { value: 'now' } }\n"),
    ))
      workspace.write(name, text)
    await nextReload()
    expect(await a.get('k')).toBe('now')
    workspace.write('mocks/cache/cache.yaml', 'service: cache\nprotocol: redis\nmocks: []\n')
    await nextReload()
    expect(await a.get('k')).toBeNull()
  })

  it('is asked in mode mock only, from one command to the next', async () => {
    const { port, running, calls } = await cache(
      '  - { request: { command: GET, key: k }, response: { value: mocked } }\n',
    )
    const a = new Redis(port)
    onTestFinished(() => a.disconnect())
    expect(await a.get('k')).toBe('mocked')
    running.setMode('cache', 'passthrough')
    expect(await a.get('k')).toBeNull()
    running.setMode('cache', 'mock')
    expect(await a.get('k')).toBe('mocked')
    // What passes as bytes is no call.
    expect(calls.map(({ operation }) => operation)).toEqual(['connection', 'GET k', 'GET k'])
  })

  it('keeps the order in a pipeline whatever answers', async () => {
    const { port } = await cache(`
  - request: { command: GET, key: { $matches: '.*7' } }
    response: { value: mock }
  - request: { command: GET, key: { $matches: '.*3' } }
    upstream: { patch: { text: { $replace: { find: real, with: changed } } } }
`)
    const a = new Redis(port)
    onTestFinished(() => a.disconnect())
    const keys = Array.from({ length: 200 }, (_none, i) => `k${i}`)
    await a.mset(keys.flatMap((key) => [key, `real ${key}`]))
    const told = await Promise.all(keys.map((key) => a.get(key)))
    expect(told).toEqual(
      keys.map((key) => (key.endsWith('7') ? 'mock' : key.endsWith('3') ? `changed ${key}` : `real ${key}`)),
    )
  })

  it('answers nothing where the client wants no replies', async () => {
    const { port } = await cache(`
  - request: { command: GET, key: m }
    response: { value: mock }
  - request: { command: GET, key: p }
    upstream: { patch: { value: { $merge: changed } } }
`)
    const commands = [
      'CLIENT REPLY SKIP',
      'GET m',
      'CLIENT REPLY OFF',
      'GET m',
      'GET p',
      'GET x',
      'CLIENT REPLY ON',
    ]
    expect(
      await talk(port, `${[...commands, 'GET m', 'GET p', 'PING end'].join('\r\n')}\r\n`, 'end\r\n'),
    ).toBe('+OK\r\n$4\r\nmock\r\n$7\r\nchanged\r\n$3\r\nend\r\n')
  })
})
