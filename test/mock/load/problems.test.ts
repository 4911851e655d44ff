/** The subject is the text: what a person reads after many slips in one mock file. */

import { join } from 'node:path'
import { expect, it } from 'vitest'
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
  - fault: ./quote.js
  - text
  -
`

it('reports everything that is wrong at once', async () => {
  const root = workspace({
    'mocks/orders/a.yaml': broken,
    'mocks/orders/b.yaml': 'protocol: grpc\nmocks: []',
    'mocks/orders/c.yaml': 'mocks: {}',
  })
  const { problems } = loadLibrary(
    [{ folder: join(root, 'mocks'), display: 'mocks', layer: 1 }],
    root,
    dialects,
  )
  await expect(page(problems)).toMatchFileSnapshot('problems.golden.txt')
})
