/** `import wiremock` and `export wiremock`, with the real program. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const stubs = `{ "mappings": [
  { "name": "found", "request": { "method": "GET", "urlPathTemplate": "/orders/{id}" }, "response": { "jsonBody": { "id": 1 } } },
  { "name": "odd", "request": { "urlPath": "/odd", "bodyPatterns": [{ "matchesJsonPath": "$.a.length()" }] }, "response": {} },
  { "name": "sent on", "request": { "urlPath": "/p" }, "response": { "proxyBaseUrl": "http://p.test" } }
] }
`
const files = { 'svc-mock.yaml': 'services: { orders: {} }\n', 'stubs.json': stubs }

it('say what was taken, changed and not possible, with places, and give back what they took', async () => {
  const cwd = makeFolder(files)
  const args = ['import', 'wiremock', 'stubs.json', '--service', 'orders', '--version', '1.4.0']
  const { code, stdout, stderr } = await runProgram(args, { cwd })
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'orders 1.4.0: 3 stubs: 1 taken, 1 changed, 1 not possible; mocks: 2 added in mocks/orders/1.4.0\n',
  })
  expect(stderr).toMatch(
    /changed:\n {2}sent on {2}stubs\.json:4:3\n {4}proxyBaseUrl .* {2}stubs\.json:4:\d+\n/,
  )
  expect(stderr).toMatch(
    /not possible:\n {2}odd {2}stubs\.json:3:3\n {4}the JSONPath \$\.a\.length\(\): RFC 9535 does not have the function length\(\) {2}stubs\.json:3:\d+\n/,
  )
  const again = await runProgram([...args, '--json'], { cwd })
  expect(JSON.parse(again.stdout)).toMatchObject({
    format: 'wiremock',
    thing: 'stub',
    service: 'orders',
    version: '1.4.0',
    added: 0,
    unchanged: 2,
    entries: [{ outcome: 'taken', notes: [] }, { outcome: 'not possible' }, { outcome: 'changed' }],
  })

  const out = await runProgram(['export', 'wiremock', '--json'], { cwd })
  expect(JSON.parse(out.stdout)).toMatchObject({
    format: 'wiremock',
    files: ['wiremock/orders/mappings/orders.json'],
    entries: [
      { outcome: 'taken', name: 'found', at: { file: 'mocks/orders/1.4.0/wiremock.stubs.yaml' } },
      {
        outcome: 'not possible',
        name: 'sent on',
        notes: [{ text: 'the real service answers, and svc-mock.yaml has no upstream for it' }],
      },
    ],
  })
  expect(JSON.parse(readFileSync(join(cwd, 'wiremock/orders/mappings/orders.json'), 'utf8'))).toEqual({
    mappings: [
      {
        name: 'found',
        priority: 5,
        request: { method: 'GET', urlPathTemplate: '/orders/{id}' },
        response: { status: 200, headers: { 'content-type': 'application/json' }, jsonBody: { id: 1 } },
      },
    ],
  })
})

it('refuse a source that is not there, and end with 2', async () => {
  const { code, stderr } = await runProgram(['import', 'wiremock', 'none'], { cwd: makeFolder(files) })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('IMPORT_INVALID') })
})

it('write what people wrote, and tell what WireMock cannot say', async () => {
  const mocks = `service: orders
mocks:
  - name: large
    request: { method: POST, path: /orders, body: { kind: a, note: { $contains: x } }, query: { page: 2 } }
    response: { status: 422, body: 'no' }
  - name: by number
    request: { path: /n, query: { n: { $greaterThan: 3 } } }
    response: {}
  - name: in turn
    request: { path: '/jobs/{id}/{rest*}', headers: { a: { $oneOf: [x, y] }, b: { $matches: '[[]\\v' } } }
    responses: [{ status: 202 }, { body: '\${{ request.params.id }}' }]
    fault: { delay: 20ms, jitter: 10ms }
  - name: computed
    request: { path: /c }
    script: 'export default () => ({ status: 200 })'
`
  const cwd = makeFolder({ 'svc-mock.yaml': files['svc-mock.yaml'], 'mocks/orders.yaml': mocks })
  const { stdout } = await runProgram(['export', 'wiremock', '--json'], { cwd })
  const { entries } = JSON.parse(stdout) as {
    entries: { outcome: string; name: string; notes: { text: string }[] }[]
  }
  expect(
    entries.map(({ outcome, name, notes }) => [outcome, name, ...notes.map(({ text }) => text)]),
  ).toEqual([
    ['changed', 'large', 'a field is compared as text, so that its type does not count'],
    ['not possible', 'by number', '$greaterThan: WireMock 3.13 has no such operator'],
    ['taken', 'in turn'],
    ['not possible', 'computed', 'script'],
  ])
  const { mappings } = JSON.parse(
    readFileSync(join(cwd, 'wiremock/orders/mappings/orders.json'), 'utf8'),
  ) as { mappings: unknown[] }
  const turn = {
    priority: 5,
    scenarioName: 'svc-mock: in turn',
    request: {
      method: 'ANY',
      urlPathTemplate: '/jobs/{id}/**',
      headers: { a: { or: [{ equalTo: 'x' }, { equalTo: 'y' }] }, b: { matches: '[\\[]\\x0b' } },
    },
  }
  const delay = { delayDistribution: { type: 'uniform', lower: 10, upper: 30 } }
  expect(mappings).toEqual([
    {
      ...turn,
      name: 'in turn (1)',
      requiredScenarioState: 'Started',
      newScenarioState: '2',
      response: { status: 202, ...delay },
    },
    {
      ...turn,
      name: 'in turn (2)',
      requiredScenarioState: '2',
      response: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: '{{request.path.id}}',
        transformers: ['response-template'],
        ...delay,
      },
    },
    {
      name: 'large',
      priority: 5,
      request: {
        method: 'POST',
        urlPath: '/orders',
        queryParameters: { page: { equalTo: '2' } },
        bodyPatterns: [
          { matchesJsonPath: { expression: "$['kind']", equalToJson: '"a"' } },
          { matchesJsonPath: { expression: "$['note']", contains: 'x' } },
        ],
      },
      response: { status: 422, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'no' },
    },
  ])
})
