/** An npm registry in a process of its own: storage in the folder that is named, no uplinks, a free port. */
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { runServer } from 'verdaccio'

const folder = process.argv[2]!
const config = join(folder, 'config.yaml')
writeFileSync(
  config,
  `storage: ${JSON.stringify(join(folder, 'storage'))}
auth:
  htpasswd: { file: ${JSON.stringify(join(folder, 'htpasswd'))}, max_users: 10 }
uplinks: {}
packages:
  '@closed/*': { access: $authenticated, publish: $authenticated, unpublish: $authenticated }
  '**': { access: $all, publish: $authenticated, unpublish: $authenticated }
web: { enable: false }
max_body_size: 100mb
log: { type: stdout, format: json, level: fatal }
`,
)
const server = await runServer(config)
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
