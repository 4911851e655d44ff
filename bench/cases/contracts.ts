/** 10,000 mocks held against an OpenAPI file of 500 operations, as a person or CI would: the whole command, in the time of the clock. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { limitRow, type Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const resources = 125
const mocksPerOperation = 20

export const contracts = async (): Promise<Row[]> => {
  const folder = workspace(files())
  const took: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    const { status, stdout } = spawnSync(process.execPath, [program, 'verify', '--spec', '--json'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    took.push(performance.now() - begun)
    const report = JSON.parse(stdout) as { readonly checked: readonly unknown[] }
    // Each hundredth mock is wrong on purpose, so that places are looked up too.
    if (status !== 1 || report.checked.length !== 10_000)
      throw new Error(`verify ended with ${status}: ${stdout.slice(0, 500)}`)
  }
  const median = took.toSorted((a, b) => a - b)[1]!
  return [limitRow('verify --spec: 10,000 mocks against 500 operations', median / 1000, 's', 5)]
}

const files = (): Record<string, string> => {
  const names = Array.from({ length: resources }, (_, i) => `res${i}`)
  const all: Record<string, string> = {
    'svc-mock.yaml': 'services: { orders: { contract: { openapi: ./api.json } } }\n',
    'api.json': JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'T', version: '1' },
      paths: Object.assign({}, ...names.map(paths)),
      components: { schemas: Object.fromEntries(names.map((name, i) => [name, schema(i)])) },
    }),
  }
  for (const name of names)
    for (const [n, operation] of ['list', 'add', 'one', 'change'].entries())
      all[`mocks/orders/1.0.0/${name}-${operation}.yaml`] =
        `mocks:\n${Array.from({ length: mocksPerOperation }, (_, i) => mock(name, n, i)).join('')}`
  return all
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } })

const paths = (name: string): Record<string, object> => {
  const ref = { $ref: `#/components/schemas/${name}` }
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
  return {
    [`/${name}`]: {
      get: {
        parameters: [{ name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } }],
        responses: { 200: json({ type: 'array', items: ref }) },
      },
      post: { requestBody: { required: true, ...json(ref) }, responses: { 201: json(ref) } },
    },
    [`/${name}/{id}`]: {
      parameters: [id],
      get: { responses: { 200: json(ref) } },
      put: { requestBody: json(ref), responses: { 200: json(ref) } },
    },
  }
}

const schema = (i: number): object => ({
  type: 'object',
  required: ['id', 'state', 'total'],
  properties: {
    id: { type: 'integer' },
    state: { type: 'string', enum: ['open', 'paid'] },
    total: { type: 'number', minimum: 0 },
    at: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: { type: 'string' } },
    [`own${i}`]: { type: 'string' },
    parent: { $ref: `#/components/schemas/res${i}` },
    next: { $ref: `#/components/schemas/res${(i + 1) % resources}` },
  },
})

const mock = (name: string, operation: number, i: number): string => {
  const total = i === 0 && operation === 2 ? "'12'" : '12.5'
  const body = `{ id: ${i}, state: open, total: ${total}, at: '2026-11-21T10:00:00Z', tags: [a, b] }`
  const [request, response] = [
    [`{ method: GET, path: /${name}, query: { page: ${i + 1} } }`, `{ body: [${body}, ${body}] }`],
    [`{ method: POST, path: /${name}, body: { id: ${i} } }`, `{ status: 201, body: ${body} }`],
    [`{ method: GET, path: /${name}/${i} }`, `{ body: ${body} }`],
    [`{ method: PUT, path: /${name}/${i} }`, `{ body: ${body} }`],
  ][operation]!
  return `  - request: ${request}\n    response: ${response}\n`
}
