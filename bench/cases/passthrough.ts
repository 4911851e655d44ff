/** Calls to the real service through the proxy, against calling it directly; and a body larger than memory should hold. */
import { request } from 'node:http'
import { residentMb, startBare, startProxy } from '../lib/processes.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { startSink } from '../lib/sink.ts'
import { workspace } from '../lib/workspaces.ts'
import { compare } from '../lib/wrk.ts'

const passing = (upstream: string): string =>
  workspace({
    'svc-mock.yaml': `services:\n  orders:\n    hosts: [orders.test.example.com]\n    mode: passthrough\n    upstream: http://${upstream}\n`,
  })

export const passthrough = async (): Promise<Row[]> => {
  const upstream = await startBare('--size', '1024')
  const proxy = await startProxy(passing(upstream.address), '--quiet')
  const host = 'orders.test.example.com'
  const row = ratioRow(
    'passthrough of 1 kB, against calling the upstream directly',
    await compare({ address: proxy.address, host }, { address: upstream.address, host }),
    0.35,
    0.42,
  )
  await Promise.all([proxy.stop(), upstream.stop()])
  return [row]
}

const gigabyte = 2 ** 30

/** 1 GB up and 1 GB down. */
export const largeBodies = async (): Promise<Row[]> => {
  const sink = await startSink()
  const proxy = await startProxy(passing(sink.address), '--quiet')
  await transfer(proxy.address, 8 * 2 ** 20)
  const before = residentMb(proxy.pid)
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb(proxy.pid))
  }, 20)
  await transfer(proxy.address, gigabyte)
  clearInterval(watch)
  await Promise.all([proxy.stop(), sink.stop()])
  return [limitRow('1 GB up and 1 GB down: resident memory grows by', peak - before, 'MB', 50)]
}

const chunk = Buffer.alloc(64 * 1024, 'x')

/** Sends `bytes` and counts as many coming back. */
const transfer = (address: string, bytes: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const [host, port] = address.split(':')
    const call = request({
      host,
      port,
      method: 'POST',
      path: `/echo/${bytes}`,
      headers: { host: 'orders.test.example.com' },
    })
    call.on('error', reject)
    call.on('response', (response) => {
      let received = 0
      response.on('data', (data: Buffer) => {
        received += data.length
      })
      response.on('end', () =>
        received === bytes ? resolve() : reject(new Error(`${received} of ${bytes} bytes came back`)),
      )
    })
    let sent = 0
    const send = (): void => {
      while (sent < bytes) {
        sent += chunk.length
        if (!call.write(chunk)) {
          call.once('drain', send)
          return
        }
      }
      call.end()
    }
    send()
  })
