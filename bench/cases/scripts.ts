/** Scripts and expressions against the same answer from a static mock, and the first call after start. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { startBare, startProxy } from '../lib/processes.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { config, workspace } from '../lib/workspaces.ts'
import { compare, type Load, type Ratio, wrk } from '../lib/wrk.ts'

const host = 'orders.test.example.com'

const mocks = `mocks:
  - request: { path: /static }
    response: { body: { id: '42', total: 12.5, state: OPEN } }
  - request: { path: '/scripted' }
    script: |
      export default (request) => ({ body: { id: request.query.id, total: 12.5, state: 'OPEN' } })
  - request: { path: '/template/{id}' }
    response: { body: { id: '\${{ request.params.id }}', total: 12.5, state: '\${{ request.query.state ?? "OPEN" }}', at: '\${{ now() }}' } }
  - request: { path: '/computed/{id}' }
    response: { body: { id: '\${{ Number(request.params.id) }}', total: '\${{ 12 + 0.5 }}', at: '\${{ now().slice(0, 10) }}' } }
  - request: { path: /loop }
    script: 'export default () => { for (;;); }'
`

/** fetch would not let us say Host. */
const ask = (address: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(`http://${address}${path}`, { headers: { host } }, (reply) => {
      reply.resume().on('end', () => resolve(reply.statusCode))
    }).on('error', reject)
  })

export const scripts = async (): Promise<Row[]> => {
  const folder = workspace({ 'svc-mock.yaml': config, 'mocks/orders/1.0.0/scripts.yaml': mocks })
  const firsts: number[] = []
  for (let start = 0; start < 7; start++) firsts.push(await firstCall(folder))
  const firstMs = firsts.sort((a, b) => a - b)[3]!
  const proxy = await startProxy(folder, '--quiet')
  const load = (path: string): Load => ({ address: proxy.address, host, path })
  const rows = [
    ratioRow('scripted reply, against static', await compare(load('/scripted?id=42'), load('/static')), 0.5),
    ratioRow(
      'template with three expressions, against static',
      await compare(load('/template/42'), load('/static')),
      0.65,
    ),
    ratioRow(
      'template with three expressions that need the sandbox, against static',
      await compare(load('/computed/42'), load('/static')),
      0.5,
    ),
    await besideLoop(load('/static')),
    limitRow('first scripted call after start (median of 7 starts)', firstMs, 'ms', 50),
  ]
  await proxy.stop()
  return rows
}

/** As a person would: the proxy says that it listens, then the call is sent. */
const firstCall = async (folder: string): Promise<number> => {
  const proxy = await startProxy(folder, '--quiet')
  const began = performance.now()
  const status = await ask(proxy.address, '/scripted?id=1')
  const ms = performance.now() - began
  await proxy.stop()
  if (status !== 200) throw new Error(`the script did not answer: ${status}`)
  return ms
}

/**
 * What static mocks keep beside a script that loops, against what a bare server keeps beside a busy process. Four
 * rates make one ratio, so the machine's own noise counts four times: slices of a second in turns, forwards and
 * backwards, are added up to three groups, and the groups' ratios are compared.
 */
const besideLoop = async (load: Load): Promise<Row> => {
  const bare = await startBare()
  const own = { ...load, seconds: 1 }
  const toBare: Load = { ...own, address: bare.address }
  const measures = [
    () => wrk(own),
    () => besides(looping(load.address), () => wrk(own)),
    () => besides(busyProcess(), () => wrk(toBare)),
    () => wrk(toBare),
  ]
  const groups: Ratio[] = []
  for (let group = 0; group < 3; group++) {
    const sums = [0, 0, 0, 0]
    for (let round = 0; round < 4; round++) {
      const order = [0, 1, 2, 3]
      if (round % 2 === 1) order.reverse()
      for (const which of order) sums[which]! += await measures[which]!()
    }
    const [alone, beside, bareBeside, bareAlone] = sums as [number, number, number, number]
    const ratio = beside / alone / (bareBeside / bareAlone)
    groups.push({ ratio, spread: [ratio, ratio], subject: beside / 4, yardstick: bareBeside / 4 })
  }
  await bare.stop()
  groups.sort((one, other) => one.ratio - other.ratio)
  const [low, middle, high] = groups as [Ratio, Ratio, Ratio]
  return ratioRow(
    'what static mocks keep beside a looping script, against a bare server beside a busy process',
    { ...middle, spread: [low.ratio, high.ratio] },
    0.8,
  )
}

interface Burden {
  end(): Promise<void>
}

const besides = async <T>(burden: Burden, work: () => Promise<T>): Promise<T> => {
  const done = await work()
  await burden.end()
  return done
}

/** Two calls of the looping script at a time: the next begins as soon as one is cut off, so that its thread never rests. */
const looping = (address: string): Burden => {
  let over = false
  const run = async (): Promise<void> => {
    while (!over) await ask(address, '/loop')
  }
  const ended = Promise.all([run(), run()])
  return {
    end: async () => {
      over = true
      await ended
    },
  }
}

const busyProcess = (): Burden => {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  return {
    end: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
