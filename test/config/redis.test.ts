/** What a service of protocol redis may say in svc-mock.yaml. */
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from './workspace.ts'

const load = (service: string) =>
  loadConfig({
    cwd: workspace({ 'svc-mock.yaml': `services:\n  cache: ${service}\n` }),
    env: {},
    flags: {},
  })

it('reads all of it', () => {
  const { config } = load(
    "{ protocol: redis, listen: 6380, upstream: 'rediss://cache.test', tenant: bob, tenantFrom: auth, keys: [{ match: 's:*', policy: shared }], channels: shared, cluster: true, allow: ['config  set'] }",
  )
  expect(config!.services[0]).toMatchObject({
    mode: 'mock',
    onMiss: 'passthrough',
    upstream: { scheme: 'rediss', host: 'cache.test', port: 6379 },
    redis: {
      tenant: 'bob',
      tenantFrom: 'auth',
      keys: [{ match: 's:*', policy: 'shared' }],
      channels: 'shared',
      cluster: true,
      allow: ['CONFIG SET'],
    },
  })
})

it.each([
  ['{ protocol: redis, upstream: redis://h }', 'cache speaks redis and has no port of its own'],
  ['{ protocol: redis, listen: 1 }', 'cache speaks redis and has no upstream'],
  [
    '{ protocol: redis, listen: 1, upstream: http://h }',
    'the upstream of cache has the scheme http, and its protocol is redis',
  ],
  ['{ protocol: redis, listen: 1, upstream: redis://h/3 }', '"redis://h/3" has a path'],
  [
    '{ protocol: redis, listen: 1, upstream: redis://h, mode: record }',
    'cache speaks redis, which cannot be recorded',
  ],
  ['{ protocol: redis, listen: 1, upstream: redis://h, tenant: a b }', '"a b" is no name for a tenant'],
  [
    '{ protocol: redis, listen: 1, upstream: redis://h, fault: { status: 500 } }',
    'status means nothing to redis',
  ],
  [
    '{ protocol: redis, listen: 1, upstream: redis://h, fault: { abort: reset, error: ERR x } }',
    'abort and error exclude each other',
  ],
  ['{ fault: { error: ERR x } }', 'error is for services of protocol redis, and this one speaks http'],
  ['{ fault: { delay: 1s, at: connect } }', 'at is for services of protocol redis, and this one speaks http'],
  ['{ upstream: redis://h }', 'the upstream of cache has the scheme redis, and its protocol is http'],
  ['{ keys: [] }', 'keys is for services of protocol redis, and this one speaks http'],
])('%s: %s', (service, message) => {
  expect(load(service).problems.map((problem) => problem.message)).toContain(message)
})
