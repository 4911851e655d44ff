/** What a service of protocol kafka may say in svc-mock.yaml. */
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from './workspace.ts'

const load = (service: string, more = '') =>
  loadConfig({
    cwd: workspace({ 'svc-mock.yaml': `services:\n  bus: ${service}\n${more}` }),
    env: { KAFKA_PASSWORD: 'secret' },
    flags: {},
  })

it('reads all of it', () => {
  const { config, problems } = load(
    `{ protocol: kafka, listen: 9192, upstream: ['kafkas://B1:9093', 'b2'], tenant: bob, sasl: { mechanism: SCRAM-SHA-256, username: u, password: '\${KAFKA_PASSWORD}' }, topics: { 'orders.*': { lane: guarded, offline: baseline, alsoUntagged: true, start: earliest, tagFrom: 'header:x-tenant' }, 'jobs': { lane: private }, other: } }`,
  )
  expect(problems).toEqual([])
  const broker = (host: string) => ({ scheme: 'kafkas', host, port: 9093, basePath: '' })
  const usual = { lane: 'mirror', offline: 'hold', alsoUntagged: false, start: 'latest', tagFrom: undefined }
  expect(config!.services[0]).toMatchObject({
    mode: 'mock',
    onMiss: 'passthrough',
    upstream: broker('b1'),
    kafka: {
      tenant: 'bob',
      brokers: [broker('b1'), broker('b2')],
      sasl: { mechanism: 'SCRAM-SHA-256', username: 'u', password: 'secret' },
      topics: [
        {
          match: 'orders.*',
          lane: 'guarded',
          offline: 'baseline',
          alsoUntagged: true,
          start: 'earliest',
          tagFrom: 'x-tenant',
        },
        { ...usual, match: 'jobs', lane: 'private' },
        { ...usual, match: 'other' },
      ],
    },
  })
})

it('takes brokers separated by commas, without a scheme', () => {
  const { config } = load("{ protocol: kafka, listen: 1, upstream: 'b1:1, b2,[::1]:3' }")
  expect(
    config!.services[0]!.kafka!.brokers.map(({ scheme, host, port }) => `${scheme} ${host} ${port}`),
  ).toEqual(['kafka b1 1', 'kafka b2 9092', 'kafka ::1 3'])
})

it('tells clients the address that it is given', () => {
  const { config, problems } = load(`{ ${bus}, advertise: 'gateway.test.example.com:9200' }`)
  expect(problems).toEqual([])
  expect(config!.services[0]!.kafka!.advertise).toEqual({ host: 'gateway.test.example.com', port: 9200 })
})

const bus = 'protocol: kafka, listen: 1, upstream: b1'

it.each([
  [
    '{ protocol: kafka, listen: 1, upstream: b1, advertise: gateway }',
    '"gateway" is no address that clients could be told',
  ],
  ['{ protocol: kafka, upstream: b1 }', 'bus speaks kafka and has no port of its own'],
  ['{ protocol: kafka, listen: 1 }', 'bus speaks kafka and has no upstream'],
  [
    "{ protocol: kafka, listen: 1, upstream: 'b1,kafkas://b2' }",
    'the brokers begin with kafka://, and "kafkas://b2" does not',
  ],
  [
    '{ protocol: kafka, listen: 1, upstream: http://b1 }',
    'the brokers begin with kafka://, and "http://b1" does not',
  ],
  ["{ protocol: kafka, listen: 1, upstream: 'b1,' }", 'is no address'],
  [`{ ${bus}, tenant: a b }`, '"a b" is no name for a tenant'],
  [`{ ${bus}, onMiss: record }`, 'bus speaks kafka, whose messages are recorded all together or not at all'],
  [`{ ${bus}, keys: [] }`, 'keys is for services of protocol redis'],
  [`{ ${bus}, topics: { a: { lane: privat } } }`, 'private'],
  [
    `{ ${bus}, topics: { a: { offline: hold } } }`,
    'offline says what a guard does, and with lane: mirror there is none',
  ],
  [
    `{ ${bus}, topics: { a: { lane: private, alsoUntagged: true } } }`,
    'alsoUntagged is about a topic that is shared',
  ],
  [
    `{ ${bus}, topics: { a: { tagFrom: x-tenant } } }`,
    '"x-tenant" does not say where a record names its tenant',
  ],
  [
    `{ ${bus}, sasl: { mechanism: PLAIN, username: u, password: secret } }`,
    'the password of sasl stands in svc-mock.yaml',
  ],
  [
    `{ ${bus}, sasl: { mechanism: PLAIN, username: u, password: '\${NOT_THERE}' } }`,
    'the variable NOT_THERE is not set',
  ],
  ['{ upstream: [http://a, http://b] }', 'http has one upstream, and this is a list'],
  [
    '{ upstream: http://a, topics: {} }',
    'topics is for services of protocol kafka, and this one speaks http',
  ],
])('says what is wrong with %s', (service, message) => {
  const { config, problems } = load(service)
  expect(config).toBeUndefined()
  expect(problems.map((problem) => `${problem.message} ${problem.hint}`).join('\n')).toContain(message)
})

it('keeps every broker away from production', () => {
  const { problems } = load(
    "{ protocol: kafka, listen: 1, upstream: 'b1.test,b2.prod' }",
    "guard: { production: ['*.prod'] }\n",
  )
  expect(problems.map(({ code }) => code)).toEqual(['PRODUCTION_REFUSED'])
})
