/** The real reply changed by a JSON merge patch, against the same mock without one. */
import { startBare, startProxy } from '../lib/processes.ts'
import { type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import { compare } from '../lib/wrk.ts'

const host = 'orders.test.example.com'

const asking = (upstream: string): string =>
  workspace({
    'svc-mock.yaml': `services:\n  orders:\n    hosts: [${host}]\n    upstream: http://${upstream}\n`,
    'mocks/orders/1.0.0/a.yaml': `mocks:
  - name: as it is
    request: { method: GET, path: /plain }
    upstream: {}
  - name: changed
    request: { method: GET, path: /patched }
    upstream: { patch: { body: { state: CLOSED, customer: { level: gold } } } }
`,
  })

export const patch = async (): Promise<Row[]> => {
  const upstream = await startBare('--size', '1024')
  const proxy = await startProxy(asking(upstream.address), '--quiet')
  const { address } = proxy
  const row = ratioRow(
    'passthrough with a JSON merge patch on a 1 kB body, against passthrough without',
    await compare({ address, host, path: '/patched' }, { address, host, path: '/plain' }),
    0.8,
  )
  await Promise.all([proxy.stop(), upstream.stop()])
  return [row]
}
