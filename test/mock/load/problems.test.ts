/** The subject is the text: what a person reads after many slips in one mock file. */

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { libraryTools } from '../../../src/app/library-tools.ts'
import { compileFile } from '../../../src/mock/compile.ts'
import type { MockFile } from '../../../src/mock/definition.ts'
import { loadLibrary } from '../../../src/mock/load/load-library.ts'
import { workspace } from '../../config/workspace.ts'
import { page } from '../../yaml/page.ts'
import { dialects } from './fake-dialect.ts'

const broken = `servce: orders
version: 1.40
mocks:
  - name: slips
    requst: { path: /a }
    request: { methd: GET, path: {id}, headers: { heders: 007 } }
    response: { status: "200", headers: { a: { b: c } } }
    priority: high
  - send: ./quote.js
  - text
  -
`

it('reports every mistake of every condition at once', () => {
  const request = {
    method: 'get',
    path: '/a/{id}',
    params: { id: null },
    query: { a: [1], b: { $match: 'x', $equals: 'y' }, c: { $and: [{ $not: null }, { $matches: '(' }] } },
    headers: { h: null },
    cookies: { c: { $oneOf: [[], 'a', {}] } },
    body: { a: { $type: 'text' }, b: [{ $absent: 1 }], c: { $includes: [{ $absent: 2 }, { $absent: 3 }] } },
    multipart: { p: { headers: { x: null } }, q: { $form: { r: null, s: null } } },
  }
  expect(mistakesOf(request, {})).toEqual([
    'method',
    'params.id',
    'query.a',
    'query.b.$match',
    'query.b.$equals',
    'query.c.$and.0.$not',
    'query.c.$and.1.$matches',
    'headers.h',
    'cookies.c.$oneOf.0',
    'cookies.c.$oneOf.2',
    'body.a.$type',
    'body.b.0.$absent',
    'body.c.$includes.0.$absent',
    'body.c.$includes.1.$absent',
    'multipart.p.headers.x',
    'multipart.q.$form.r',
    'multipart.q.$form.s',
  ])
})

it('reports every mistake of a response at once', () => {
  const headers = { connection: 'close', 'content-length': 3, 'x y': 1, ok: 'a', euro: '€' }
  const response = { status: 204, headers, body: '${{ now() }}', bodyFile: './a' }
  expect(mistakesOf({ method: 'get' }, response)).toEqual([
    'method',
    'body',
    'headers.connection',
    'headers.content-length',
    'headers.x y',
    'headers.euro',
    'bodyFile',
    'body',
  ])
})

const tools = await libraryTools()

/** Their places. */
const mistakesOf = (request: unknown, response: unknown): readonly string[] => {
  const places: string[] = []
  const at = { file: 'm/a.yaml', line: 1, column: 1 }
  const file: MockFile = {
    path: '/m/a.yaml',
    display: 'm/a.yaml',
    library: '/m',
    layer: 1,
    service: 'orders',
    version: undefined,
    protocol: 'http',
    mocks: [
      {
        name: 'it',
        at,
        priority: 5,
        request,
        response,
        upstream: undefined,
        responses: undefined,
        repeat: undefined,
        fault: undefined,
        scenarioName: undefined,
        requiredScenarioState: undefined,
        newScenarioState: undefined,
        times: undefined,
        script: undefined,
      },
    ],
    problems: [],
    locate: (path) => {
      places.push(path.slice(3).join('.'))
      return { at, frame: '' }
    },
  }
  const { problems } = compileFile(file, {
    ...tools,
    filesFor: () => ({ read: () => new Uint8Array() }),
  })
  expect(problems.length).toBe(places.length)
  return places
}

it('reports everything that is wrong at once', async () => {
  const root = workspace({
    'mocks/orders/a.yaml': broken,
    'mocks/orders/b.yaml': 'protocol: amqp\nmocks: []',
    'mocks/orders/c.yaml': 'mocks: {}',
  })
  const { problems } = loadLibrary(
    [{ folder: join(root, 'mocks'), display: 'mocks', layer: 1 }],
    root,
    dialects,
  )
  await expect(page(problems)).toMatchFileSnapshot('problems.golden.txt')
})
