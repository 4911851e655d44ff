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
  const proxy = await startProxy(folder, '--quiet')
  // As a person would: the proxy says that it listens, then the call is sent.
  const began = performance.now()
  const status = await ask(proxy.address, '/scripted?id=1')
  const firstMs = performance.now() - began
  if (status !== 200) throw new Error(`the script did not answer: ${status}`)
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
    limitRow('first scripted call after start', firstMs, 'ms', 50),
  ]
  await proxy.stop()
  return rows
}

/** What static mocks keep beside a script that loops, against what a bare server keeps beside a busy process. */
const besideLoop = async (load: Load): Promise<Row> => {
  const bare = await startBare()
  const toBare: Load = { ...load, address: bare.address }
  const rounds: Ratio[] = []
  for (let round = 0; round < 5; round++) {
    const alone = await wrk(load)
    const beside = await besides(looping(load.address), () => wrk(load))
    const bareAlone = await wrk(toBare)
    const bareBeside = await besides(busyProcess(), () => wrk(toBare))
    const [subject, yardstick] = [beside / alone, bareBeside / bareAlone]
    rounds.push({ ratio: subject / yardstick, spread: [0, 0], subject: beside, yardstick: bareBeside })
  }
  await bare.stop()
  rounds.sort((a, b) => a.ratio - b.ratio)
  const middle = rounds[Math.floor(rounds.length / 2)]!
  return ratioRow(
    'what static mocks keep beside a looping script, against a bare server beside a busy process',
    { ...middle, spread: [rounds[0]!.ratio, rounds.at(-1)!.ratio] },
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

/** Calls the looping script again as soon as it has been cut off. */
const looping = (address: string): Burden => {
  let over = false
  const run = async (): Promise<void> => {
    while (!over) await ask(address, '/loop')
  }
  const ended = run()
  return {
    end: () => {
      over = true
      return ended
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
