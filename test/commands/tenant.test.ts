/** Instances of tenants by command, against the real program. */
import { request } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { Program, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { upstream } from '../support/upstream.ts'
import { baggage, call, instance } from '../tenant/tools.ts'

const running = async (cwd: string) => {
  const { program, ready } = await startProgram({ cwd }, [])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  return { program, port: Number(ready.listen.split(':')[1]) }
}

const workspaceOf = (baseline: string, more = ''): string =>
  makeFolder({
    'svc-mock.yaml': `services:
  stock: { hosts: [stock.test.example.com], mode: passthrough, upstream: '${baseline}' }
  raw: { protocol: tcp, upstream: 'tcp://127.0.0.1:1', listen: 0 }
${more}`,
  })

const url = 'http://stock.test.example.com/items'

interface Line {
  readonly type: string
  readonly tenant?: string
}

it('an instance serves its tenant while the command runs, and is gone with it', async () => {
  const [baseline, mine, other] = [
    await instance('baseline'),
    await instance('alice'),
    await instance('other'),
  ]
  const cwd = workspaceOf(baseline.address)
  const { port, program } = await running(cwd)
  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await runProgram([...args, '--json'], { cwd })).stdout)
  const keep = new Program(['tenant', 'add', 'stock', mine.address, '--tenant', 'alice', '--json'], { cwd })
  onTestFinished(async () => void (await keep.stop('SIGKILL')))
  expect(await keep.line<Line>(({ type }) => type === 'ready')).toMatchObject({
    tenant: 'alice',
    service: 'stock',
    instance: mine.address,
    secondsLeft: 30,
  })
  expect(await call(port, url, baggage('alice'))).toMatchObject({ body: 'alice' })
  expect(await call(port, url)).toMatchObject({ body: 'baseline' })
  expect(await program.line<Line>(({ tenant }) => tenant === 'alice')).toMatchObject({ served: 'tenant' })

  expect(await json('tenant', 'list')).toMatchObject({
    tenants: [
      { tenant: 'default', own: true, instances: [] },
      { tenant: 'alice', own: false, instances: [{ service: 'stock', instance: mine.address, alive: true }] },
    ],
  })
  expect((await runProgram(['tenant', 'list'], { cwd })).stdout).toMatch(
    /alice +stock +http:\S+ +alive, \d+ s left/,
  )
  expect(await json('tenant', 'add', 'stock', other.address, '--tenant', 'alice')).toMatchObject({
    error: { code: 'INSTANCE_TAKEN' },
  })

  expect((await keep.stop('SIGINT')).code).toBe(0)
  expect(await call(port, url, baggage('alice'))).toMatchObject({ body: 'baseline' })
  expect(await json('tenant', 'remove', '--tenant', 'alice')).toEqual({ tenant: 'alice', removed: [] })
})

it('an instance whose command was killed runs out, and one is removed by hand', async () => {
  const [baseline, mine] = [await instance('baseline'), await instance('alice')]
  const cwd = workspaceOf(baseline.address, 'tenant: alice\n')
  const { port } = await running(cwd)
  const keep = new Program(['tenant', 'add', 'stock', mine.address, '--ttl', '1s', '--json'], { cwd })
  await keep.line<Line>(({ type }) => type === 'ready')
  await keep.stop('SIGKILL')
  const served = async (): Promise<string> => (await call(port, url)).body
  await expect.poll(served, { timeout: 10_000 }).toBe('baseline')

  const again = new Program(['tenant', 'add', 'stock', mine.address, '--json'], { cwd })
  onTestFinished(async () => void (await again.stop('SIGKILL')))
  await again.line<Line>(({ type }) => type === 'ready')
  expect(await served()).toBe('alice')
  const removed = await runProgram(['tenant', 'remove', 'stock'], { cwd })
  expect(removed.stdout).toBe(`removed: stock (${mine.address})\n`)
  expect(await served()).toBe('baseline')
})

it('what cannot be is refused with a reason', async () => {
  const cwd = workspaceOf('http://127.0.0.1:1')
  await running(cwd)
  const refused = async (...args: string[]): Promise<string> => {
    const { stdout } = await runProgram(['tenant', 'add', ...args, '--json'], { cwd })
    const { error } = JSON.parse(stdout) as { error: { message: string; hint: string } }
    return `${error.message}; ${error.hint}`
  }
  const at = 'http://127.0.0.1:1'
  expect(await refused('stock', at)).toMatch(/^whose instance is it\?.*--tenant <name>/)
  expect(await refused('stokc', at, '--tenant', 'a')).toContain('did you mean stock?')
  expect(await refused('raw', at, '--tenant', 'a')).toContain('raw speaks tcp')
  expect(await refused('stock', 'tcp://127.0.0.1:1', '--tenant', 'a')).toContain('no address of an instance')
  expect(await refused('stock', at, '--tenant', 'a', '--ttl', 'soon')).toContain('--ttl soon is no duration')
  expect(await refused('stock', at, '--tenant', 'a', '--ttl', '10ms')).toContain('1s to 24h')
})

it('a probe says where the tag was lost', async () => {
  const stock = await instance('stock')
  const passed: Record<string, readonly string[]> = {
    all: ['baggage', 'traceparent'],
    trace: ['traceparent'],
    none: [],
  }
  let proxyPort = 0
  // Calls stock as its path says: with tag and trace, with the trace alone, or with nothing.
  const orders = await upstream((asked, answer) => {
    const names = passed[asked.url!.slice(1)] ?? []
    const headers = Object.fromEntries(names.map((name) => [name, asked.headers[name]!]))
    const host = 'stock.test.example.com'
    request({ port: proxyPort, path: url, headers: { host, ...headers }, agent: false }, (reply) => {
      reply.resume().on('end', () => answer.end('done'))
    }).end()
  })
  const cwd = workspaceOf(
    stock.address,
    `  orders: { hosts: [orders.test.example.com], mode: passthrough, upstream: 'http://127.0.0.1:${orders.port}' }\n`,
  )
  proxyPort = (await running(cwd)).port
  const probe = (path: string) =>
    runProgram(['tenant', 'probe', `http://orders.test.example.com/${path}`], { cwd })

  const kept = await probe('all')
  expect(kept.stdout).toMatch(
    /1 {2}orders .* with its tag\n2 {2}stock {2}GET \/items {2}with its tag\nthe tag came through\n/,
  )
  expect(kept.code).toBe(0)
  const traced = await probe('trace')
  expect(traced.stdout).toMatch(
    /2 {2}stock .* without its tag, known by its trace\nthe tag was lost at orders: .*; its trace keeps the call in its lane here\n/,
  )
  expect(traced.code).toBe(1)
  expect((await probe('none')).stdout).toContain('svc-mock saw no further call: orders makes none')
})
