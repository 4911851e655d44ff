/** What reading TLS costs: on warm connections, on new ones, and for a certificate. */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openAuthority } from '../../src/tls/authority-file.ts'
import { Contexts } from '../../src/tls/contexts.ts'
import { type Server, start, startBare } from '../lib/processes.ts'
import { limitRow, noteRow, type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import { compare } from '../lib/wrk.ts'

const host = 'orders.test.example.com'
const settings = {
  'svc-mock.yaml': `services:\n  orders:\n    hosts: [${host}]\n    listen: 127.0.0.1:0\n`,
  'mocks/orders/1.0.0/orders.yaml':
    "mocks:\n  - request: { method: GET, path: / }\n    response: { body: { id: '42', total: 12.5, state: OPEN } }\n",
}

export const tls = async (): Promise<Row[]> => {
  const folder = workspace(settings)
  const proxy = await start(
    ['bin/run.js', 'start', '--json', '--quiet', '--port', '0', '--config', join(folder, 'svc-mock.yaml')],
    undefined,
    {
      XDG_CONFIG_HOME: folder,
    },
  )
  const bare = await startBare('--tls', identityFile(folder))
  const address = ownPort(proxy)
  // wrk knows no CONNECT. TLS on an own port passes the same layers as in a tunnel; only the CONNECT itself is missing.
  const warm = await compare({ address, host, tls: true }, { address, host })
  const fresh = await compare(
    { address, host, tls: true, close: true },
    { address: bare.address, host, tls: true, close: true },
  )
  const against = await compare({ address, host, tls: true }, { address: bare.address, host, tls: true })
  await Promise.all([proxy.stop(), bare.stop()])
  return [
    ratioRow('intercepted HTTPS, warm connections, against the same service over plain HTTP', warm, 0.55),
    ratioRow('intercepted HTTPS, a new connection each, against bare node:https', fresh, 0.5),
    noteRow('intercepted HTTPS, warm connections, against bare node:https', against),
    limitRow('a leaf certificate and its context, processor time', leafMs(folder), 'ms', 1),
  ]
}

const ownPort = (proxy: Server): string =>
  (proxy.ready['services'] as readonly { readonly listen: string }[])[0]!.listen

/** A bare server has the same kind of key and certificate as we have. */
const identityFile = (folder: string): string => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { pem } = openAuthority(join(folder, 'svc-mock')).issue([host], publicKey, Date.now())
  const file = join(folder, 'bare.pem')
  writeFileSync(file, `${privateKey.export({ type: 'pkcs8', format: 'pem' })}${pem}`)
  return file
}

const leafMs = (folder: string): number => {
  const contexts = new Contexts(openAuthority(join(folder, 'svc-mock')))
  const names = 500
  const begun = process.cpuUsage()
  for (let n = 0; n < names; n++) contexts.for(`name-${n}.example.com`)
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000 / names
}
