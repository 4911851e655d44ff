/** What exports say is what mocks do: a description that its mocks keep, exchanges that can be recorded again, the same text each time. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifySpec } from '../../src/app/contract/verify-spec.ts'
import { type ExportResult, exportTo } from '../../src/app/exports/export-to.ts'
import type { HarEntry } from '../../src/app/exports/har/entry.ts'
import { exportFormats } from '../../src/app/exports/index.ts'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { SpecFiles } from '../../src/contract/formats/openapi/document.ts'
import { openDescription } from '../../src/contract/formats/openapi/operations.ts'
import { parseDocument } from '../../src/yaml/document.ts'
import { maskKey } from '../support/recording.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { workspace } from '../support/workspace.ts'

const mocks = `
service: orders
version: 1.4.0
mocks:
  - name: order is found
    request: { method: GET, path: '/orders/{id}', query: { expand: items, page: 2 }, headers: { x-kind: { $contains: a } } }
    response: { headers: { x-total: 3, set-cookie: [a=1, b=2] }, body: { id: 42, items: [{ sku: A, qty: 1.5 }], note: null } }
  - name: no order
    request: { method: GET, path: '/orders/{orderId}', params: { orderId: { $matches: '0+' } } }
    response: { status: 404, body: { code: NONE } }
  - name: order is made
    request: { method: POST, path: /orders, body: { sku: A, qty: { $greaterThan: 0 } } }
    response: { status: 201, headers: { location: '/orders/\${{ request.body.sku }}' }, body: { id: '\${{ uuid() }}', sku: A } }
  - name: in turn
    request: { method: GET, path: /jobs/7 }
    responses: [{ status: 202, body: { state: queued } }, { body: { state: ready } }]
  - name: a text
    request: { method: PUT, path: /texts/1, body: hello }
    response: { body: 'literal $\${{ x }}' }
  - name: a form
    request: { method: POST, path: /login, body: { $form: { user: ann } } }
    response: { status: 204 }
  - name: a list
    request: { method: GET, path: /list }
    response: { bodyFile: ./list.json }
  - name: bytes
    request: { method: GET, path: /bytes }
    response: { headers: { content-type: application/x-bytes }, bodyBase64: AAEC/w== }
  - name: the real service
    request: { method: GET, path: /real }
    upstream: {}
  - name: computed
    request: { method: GET, path: /computed }
    script: 'export default () => ({ body: { at: 1 } })'
  - name: broken
    request: { method: GET, path: /broken }
    fault: { abort: reset }
    response: {}
  - name: paid
    request: { method: GET, path: /paid }
    scenarioName: checkout
    requiredScenarioState: paid
    response: { body: paid }
  - name: any method
    request: { path: /any, body: { a: 1 } }
    response: { body: any }
  - name: everything below
    request: { method: GET, path: '/files/{rest*}' }
    response: { body: file }
`

const settings = (contract = ''): string =>
  `name: shop\nservices:\n  orders:\n    hosts: [orders.test.example.com]\n${contract}`

const made = (text = mocks): string =>
  workspace({
    'svc-mock.yaml': settings(),
    'mocks/orders/1.4.0/orders.yaml': text,
    'mocks/orders/1.4.0/list.json': '[{"id": 1}, {"id": null, "more": true}]',
  }).folder

const exported = (folder: string, name: string): Promise<ExportResult> =>
  exportTo(
    exportFormats.find((format) => format.name === name)!,
    openWorkspace({ cwd: folder, env: {} }).config,
    {
      paths: [],
      service: undefined,
      out: join(folder, 'out'),
      version: '1.0.0',
    },
  )

const outcomes = ({ entries }: ExportResult): Record<string, string> =>
  Object.fromEntries(
    entries.map(({ outcome, name, notes }) => [name, [outcome, ...notes.map(({ text }) => text)].join(': ')]),
  )

describe('export openapi', () => {
  it('describes operations, and says of which mocks it cannot', async () => {
    const folder = made()
    const result = await exported(folder, 'openapi')
    expect(outcomes(result)).toEqual({
      'order is found': 'taken',
      'no order': 'taken',
      'order is made': 'taken',
      'in turn': 'taken',
      'a text': 'taken',
      'a form': 'taken',
      'a list': 'taken',
      bytes: 'taken',
      'the real service': 'changed: what the real service answers is not known',
      computed: 'changed: what the script answers is not known',
      broken: 'changed: it has no answer to describe: the fault is left out',
      paid: 'changed: state is left out',
      'any method': 'changed: it is for any method, and described as POST',
      'everything below': 'not possible: it is for the rest of a path, which OpenAPI cannot say',
    })
    expect(result.entries.every(({ at }) => at?.file === 'mocks/orders/1.4.0/orders.yaml')).toBe(true)
    await expect(readFileSync(join(folder, 'out/orders-1.4.0.yaml'), 'utf8')).toMatchFileSnapshot(
      '../fixtures/export/orders-1.4.0.yaml',
    )
  })

  it('gives a description that the mocks keep', async () => {
    const folder = made()
    await exported(folder, 'openapi')
    expect(await violations(folder)).toEqual(['/files/{rest*}'])
  })

  it('gives the same text each time', async () => {
    const folder = made()
    await exported(folder, 'openapi')
    const before = readFileSync(join(folder, 'out/orders-1.4.0.yaml'), 'utf8')
    await exported(folder, 'openapi')
    expect(readFileSync(join(folder, 'out/orders-1.4.0.yaml'), 'utf8')).toBe(before)
  })

  it('holds for any documents', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            path: fc.constantFrom('/a', '/b/{x}', '/b/{y}', '/c'),
            status: fc.constantFrom(200, 201, 404),
            body: fc.jsonValue({ maxDepth: 3 }).filter((body) => body !== ''),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (all) => {
          const text = JSON.stringify({
            service: 'orders',
            version: '1.4.0',
            mocks: all.map(({ path, status, body }, i) => ({
              name: `mock ${i}`,
              request: { method: 'GET', path },
              response: { status, body: escaped(body) },
            })),
          })
          const { folder } = workspace(
            { 'svc-mock.yaml': settings(), 'mocks/orders/1.4.0/orders.yaml': text },
            false,
          )
          await exported(folder, 'openapi')
          expect(await violations(folder)).toEqual([])
        },
      ),
      { numRuns: 25 },
    )
  })
})

const escaped = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('${{', () => '$${{')
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]))
}

/** Paths of mocks that break the description which was made of them. */
const violations = async (folder: string): Promise<readonly string[]> => {
  const spec = join(folder, 'out/orders-1.4.0.yaml')
  const specs = new SpecFiles({ root: folder, fetch: undefined })
  expect(await openDescription(spec, specs)).toBeDefined()
  expect(specs.problems).toEqual([])
  expect(parseDocument(readFileSync(spec, 'utf8'), spec).problems).toEqual([])
  writeFileSync(
    join(folder, 'svc-mock.yaml'),
    settings('    contract: { openapi: ./out/orders-1.4.0.yaml }\n'),
  )
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const { findings, problems } = await verifySpec(config, { paths: [], allowRemoteRefs: false })
  expect(problems).toEqual([])
  return findings
    .filter(({ severity }) => severity === 'violation')
    .map((finding) =>
      /no such path/.test(finding.message) ? String(finding.actual) : `${finding.mock}: ${finding.message}`,
    )
}

