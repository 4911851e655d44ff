/** Redis through the proxy: against a bare pipe of the same runtime, and against the server itself; the embedded cache against a server behind it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { residentMb, type Server, start, startProxy } from '../lib/processes.ts'
import { ratio } from '../lib/ratio.ts'
import { type RedisLoad, redisBenchmark, redisVersion, startRedis } from '../lib/redis-benchmark.ts'
import { limitRow, noteRow, type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const rounds = 5
const idle = 4_000

type Load = Omit<RedisLoad, 'port'>

interface Budget extends Load {
  readonly ofPipe: number
}

const budgets: readonly Budget[] = [
  { test: 'GET', pipelining: 1, requests: 60_000, ofPipe: 0.8 },
  { test: 'SET', pipelining: 1, requests: 60_000, ofPipe: 0.8 },
  { test: 'GET', pipelining: 16, requests: 400_000, ofPipe: 0.6 },
  { test: 'SET', pipelining: 16, requests: 400_000, ofPipe: 0.6 },
  { test: 'MSET', pipelining: 1, requests: 40_000, ofPipe: 0.6 },
]

const embeddedLoads: readonly Load[] = budgets.filter(({ test }) => test !== 'MSET')

export const redis = async (): Promise<Row[]> => {
  if (redisVersion() === undefined) {
    console.error(
      'skipped: redis needs redis-server and redis-benchmark (Debian: redis-server), which are not on this machine',
    )
    return []
  }
  const port = await freePort()
  const server = await startRedis(port)
  const pipe = await start(['bench/lib/bare-pipe.ts', String(port)])
  const files = {
    'svc-mock.yaml': `tenant: bench
services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: 'redis://127.0.0.1:${port}' }
  embedded: { protocol: redis, listen: 127.0.0.1:0, upstream: embedded }
`,
  }
  const proxy = await startProxy(workspace(files), '--quiet')
  const rows: Row[] = []
  try {
    for (const budget of budgets) rows.push(...(await measured(budget, portOf(proxy), portOf(pipe), port)))
    for (const load of embeddedLoads)
      rows.push(await embedded(load, portOf(proxy, 'embedded'), portOf(proxy)))
    await Promise.all([proxy.stop(), pipe.stop()])
    // In a process of its own, which has no room left from work before.
    const fresh = await startProxy(workspace(files), '--quiet')
    rows.push(limitRow('Redis: memory for an idle connection', await idleKb(fresh), 'kB', 30))
    await fresh.stop()
  } finally {
    await server.stop()
  }
  return rows
}

/** The cache works in the proxy's own process, where a server has one of its own. */
const embedded = async (load: Load, own: number, real: number): Promise<Row> => {
  const found: (readonly [number, number])[] = []
  for (let round = 0; round < rounds; round++)
    found.push([await redisBenchmark({ ...load, port: own }), await redisBenchmark({ ...load, port: real })])
  return noteRow(`Redis: ${named(load)}, embedded cache against redis-server behind the proxy`, ratio(found))
}

const named = ({ test, pipelining }: Load): string =>
  `${test === 'MSET' ? 'MSET of 10' : test}, 50 connections${pipelining > 1 ? `, pipelines of ${pipelining}` : ''}`

const measured = async (budget: Budget, proxy: number, pipe: number, direct: number): Promise<Row[]> => {
  const { test, pipelining, requests, ofPipe } = budget
  const found: { readonly proxy: number; readonly pipe: number; readonly direct: number }[] = []
  // In turns, so that a noisy machine meets all three.
  for (let round = 0; round < rounds; round++) {
    const at = (port: number): RedisLoad => ({ port, test, pipelining, requests })
    found.push({
      proxy: await redisBenchmark(at(proxy)),
      pipe: await redisBenchmark(at(pipe)),
      direct: await redisBenchmark(at(direct)),
    })
  }
  const what = `Redis: ${named(budget)}`
  return [
    ratioRow(`${what}, against a bare pipe`, ratio(found.map((one) => [one.proxy, one.pipe])), ofPipe),
    noteRow(`${what}, against the server itself`, ratio(found.map((one) => [one.proxy, one.direct]))),
  ]
}

/** After a command on each, so that all that a connection needs is there. */
const idleKb = async (proxy: Server): Promise<number> => {
  const port = portOf(proxy)
  const open = async (): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1' })
    await once(socket, 'connect')
    socket.write('SET a 1\r\n')
    await once(socket, 'data')
    return socket
  }
  // What the first ones cost is the program's.
  const warm = await Promise.all(Array.from({ length: 200 }, open))
  const before = residentMb(proxy.pid)
  const sockets: Socket[] = []
  while (sockets.length < idle) sockets.push(...(await Promise.all(Array.from({ length: 100 }, open))))
  const after = residentMb(proxy.pid)
  for (const socket of [...warm, ...sockets]) socket.destroy()
  return ((after - before) * 1024) / idle
}

const portOf = ({ ready, address }: Server, service = 'cache'): number => {
  const services = ready['services'] as
    | readonly { readonly name: string; readonly listen?: string }[]
    | undefined
  const listen = services?.find(({ name }) => name === service)?.listen
  return Number((listen ?? address).split(':').at(-1))
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
