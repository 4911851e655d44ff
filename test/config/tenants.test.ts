/** What is wrong with tenants and routes, with its place. */
import { expect, it } from 'vitest'
import { bodyConditions, textConditions } from '../../src/app/text-conditions.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { formatLocation } from '../../src/core/source.ts'
import { workspace } from '../support/workspace.ts'

const problems = (text: string): readonly string[] => {
  const { folder } = workspace({ 'svc-mock.yaml': text })
  const found = loadConfig({
    cwd: folder,
    env: {},
    flags: {},
    compileText: textConditions(),
    compileBody: bodyConditions(),
  }).problems
  return found.map(({ at, message }) => `${formatLocation(at)} ${message}`)
}

it('names both tenants whose claims overlap, and each mistake in a claim', () => {
  expect(
    problems(`tenants:
  alice: { claims: [{ headers: { x-user-id: '1' } }] }
  bob:
    claims:
      - headers: { X-User-Id: { $oneOf: ['0', '1'] } }
      - headers: { x-user-id: '1' }
  carol: { claims: [{ query: { who: { $matchs: a } } }, { headers: {} }] }
  dora: { claims: [{ cookies: { user: { $matches: 'd.*' } } }] }
  'a b': {}
  shared: {}
  default: {}
  erin: { listen: nowhere:here }
`),
  ).toMatchInlineSnapshot(`
    [
      "svc-mock.yaml:5:9 bob and alice (svc-mock.yaml:2:21) can claim the same call: headers.x-user-id one of ["0","1"], and headers.x-user-id "1"",
      "svc-mock.yaml:7:39 unknown operator $matchs",
      "svc-mock.yaml:7:57 the claim says nothing, so it would take every call",
      "svc-mock.yaml:8:20 dora and alice (svc-mock.yaml:2:21) can claim the same call: cookies.user matches /d.*/, and headers.x-user-id "1"",
      "svc-mock.yaml:8:20 dora and bob (svc-mock.yaml:5:9) can claim the same call: cookies.user matches /d.*/, and headers.x-user-id one of ["0","1"]",
      "svc-mock.yaml:9:3 "a b" is no name for a tenant",
      "svc-mock.yaml:10:3 "shared" is a reserved name",
      "svc-mock.yaml:11:3 default is the baseline, which claims nothing: it gets what is nobody's",
      "svc-mock.yaml:12:19 "nowhere:here" is no listening address",
    ]
  `)
})

it('says what is wrong in a claim on bodies', () => {
  expect(
    problems(`services: { orders: {}, raw: { protocol: tcp, upstream: tcp://db:1, listen: 0 } }
tenants:
  alice: { claims: [{ body: { id: { $matchs: a } } }, { services: [orders] }] }
  bob: { claims: [{ services: [oders, raw], body: { id: 1 } }] }
  carol: { claims: [{ body: { id: { $oneOf: [1, 2] } } }] }
`),
  ).toMatchInlineSnapshot(`
    [
      "svc-mock.yaml:3:37 unknown operator $matchs",
      "svc-mock.yaml:3:55 the claim says nothing, so it would take every call",
      "svc-mock.yaml:4:32 there is no service oders",
      "svc-mock.yaml:4:39 raw speaks tcp, whose connections say nothing of tenants",
      "svc-mock.yaml:5:21 carol and bob (svc-mock.yaml:4:19) can claim the same call: body {"id":{"$oneOf":[1,2]}}, and body {"id":1}",
    ]
  `)
})

it('says what is wrong in a claim on messages', () => {
  expect(
    problems(`services: { bus: { protocol: kafka, listen: 0, upstream: 'b:9092' }, shop: {} }
tenants:
  alice: { claims: [{ topic: orders, value: { id: { $matchs: a } } }, { topic: 'orders.*' }, { value: { id: 1 } }] }
  bob: { claims: [{ topic: orders, body: { id: 1 }, services: [shop], key: 1 }] }
  carol: { claims: [{ topic: 'orders.*', value: { userId: '1' } }] }
  dora: { claims: [{ topic: orders.eu, value: { userId: { $oneOf: ['1', '2'] } } }] }
  erin: { claims: [{ topic: payments, value: { user: '1' } }, { headers: { x-user: '1' } }] }
  frank: { claims: [{ topic: 'refunds.*', headers: { user: '1' } }, { topic: 'refunds.*', key: { id: 7 } }] }
  gina: { claims: [{ topic: 'refunds.*', headers: { user: '2' }, key: { $matches: '8.*' } }] }
`),
  ).toMatchInlineSnapshot(`
    [
      "svc-mock.yaml:3:53 unknown operator $matchs",
      "svc-mock.yaml:3:71 the claim would take every message of "orders.*"",
      "svc-mock.yaml:3:94 a claim on messages names its topic",
      "svc-mock.yaml:4:36 body is about calls, and a claim with topic, key or value is about messages",
      "svc-mock.yaml:4:64 shop speaks http, which has no topics",
      "svc-mock.yaml:6:20 dora and carol (svc-mock.yaml:5:21) can claim the same message: topic "orders.eu" and value {"userId":{"$oneOf":["1","2"]}}, and topic "orders.*" and value {"userId":"1"}",
      "svc-mock.yaml:9:20 gina and frank (svc-mock.yaml:8:69) can claim the same message: topic "refunds.*" and headers.user "2" and key matches /8.*/, and topic "refunds.*" and key {"id":7}",
    ]
  `)
})

it('knows which services can have routes, and what an instance is', () => {
  expect(
    problems(`services: { stock: {}, raw: { protocol: tcp, upstream: tcp://db:1, listen: 0 } }
routes:
  stok: { alice: 'http://127.0.0.1:1' }
  raw: { alice: 'http://127.0.0.1:1' }
  stock: { default: 'http://127.0.0.1:1', 'x y': 'http://127.0.0.1:1', bob: 'tcp://127.0.0.1:1', carol: 'ftp://x' }
`),
  ).toMatchInlineSnapshot(`
    [
      "svc-mock.yaml:3:3 there is no service stok",
      "svc-mock.yaml:4:3 raw speaks tcp, whose connections say nothing of tenants",
      "svc-mock.yaml:5:12 the baseline's instance is the service's upstream",
      "svc-mock.yaml:5:43 "x y" is no name for a tenant",
      "svc-mock.yaml:5:77 an instance is http:// or https://",
      "svc-mock.yaml:5:105 the scheme ftp of "ftp://x" is not known",
    ]
  `)
})

it('refuses production as an instance or a store, and shows no password', () => {
  expect(
    problems(`guard: { production: ['*.prod.example.com'] }
tenants: { store: 'rediss://:secret@cache.prod.example.com/1' }
services: { stock: {} }
routes: { stock: { alice: 'http://a.prod.example.com' } }
`),
  ).toEqual([
    'svc-mock.yaml:2:19 cache.prod.example.com is production: guard.production names *.prod.example.com',
    'svc-mock.yaml:4:27 a.prod.example.com is production: guard.production names *.prod.example.com',
  ])
  const wrong = 'svc-mock.yaml:1:19 tenants.store is the address of a Redis'
  for (const store of ['http://:secret@x', 'redis://', 'redis://:secret@x/a', 'x'])
    expect(problems(`tenants: { store: '${store}' }\nservices: {}\n`)).toEqual([wrong])
})
