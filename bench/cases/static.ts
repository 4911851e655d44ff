/** Static mocks against a bare node:http server: few mocks, very many, and many on one path. */
import { startBare, startProxy } from '../lib/processes.ts'
import { noteRow, type Row, ratioRow } from '../lib/report.ts'
import { byBody, byPath, randomBodies, randomPaths } from '../lib/workspaces.ts'
import { compare, type Load } from '../lib/wrk.ts'

const host = 'orders.test.example.com'

export const staticMocks = async (): Promise<Row[]> => {
  const few = byPath(10, 10)
  const many = byPath(100_000, 1_000)
  const bare = await startBare()
  const small = await startProxy(few, '--quiet')
  const large = await startProxy(many, '--quiet')
  const of = (address: string, folder: string, count: number): Load => ({
    address,
    host,
    script: randomPaths(folder, count),
  })
  const rows = [
    ratioRow(
      'static mock, 10 mocks, against bare node:http',
      await compare(of(small.address, few, 10), of(bare.address, few, 10)),
      0.85,
      0.95,
    ),
    ratioRow(
      '100,000 mocks on different paths, calls to ten of them, against 10 mocks',
      await compare(of(large.address, few, 10), of(small.address, few, 10)),
      0.95,
    ),
    ratioRow(
      '100,000 mocks, calls to all of them at random (each out of the processor caches), against 10 mocks',
      await compare(of(large.address, many, 100_000), of(small.address, few, 10)),
      0.95,
    ),
  ]
  await Promise.all([small.stop(), large.stop()])
  return [
    ...rows,
    ...(await output(few, { address: bare.address, host, script: randomPaths(few, 10) }, bare.stop)),
  ]
}

/** What printing costs: nobody reads slower than `--json` into a pipe. */
const output = async (folder: string, bare: Load, done: () => Promise<void>): Promise<Row[]> => {
  const json = await startProxy(folder)
  const row = noteRow(
    'the same with --json (a line a call), against bare',
    await compare({ ...bare, address: json.address }, bare, 3),
  )
  await Promise.all([json.stop(), done()])
  return [row]
}

export const bodyMocks = async (): Promise<Row[]> => {
  const [one, many] = [byBody(1), byBody(10_000)]
  const [single, large, bare] = await Promise.all([
    startProxy(one, '--quiet'),
    startProxy(many, '--quiet'),
    startBare('--read'),
  ])
  // The very same calls to all of them: ten thousand different bodies cost more to parse than one, whoever does it.
  const load = (address: string): Load => ({ address, host, script: randomBodies(many, 10_000) })
  const rows = [
    ratioRow(
      '10,000 mocks on one path by a JSON body field, against 1 such mock',
      await compare(load(large.address), load(single.address)),
      0.9,
    ),
    noteRow(
      '1 mock with a JSON body field, against bare node:http that parses the body',
      await compare(load(single.address), load(bare.address), 3),
    ),
  ]
  await Promise.all([single.stop(), large.stop(), bare.stop()])
  return rows
}
