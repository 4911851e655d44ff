/** Recording beside the calls: what it costs them at a steady rate, and at saturation, where exchanges are dropped and counted. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startPeople } from '../lib/people-server.ts'
import { startProxy } from '../lib/processes.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { type Steady, steady } from '../lib/steady.ts'
import { randomPaths, workspace } from '../lib/workspaces.ts'
import { compare, wrk } from '../lib/wrk.ts'

const host = 'orders.test.example.com'
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

const passing = (upstream: string): string =>
  workspace({
    'svc-mock.yaml': `services:\n  orders:\n    hosts: [${host}]\n    mode: passthrough\n    version: 1.0.0\n    upstream: http://${upstream}\n`,
  })

interface Recorded {
  readonly type: string
  readonly calls: number
  readonly dropped: number
  readonly tooLarge: number
  readonly quarantined: number
}

/** `svc-mock record`; `stop` gives what it has recorded. */
const startRecorder = async (folder: string) => {
  const child = spawn(process.execPath, [program, 'record', '--json', '--port', '0', '--record', 'all'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SVC_MOCK_MASK_KEY: key },
  })
  let last: Recorded | undefined
  const lines = createInterface({ input: child.stdout })
  const [first] = (await once(lines, 'line')) as [string]
  lines.on('line', (line) => {
    last = JSON.parse(line) as Recorded
  })
  return {
    address: String((JSON.parse(first) as { listen: string }).listen),
    stop: async (): Promise<Recorded> => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      if (last?.type !== 'recorded') throw new Error(`record did not finish: ${JSON.stringify(last)}`)
      return last
    },
  }
}

const load = { host, perSecond: 2000, seconds: 5, path: (n: number) => `/orders/${n % 200}` }

export const record = async (): Promise<Row[]> => [...(await atARate()), ...(await atSaturation())]

/** In turns, so that a noisy machine meets both; the middle of three rounds' differences. */
const atARate = async (): Promise<Row[]> => {
  const upstream = await startPeople()
  const folder = passing(upstream.address)
  const grown: number[] = []
  let lost = 0
  for (let round = 0; round < 3; round++) {
    const plain = await withPassthrough(folder, (address) => steady({ ...load, address }))
    const recorder = await startRecorder(folder)
    await steady({ ...load, address: recorder.address, seconds: 1 })
    const recorded = await steady({ ...load, address: recorder.address })
    const result = await recorder.stop()
    grown.push(recorded.p99Ms - plain.p99Ms)
    lost += recorded.failed + load.perSecond * (load.seconds + 1) - result.calls + result.quarantined
  }
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
  grown.sort((a, b) => a - b)
  return [
    limitRow('record, 2,000 calls/s of 1 kB: p99 grows by', Math.max(0, grown[1]!), 'ms', 2),
    limitRow('record, 2,000 calls/s of 1 kB: exchanges lost', lost, 'of 36,000', 0),
  ]
}

const withPassthrough = async (
  folder: string,
  work: (address: string) => Promise<Steady>,
): Promise<Steady> => {
  const proxy = await startProxy(folder, '--quiet')
  await steady({ ...load, address: proxy.address, seconds: 1 })
  const measured = await work(proxy.address)
  await proxy.stop()
  return measured
}

const atSaturation = async (): Promise<Row[]> => {
  const upstream = await startPeople()
  const folder = passing(upstream.address)
  const script = randomPaths(folder, 200)
  const proxy = await startProxy(folder, '--quiet')
  const recorder = await startRecorder(folder)
  const ratio = await compare(
    { address: recorder.address, host, script },
    { address: proxy.address, host, script },
    3,
  )
  // Twenty seconds of work may wait by now, and more than ten are not waited for.
  await wrk({ address: proxy.address, host, script, seconds: 5 })
  const { calls, dropped } = await recorder.stop()
  await Promise.all([proxy.stop(), upstream.stop()])
  const share = Math.round((100 * dropped) / (calls + dropped))
  return [ratioRow(`record at saturation, against passthrough (${share} % dropped and counted)`, ratio, 0.55)]
}
