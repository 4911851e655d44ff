/** Scripts and expressions against the same answer from a static mock, and the first call after start. */
import { get } from 'node:http'
import { startProxy } from '../lib/processes.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { config, workspace } from '../lib/workspaces.ts'
import { compare, type Load } from '../lib/wrk.ts'

const host = 'orders.test.example.com'

const mocks = `mocks:
  - request: { path: /static }
    response: { body: { id: '42', total: 12.5, state: OPEN } }
  - request: { path: '/scripted' }
    script: |
      export default (request) => ({ body: { id: request.query.id, total: 12.5, state: 'OPEN' } })
  - request: { path: '/template/{id}' }
    response: { body: { id: '\${{ request.params.id }}', total: '\${{ 12 + 0.5 }}', state: '\${{ now() }}' } }
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
    limitRow('first scripted call after start', firstMs, 'ms', 50),
  ]
  await proxy.stop()
  return rows
}
