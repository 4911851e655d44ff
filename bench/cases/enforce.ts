/** What a contract in force costs: processor time a call, static mocks and passthrough, against the same without. Reported only. */
import { readFileSync } from 'node:fs'
import { type Server, startBare, startProxy } from '../lib/processes.ts'
import type { Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import { wrk } from '../lib/wrk.ts'

const host = 'orders.test.example.com'
const rounds = 5
const seconds = 2

export const enforce = async (): Promise<Row[]> => {
  const upstream = await startBare('--size', '1024')
  const rows: Row[] = []
  for (const [what, mode] of [
    ['static mock', 'mock'],
    ['passthrough of 1 kB', 'passthrough'],
  ] as const) {
    const servers: Server[] = []
    for (const wish of ['', 'warn', 'fail'])
      servers.push(await startProxy(files(mode, wish, upstream.address), '--quiet'))
    const [without, warn, fail] = await costs(servers)
    rows.push(row(`${what}, contract: { enforce: warn }`, warn!, without!))
    rows.push(row(`${what}, contract: { enforce: fail }`, fail!, without!))
    await Promise.all(servers.map((server) => server.stop()))
  }
  await upstream.stop()
  return rows
}

const files = (mode: string, wish: string, upstream: string): string =>
  workspace({
    'svc-mock.yaml': `services:
  orders:
    hosts: [${host}]
    mode: ${mode}
    upstream: http://${upstream}
    contract: { openapi: ./orders.yaml${wish === '' ? '' : `, enforce: ${wish}`} }
`,
    'orders.yaml': `openapi: 3.0.3
info: { title: Orders, version: 1.0.0 }
paths:
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: one
          content:
            application/json:
              schema:
                oneOf:
                  - { type: object, required: [data], properties: { data: { type: string } } }
                  - type: object
                    required: [id, total, state]
                    properties: { id: { type: string }, total: { type: number }, state: { type: string, enum: [OPEN, PAID] } }
`,
    'mocks/orders/1.0.0/a.yaml': `mocks:
  - request: { method: GET, path: '/orders/{id}' }
    response: { body: { id: '42', total: 12.5, state: OPEN } }
`,
  })

/** Microseconds a call, the medians of rounds in turns. */
const costs = async (servers: readonly Server[]): Promise<readonly number[]> => {
  const measured: number[][] = servers.map(() => [])
  for (const server of servers) await wrk(loadOf(server, 1))
  for (let round = 0; round < rounds; round++)
    for (const [i, server] of servers.entries()) {
      const before = cpuSeconds(server.pid)
      const calls = (await wrk(loadOf(server, seconds))) * seconds
      measured[i]!.push(((cpuSeconds(server.pid) - before) * 1e6) / calls)
    }
  return measured.map((list) => list.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!)
}

const loadOf = ({ address }: Server, secs: number) => ({ address, host, path: '/orders/42', seconds: secs })

/** proc(5): utime and stime are fields 14 and 15, in ticks of 10 ms; a comm may hold blanks. */
const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const row = (what: string, own: number, base: number): Row => ({
  what: `${what}: processor time a call, against none`,
  measured: `${(own / base).toFixed(2)} (${own.toFixed(1)} µs against ${base.toFixed(1)} µs)`,
  budget: 'reported',
  holds: undefined,
})
