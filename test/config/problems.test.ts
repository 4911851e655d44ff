/** The subject is the text: what a person reads who got many things in svc-mock.yaml wrong at once. */
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { page } from '../yaml/page.ts'
import { workspace } from './workspace.ts'

const broken = `listen: :8700
library: [./moks, 'npm:@acme/mocks@^1.4']
limits: { body: 10XB }
unknownHosts: refuse
hosts: orders.example.com
contracts: {}
guard: { production: ['a.com/x'] }
services:
  orders:
    host: [orders.test]
    mode: mok
    version: 1.40
    cors: ['*']
  billing:
    hosts: [shared.test, 'http://billing.test']
    mode: direct
  users:
    hosts: [SHARED.test., 'a-*.test']
    upstream: users.test:80
    versionFrom: x-version
    listen: 127.0.0.1:8700
  cache:
    protocol: tcp
    upstream: embedded
  queue: { mode: record, protocol: htp, cors: yes }
  db: { protocol: tcp, mode: mock, upstream: 'http://db:80' }
  bad name:
`

it('reports everything that is wrong at once', async () => {
  const { config, problems } = loadConfig({
    cwd: workspace({ 'svc-mock.yaml': broken }),
    env: {},
    flags: {},
  })
  expect(config).toBeUndefined()
  await expect(page(problems)).toMatchFileSnapshot('problems.golden.txt')
})
