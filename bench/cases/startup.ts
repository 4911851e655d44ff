/** From spawn to the first right answer; memory; and how soon a saved file takes effect. */
import { rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { residentMb, type Server, startProxy } from '../lib/processes.ts'
import { limitRow, type Row } from '../lib/report.ts'
import { byPath } from '../lib/workspaces.ts'

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export const startup = async (): Promise<Row[]> => {
  const small = byPath(10, 10)
  const large = byPath(10_000, 1)
  await toFirstAnswer(small)
  const few = await times(5, () => toFirstAnswer(small))
  const cold = await times(3, async () => {
    rmSync(join(large, '.svc-mock'), { recursive: true, force: true })
    return toFirstAnswer(large)
  })
  const warm = await times(5, () => toFirstAnswer(large))
  const proxy = await startProxy(large, '--quiet')
  await answer(proxy, '/orders/9999')
  const memory = residentMb(proxy.pid)
  const reload = median(await times(9, (round) => untilChanged(proxy, large, round)))
  await proxy.stop()
  return [
    limitRow('spawn to first right answer, 10 mocks', median(few) / 1000, 's', 0.25),
    limitRow('spawn to first right answer, 10,000 files, nothing cached', median(cold) / 1000, 's', 3),
    limitRow('spawn to first right answer, 10,000 files, second start on', median(warm) / 1000, 's', 0.7),
    limitRow('resident memory, 10,000 mocks', memory, 'MB', 200),
    limitRow('a saved file takes effect, 10,000 files', reload, 'ms', 100),
  ]
}

const times = async (count: number, measure: (round: number) => Promise<number>): Promise<number[]> => {
  const measured: number[] = []
  for (let round = 0; round < count; round++) measured.push(await measure(round))
  return measured
}

const toFirstAnswer = async (folder: string): Promise<number> => {
  const begun = performance.now()
  const proxy = await startProxy(folder, '--quiet')
  await answer(proxy, '/orders/7')
  const took = performance.now() - begun
  await proxy.stop()
  return took
}

const answer = (proxy: Server, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const [host, port] = proxy.address.split(':')
    get({ host, port, path, headers: { host: 'orders.test.example.com' } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}: ${text}`)),
      )
    }).on('error', reject)
  })

/** Saves a file and asks until the new answer comes. */
const untilChanged = async (proxy: Server, folder: string, round: number): Promise<number> => {
  const file = join(folder, 'mocks/orders/1.0.0/o005000.yaml')
  const begun = performance.now()
  writeFileSync(
    file,
    `mocks:\n  - request: { method: GET, path: /orders/5000 }\n    response: { body: { round: ${round} } }\n`,
  )
  while ((await answer(proxy, '/orders/5000')) !== `{"round":${round}}`) {
    if (performance.now() - begun > 5_000) throw new Error('the saved file did not take effect within 5 s')
  }
  return performance.now() - begun
}
