import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { grpcFiles, host } from '../support/grpc-workspace.ts'
import { type Finished, Program, runProgram } from '../support/spawn.ts'
import { makeFolder, ordersWorkspace } from '../support/spawn-workspace.ts'

interface ReceiptLine {
  readonly type: 'receipt'
  readonly services: readonly { readonly name: string; readonly mock: number; readonly miss: number }[]
  readonly unknown: readonly { readonly host: string; readonly calls: number; readonly add: string }[]
  readonly bypassed: readonly { readonly address: string }[] | null
  readonly pure: boolean
}

const node = (source: string): string[] => ['--', process.execPath, '-e', source]

const run = (args: readonly string[], env = {}, files = ordersWorkspace): Promise<Finished> =>
  runProgram(['run', ...args], { cwd: makeFolder(files), env })

const receipt = ({ stdout }: Finished): ReceiptLine =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .find(({ type }) => type === 'receipt')

/** Talks to the control address as `svc-mock calls` does, and makes a call meanwhile, which has the peers looked at. */
const asksControl = `
  const { readdirSync, readFileSync } = require('node:fs')
  const [file] = readdirSync('.svc-mock/run')
  const [host, port] = JSON.parse(readFileSync('.svc-mock/run/' + file, 'utf8')).address.split(':')
  const socket = require('node:net').connect(port, host, async () => {
    for (let n = 0; n < 20; n++) await (await fetch('http://orders.test.example.com/orders/42')).text()
    socket.destroy()
  })`