describe('export har', () => {
  it('has an exchange for each mock that answers by itself', async () => {
    const folder = made()
    const result = await exported(folder, 'har')
    expect(outcomes(result)).toEqual({
      'order is found': 'changed: conditions became values that meet them',
      'no order': 'changed: conditions became values that meet them',
      'order is made': 'changed: conditions became values that meet them',
      'in turn': 'taken',
      'a text': 'taken',
      'a form': 'changed: conditions became values that meet them',
      'a list': 'taken',
      bytes: 'taken',
      'the real service': 'not possible: the real service answers, and what it says is not known',
      computed: 'changed: the script gave one answer, which stands for all',
      broken: 'changed: the fault is left out',
      paid: 'changed: the scenario is left out',
      'any method': 'taken',
      'everything below': 'taken',
    })
    const text = readFileSync(join(folder, 'out/mocks.har'), 'utf8')
    await expect(text).toMatchFileSnapshot('../fixtures/export/mocks.har')
  })

  it('can be imported again, and the fixtures are for the same calls', { timeout: 60_000 }, async () => {
    const folder = made()
    await exported(folder, 'har')
    const text = readFileSync(join(folder, 'out/mocks.har'), 'utf8')
    const again = makeFolder({
      'svc-mock.yaml': settings(),
      'mocks.har': text,
      'desensitize.yaml': 'unknown: keep\n',
    })
    const { code, stderr } = await runProgram(['import', 'har', 'mocks.har', '--version', '1.4.0'], {
      cwd: again,
      env: { SVC_MOCK_MASK_KEY: maskKey, XDG_STATE_HOME: makeFolder() },
    })
    expect(stderr).not.toContain('left out')
    expect(code).toBe(0)
    const { entries } = (JSON.parse(text) as { readonly log: { readonly entries: readonly HarEntry[] } }).log
    const library = await openLibrary(openWorkspace({ cwd: again, env: {} }).config)
    // Bytes that nobody can read are quarantined.
    for (const { request } of entries.filter(({ comment }) => comment !== 'bytes')) {
      const { winner } = await library.explain({
        method: String(request['method']),
        url: new URL(String(request['url'])),
        typed: String(request['url']),
        headers: (request['headers'] as readonly { readonly name: string; readonly value: string }[])
          .filter(({ name }) => name !== 'host')
          .flatMap(({ name, value }) => [name, value]),
        body:
          request['postData'] === undefined
            ? undefined
            : Buffer.from((request['postData'] as { readonly text: string }).text),
      })
      expect([request['url'], winner?.name]).toEqual([request['url'], expect.any(String)])
    }
  })
})
