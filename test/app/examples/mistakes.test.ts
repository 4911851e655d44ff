/** The subject is the text: what a person reads after many slips in the examples of mock files. */
import { expect, it } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { sortProblems } from '../../../src/cli/render-problems.ts'
import { workspace } from '../../support/workspace.ts'
import { page } from '../../yaml/page.ts'
import { services, tested } from './run.ts'

const shape = `mocks:
  - name: found
    request: { path: '/orders/{id}' }
    response: { status: 200 }
    exmples: []
    examples:
      - request: { pth: /a }
        expect: { staus: 200, miss: false, fault: rest }
        stepps: []
      - request: { path: 7 }
  - name: right
    request: { path: /right }
    response: { status: 200 }
    examples:
      - expect: { body: { $equals: 1 } }
examples: { request: {} }
`

const inside = `mocks:
  - name: found
    request: { path: '/orders/{id}' }
    response: { status: 200 }
    examples:
      - expect: { status: 200 }
      - request: { path: '/orders/{id}', method: get, url: 'http://x/' }
      - request: { path: '/orders/{id}', query: { page: 1.40 } }
      - request: { path: /orders/1, body: 1, form: { a: 1 }, headers: { 'a b': 1, c: '€' } }
        expect: { body: { a: { $equals: 1 } }, mock: fond, error: PATCH_FAILD, delay: soon, version: { $x: 1 } }
        now: yesterday
      - request: { path: /orders/1, bodyFile: ./nowhere.json }
        upstream: { status: 204, body: 1 }
        expect: { miss: true, status: 200 }
      - request: { path: /orders/1 }
        expect: { headers: { x: 007 }, status: { $greaterThan: x } }
      - name: both
        request: { path: /orders/1 }
        now: soon
        steps: [{ request: { path: orders } }, { expect: { fault: reset, body: 1 } }]
examples:
  - expect: { status: 200 }
  - request: { url: ftp://x }
  - request: { path: /a#b }
  - request: { path: http://x/a }
`

it('shows every mistake with its place', async () => {
  const { folder } = workspace({
    'svc-mock.yaml': services,
    'mocks/orders/a.yaml': shape,
    'mocks/orders/b.yaml': inside,
  })
  const library = await openLibrary(openWorkspace({ cwd: folder, env: {} }).config)
  const { problems } = library.check([])
  await expect(page(sortProblems(problems))).toMatchFileSnapshot('mistakes.golden.txt')
})

it('keeps them from being run', async () => {
  await expect(tested(inside)).rejects.toMatchObject({ code: 'MOCK_FILE_INVALID', exitCode: 2 })
})

it('counts those that are right', async () => {
  const text =
    'mocks: [{ request: { path: /a }, response: {}, examples: [{}, {}] }]\nexamples: [{ request: { path: /a } }]'
  const { folder } = workspace({ 'svc-mock.yaml': services, 'mocks/orders/a.yaml': text })
  const library = await openLibrary(openWorkspace({ cwd: folder, env: {} }).config)
  expect(library.check([])).toEqual({ files: 1, mocks: 1, examples: 3, problems: [] })
})