const order = 'http://orders.test.example.com/orders/42'
const fetches = (url: string): string =>
  `fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0

const upstream = async (): Promise<{ server: Server; authority: string }> => {
  const server = createServer((_, response) => response.end('real'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, authority: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('commands of svc-mock inside a run', () => {
  it('are no bypass', async () => {
    const finished = await run(['--strict', '--json', ...node(asksControl)])
    expect(finished.code).toBe(0)
    expect(receipt(finished).bypassed ?? []).toEqual([])
    expect(receipt(finished).services).toContainEqual(expect.objectContaining({ name: 'orders', mock: 20 }))
  })
})

/** Puts a stub by WireMock's admin API, calls the service, and asks how often that came. */
const asserts = `
  const { SVC_MOCK_CONTROL_URL: url, SVC_MOCK_CONTROL_TOKEN: token } = process.env
  const { request } = require('node:http')
  const admin = (path, value) => new Promise((resolve) => {
    const headers = { authorization: 'Bearer ' + token }
    const call = request(url + '/orders/__admin' + path, { method: 'POST', headers, agent: false }, async (reply) => {
      let text = ''
      for await (const piece of reply) text += piece
      resolve(JSON.parse(text))
    })
    call.end(JSON.stringify(value))
  })
  const stub = { request: { method: 'GET', url: '/orders/42' }, response: { body: 'put' } }
  void (async () => {
    await admin('/mappings', stub)
    const answer = await (await fetch('http://orders.test.example.com/orders/42')).text()
    console.log(answer, (await admin('/requests/count', stub.request)).count)
  })()`

describe("WireMock's admin API inside a run", () => {
  it('is found by the variables of the command, and is no bypass', async () => {
    const finished = await run(['--strict', '--wiremock', ...node(asserts)])
    expect(finished).toMatchObject({ code: 0, stdout: 'put 1\n' })
  })

  it('is not there where nobody asked for it', async () => {
    const source = 'console.log(process.env.SVC_MOCK_CONTROL_URL, process.env.SVC_MOCK_CONTROL_TOKEN)'
    expect((await run(node(source))).stdout).toBe('undefined undefined\n')
  })
})

describe('calls of the command', () => {
  it("of Node's own fetch are answered by mocks", async () => {
    const finished = await run(node(fetches(order)))
    expect(finished).toMatchObject({ code: 0, stdout: '{"id":42}\n' })
    expect(finished.stderr).toMatch(/orders +1 +0 +0 +0/)
  })

  it.runIf(has('curl'))('of curl are answered by mocks', async () => {
    expect(await run(['--', 'curl', '-s', order])).toMatchObject({ code: 0, stdout: '{"id":42}' })
  })

  it.runIf(has('python3'))("of Python's urllib are answered by mocks", async () => {
    const source = `import urllib.request as u; print(u.urlopen('${order}').read().decode())`
    expect(await run(['--', 'python3', '-c', source])).toMatchObject({ code: 0, stdout: '{"id":42}\n' })
  })

  it('reach a service by its URL variable', async () => {
    const source = `fetch(process.env.ORDERS_URL + '/orders/1').then((r) => r.text()).then(console.log)`
    expect(await run(node(source))).toMatchObject({ code: 0, stdout: '{"id":42}\n' })
  })

  it('reach a service by its URL variable when loopback goes through the proxy', async () => {
    const files = {
      ...ordersWorkspace,
      'svc-mock.yaml': "services: { orders: { hosts: ['127.0.0.1:1'] } }\n",
    }
    const source = `fetch(process.env.ORDERS_URL + '/orders/1').then((r) => r.text()).then(console.log)`
    expect(await run(node(source), {}, files)).toMatchObject({ code: 0, stdout: '{"id":42}\n' })
  })
})

describe('a service whose upstream is not verified', () => {
  it('is told before the command runs, and in the list', async () => {
    const files = { 'svc-mock.yaml': 'services: { orders: { tls: { insecure: true } } }\n' }
    const said = /orders.*insecure, the certificate of its upstream is not verified/
    expect((await run(node(''), {}, files)).stderr).toMatch(said)
    expect((await run(['--quiet', ...node('')], {}, files)).stderr).toBe('')
    expect((await runProgram(['list'], { cwd: makeFolder(files) })).stdout).toMatch(said)
  })
})

describe('the exit code', () => {
  it("is the command's", async () => {
    expect((await run(node('process.exit(7)'))).code).toBe(7)
  })

  it.skipIf(process.platform === 'win32')('is 128 + n for a signal', async () => {
    expect((await run(node("process.kill(process.pid, 'SIGTERM')"))).code).toBe(143)
  })

  it('is 1 under --strict when a call found no mock', async () => {
    const url = 'http://orders.test.example.com/nothing'
    expect((await run(node(fetches(url)))).code).toBe(0)
    const strict = await run(['--strict', ...node(fetches(url))])
    expect(strict.code).toBe(1)
    expect(strict.stderr).toContain('RUN_IMPURE')
    expect(strict.stderr).toContain('GET /nothing  1 call')
  })

  it("stays the command's under --strict when that is not zero", async () => {
    const source = `${fetches('http://orders.test.example.com/nothing')}.then(() => process.exit(5))`
    expect((await run(['--strict', ...node(source)])).code).toBe(5)
  })

  it('is 3 when the command cannot be started', async () => {
    const finished = await run(['--', 'no-such-command-anywhere'])
    expect(finished).toMatchObject({ code: 3, stderr: expect.stringContaining('COMMAND_NOT_STARTED') })
  })
})

describe('the receipt', () => {
  it('counts unknown hosts and names the line to add', async () => {
    const { authority } = await upstream()
    const source = `require('node:http').get('http://unknown.test/', (r) => r.resume()).on('error', () => {})`
    const finished = await run(['--json', ...node(source)], { HTTP_PROXY: `http://${authority}` })
    const { unknown, pure } = receipt(finished)
    expect(unknown).toEqual([
      { host: 'unknown.test:80', calls: 1, add: "unknown: { hosts: ['unknown.test'] }" },
    ])
    expect(pure).toBe(false)
  })

  it.runIf(process.platform === 'linux')('names peers that were reached without the proxy', async () => {
    const { authority } = await upstream()
    const [host, port] = authority.split(':')
    // Connected until the test has seen enough: well beyond one sample.
    const source = `const s = require('node:net').connect(${port}, '${host}', () => setTimeout(() => s.destroy(), 2_500))`
    const finished = await run(['--json', '--strict', ...node(source)])
    expect(receipt(finished).bypassed).toMatchObject([{ address: authority }])
    expect(finished.code).toBe(1)
    const allowed = {
      ...ordersWorkspace,
      'svc-mock.yaml': `allowHosts: ['${authority}']\nservices: { orders: {} }\n`,
    }
    const second = await run(['--json', '--strict', ...node(source)], {}, allowed)
    expect(receipt(second)).toMatchObject({ bypassed: [], pure: true })
    expect(second.code).toBe(0)
  })

  it.runIf(process.platform === 'linux')('does not take the proxy itself for a bypassing peer', async () => {
    const source =
      "const u = new URL(process.env.HTTP_PROXY); const s = require('node:net').connect(u.port, u.hostname.replace(/[[\\]]/g, ''), () => setTimeout(() => s.destroy(), 300))"
    const args = ['--listen', '[::]:0', '--allow-remote', '--json', ...node(source)]
    expect(receipt(await run(args)).bypassed).toEqual([])
  })
})

