/** HTTP/2 by prior knowledge: a static mock against a bare node:http2 server, and calls that pass through. */
import { h2load, h2loadVersion } from '../lib/h2load.ts'
import { startBareHttp2, startProxy } from '../lib/processes.ts'
import { noteRow, type Row } from '../lib/report.ts'
import { byPath, workspace } from '../lib/workspaces.ts'
import { compare } from '../lib/wrk.ts'

const host = 'orders.test.example.com'
const rounds = 5

export const http2 = async (): Promise<Row[]> => {
  if (h2loadVersion() === undefined) {
    console.error(
      'skipped: http2 needs h2load (Debian: package nghttp2-client), which is not on this machine',
    )
    return []
  }
  return [await mocked(), await passed()]
}

const mocked = async (): Promise<Row> => {
  const bare = await startBareHttp2()
  const proxy = await startProxy(byPath(10, 10), '--quiet')
  const path = '/orders/1'
  const row = noteRow(
    'HTTP/2: static mock, against bare node:http2',
    await compare({ address: proxy.address, host, path }, { address: bare.address, host }, rounds, h2load),
  )
  await Promise.all([proxy.stop(), bare.stop()])
  return row
}

const passed = async (): Promise<Row> => {
  const upstream = await startBareHttp2('--size', '1024')
  const files = {
    'svc-mock.yaml': `services:\n  orders:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://${upstream.address}\n`,
  }
  const proxy = await startProxy(workspace(files), '--quiet')
  const row = noteRow(
    'HTTP/2: passthrough of 1 kB, against calling the upstream directly',
    await compare({ address: proxy.address, host }, { address: upstream.address, host }, rounds, h2load),
  )
  await Promise.all([proxy.stop(), upstream.stop()])
  return row
}
