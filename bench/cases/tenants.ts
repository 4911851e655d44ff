/** What it costs that calls have tenants: against the same calls that have none, in processor time of the proxy. */
import { readFileSync } from 'node:fs'
import { type Server, startBare, startProxy } from '../lib/processes.ts'
import { type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import { compare, type Load, wrk } from '../lib/wrk.ts'

const host = 'orders.test.example.com'
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const files = (upstream: string, more: string): string =>
  workspace({
    'svc-mock.yaml': `services:\n  orders:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://${upstream}\n${more}`,
  })

/** Seconds; Linux only, as is the bench's wrk. */
const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  // utime and stime (proc(5)), in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Calls for each second of the proxy's processor time: other load on the machine does not count. */
const perCpuSecond =
  (servers: readonly Server[]) =>
  async (load: Load): Promise<number> => {
    const { pid } = servers.find(({ address }) => address === load.address)!
    const before = cpuSeconds(pid)
    const seconds = load.seconds ?? 3
    const rate = await wrk(load)
    return (rate * seconds) / (cpuSeconds(pid) - before)
  }

export const tenants = async (): Promise<Row[]> => {
  const upstream = await startBare('--size', '1024')
  const plain = await startProxy(files(upstream.address, ''), '--quiet')
  const routed = await startProxy(
    files(upstream.address, `routes: { orders: { alice: 'http://${upstream.address}' } }\n`),
    '--quiet',
  )
  const tagging = await startProxy(files(upstream.address, 'tenant: alice\n'), '--quiet')
  const rows: Row[] = []
  const measure = async (
    what: string,
    proxy: Server,
    headers: readonly string[],
    others: readonly string[],
  ) => {
    const ratio = await compare(
      { address: proxy.address, host, headers },
      { address: plain.address, host, headers: others },
      7,
      perCpuSecond([plain, proxy]),
    )
    rows.push(ratioRow(`tenants: ${what}, against passthrough without tenants (processor time)`, ratio, 0.95))
  }
  const tag = 'baggage: svcm-tenant=alice'
  const other = 'baggage: some-thing=alice12'
  await measure(
    "a tagged call to its tenant's instance",
    routed,
    [tag, `traceparent: ${trace}`],
    [other, `traceparent: ${trace}`],
  )
  await measure(
    'a call that gets its tag',
    tagging,
    [other, `traceparent: ${trace}`],
    [other, `traceparent: ${trace}`],
  )
  await Promise.all([plain.stop(), routed.stop(), tagging.stop(), upstream.stop()])
  return rows
}