describe('around the command', () => {
  it('stdout carries JSON only under --json, and the command writes to stderr', async () => {
    const { stdout, stderr } = await run(['--json', ...node("console.log('of the command')")])
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(['ready', 'receipt'])
    expect(stderr).toBe('of the command\n')
  })

  it('what the inherited NO_PROXY names is reached straight, also by svc-mock', async () => {
    const { authority } = await upstream()
    const port = authority.split(':')[1]
    const files = {
      ...ordersWorkspace,
      'svc-mock.yaml': `services:\n  real: { hosts: [real.test], mode: passthrough, upstream: 'http://0.0.0.0:${port}' }\n`,
    }
    // Nothing listens at the proxy: whoever asks it fails.
    const env = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '0.0.0.0' }
    const finished = await run(node(fetches('http://real.test/')), env, files)
    expect(finished.stdout).toBe('real\n')
  })

  it('an inherited proxy is where unmatched calls go on to', async () => {
    const { authority } = await upstream()
    const env = { HTTP_PROXY: `http://${authority}` }
    const viaHttp = `require('node:http').get('http://somewhere.test/x', (r) => r.pipe(process.stdout))`
    expect((await run(node(viaHttp), env)).stdout).toBe('real')
  })

  it('SVC_MOCK=off runs the command and nothing else', async () => {
    const source = 'console.log(process.env.HTTP_PROXY ?? "none"); process.exit(4)'
    expect(await run(node(source), { SVC_MOCK: 'off' })).toEqual({
      code: 4,
      signal: null,
      stdout: 'none\n',
      stderr: '',
    })
  })

  it.skipIf(process.platform === 'win32')('SIGTERM is passed on, and its answer is ours', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const source =
      "process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)"
    const program = new Program(['run', ...node(source)], { cwd })
    await program.says('up')
    expect((await program.stop('SIGTERM')).code).toBe(9)
  })

  it.skipIf(process.platform === 'win32')('SIGINT that no terminal sent is passed on once', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const source =
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => process.exit(20 + n), 200) }); console.log('up'); setInterval(() => {}, 1000)"
    const program = new Program(['run', ...node(source)], { cwd })
    await program.says('up')
    expect((await program.stop('SIGINT')).code).toBe(21)
  })
})

it('a client of grpc-js reaches mocks without any setting, in the clear and by TLS', async () => {
  const source = `
    const { Client, credentials } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@grpc/grpc-js'))})
    const same = (bytes) => bytes
    const get = (secure) => new Promise((resolve) => {
      const client = new Client('${host}', secure)
      client.makeUnaryRequest('/acme.Inventory/Get', same, same, Buffer.from('0a0161', 'hex'), (error, reply) => {
        client.close()
        resolve(error?.message ?? reply.subarray(2).toString())
      })
    })
    const all = async () => console.log(await get(credentials.createInsecure()), await get(credentials.createSsl()))
    all()`
  const mocks =
    '  - { request: { method: Get, message: { sku: a } }, response: { message: { sku: found } } }\n'
  const { stdout, stderr } = await run(node(source), {}, grpcFiles(mocks))
  expect(stdout).toBe('found found\n')
  expect(stderr).toMatch(/inventory +2 +0 +0 +0/)
})
