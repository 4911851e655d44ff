import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Program, runProgram, type Started, startProgram } from '../support/spawn.ts'
import { makeFolder, ordersWorkspace } from '../support/spawn-workspace.ts'

const start = async (cwd: string, args: readonly string[] = []): Promise<Started> => {
  const started = await startProgram({ cwd }, args)
  onTestFinished(async () => void (await started.program.stop('SIGKILL')))
  return started
}

/** A call through the proxy, in absolute form. */
const call = (listen: string, url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const [host, port] = listen.split(':')
    request({ host, port, path: url, headers: { host: new URL(url).host }, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })

const order = 'http://orders.test.example.com/orders/42'

describe('start', () => {
  it('says that it is ready, then one line for each call', async () => {
    const { program, ready } = await start(makeFolder(ordersWorkspace))
    expect(ready).toEqual({
      type: 'ready',
      listen: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      services: [
        { name: 'orders', protocol: 'http', mode: 'mock', version: '1.0.0', listen: null },
        { name: 'stock', protocol: 'http', mode: 'mock', version: null, listen: null },
      ],
    })
    expect(await call(ready.listen, order)).toBe(200)
    expect(await program.line((value) => 'outcome' in value)).toEqual({
      type: 'call',
      protocol: 'http',
      service: 'orders',
      operation: 'GET /orders/42',
      status: 200,
      outcome: 'mock',
      mock: 'mocks/orders/1.0.0/orders.yaml:2',
      durationMs: expect.any(Number),
    })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly on %s, its run file gone', async (signal) => {
    const cwd = makeFolder(ordersWorkspace)
    const { program } = await start(cwd)
    const folder = join(cwd, '.svc-mock/run')
    expect(readdirSync(folder)).toEqual([`${program.child.pid}.json`])
    expect(await program.stop(signal)).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('prints a table and a curl-able address for people', async () => {
    const program = new Program(['start', '--port', '0'], { cwd: makeFolder(ordersWorkspace) })
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    await program.says(/svc-mock listens on http:\/\/127\.0\.0\.1:\d+/)
    await program.says(/orders +mock +1\.0\.0 +1 +orders\.test\.example\.com/)
    expect(program.stderr).toBe('')
  })

  it('is refused where NODE_ENV is production, unless told otherwise', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const env = { NODE_ENV: 'production' }
    expect(await runProgram(['start', '--port', '0'], { cwd, env })).toMatchObject({ code: 2 })
    const { ready } = await startProgram({ cwd, env }, ['--allow-node-env-production']).then((started) => {
      onTestFinished(async () => void (await started.program.stop('SIGKILL')))
      return started
    })
    expect(ready.type).toBe('ready')
  })

  it('listens beyond this machine only when asked, and then says so loudly', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const args = ['start', '--listen', '0.0.0.0:0']
    expect((await runProgram(args, { cwd })).stderr).toContain('REMOTE_REFUSED')
    const program = new Program([...args, '--allow-remote', '--quiet'], { cwd })
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    await program.says('other machines can call this svc-mock')
  })
})

describe('a port that is taken', () => {
  it('names the svc-mock that has it', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const { program, ready } = await start(cwd)
    const port = ready.listen.split(':')[1]!
    const { code, stdout } = await runProgram(['start', '--port', port, '--json'], { cwd })
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'PORT_IN_USE', details: { owner: { pid: program.child.pid, command: 'svc-mock' } } },
    })
  })

  it.runIf(process.platform === 'linux')('names any other program that has it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const cwd = makeFolder(ordersWorkspace)
    const { code, stderr } = await runProgram(['start', '--port', String(port)], { cwd })
    expect(code).toBe(3)
    expect(stderr).toContain(`(pid ${process.pid})`)
    expect(existsSync(join(cwd, '.svc-mock/run'))).toBe(false)
  })
})

describe('commands that speak to a running proxy', () => {
  const json = async (cwd: string, args: readonly string[]) =>
    JSON.parse((await runProgram([...args, '--json'], { cwd })).stdout)

  it('switch modes and show calls', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const { ready } = await start(cwd)
    await call(ready.listen, order)
    await call(ready.listen, 'http://orders.test.example.com/nothing')
    expect((await json(cwd, ['calls'])).calls).toHaveLength(2)
    expect((await json(cwd, ['calls', '--miss'])).calls).toMatchObject([
      { operation: 'GET /nothing', outcome: 'miss' },
    ])
    expect(await json(cwd, ['mode', 'orders', 'passthrough'])).toMatchObject({
      name: 'orders',
      mode: 'passthrough',
    })
    expect((await json(cwd, ['mode', 'orders'])).services).toMatchObject([{ mode: 'passthrough' }])
    expect(await json(cwd, ['mode', 'order'])).toMatchObject({ error: { hint: 'did you mean orders?' } })
    expect(await json(cwd, ['mode', 'order', 'mock'])).toMatchObject({
      error: { hint: 'did you mean orders?' },
    })
  })

  it('give the variables of the running one, else those of the file', async () => {
    const cwd = makeFolder(ordersWorkspace)
    expect(await json(cwd, ['env'])).toMatchObject({
      running: false,
      variables: { HTTP_PROXY: 'http://127.0.0.1:8700' },
    })
    const { ready } = await start(cwd)
    expect(await json(cwd, ['env'])).toMatchObject({
      running: true,
      variables: { HTTP_PROXY: `http://${ready.listen}` },
    })
  })

  it('say that none runs', async () => {
    expect(await runProgram(['calls'], { cwd: makeFolder(ordersWorkspace) })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('svc-mock start'),
    })
  })
})

describe('a reader of stdout that has stopped reading', () => {
  it('does not stall calls, nor the end', async () => {
    const { program, ready } = await start(makeFolder(ordersWorkspace))
    program.child.stdout!.pause()
    for (let i = 0; i < 40; i += 1) {
      await Promise.all(Array.from({ length: 50 }, () => call(ready.listen, order)))
    }
    program.child.kill('SIGTERM')
    const [code] = await once(program.child, 'exit')
    expect(code).toBe(0)
  })
})
