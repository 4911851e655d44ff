/** What an update tells: which mocks are others, and that nothing else is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mockChanges } from '../../src/app/packages/changes.ts'
import { inspectPackage, type PackagedMock } from '../../src/app/packages/inspect.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const mock = (name: string, digest = '1', version: string | undefined = '1.0.0'): PackagedMock => ({
  service: 'orders',
  version,
  name,
  digest,
})
const names = (before: readonly PackagedMock[], after: readonly PackagedMock[]): unknown => {
  const { added, changed, removed } = mockChanges(before, after)
  const shown = ({ name, version, ...more }: { name: string; version: string | undefined }): string =>
    `${name}@${version}${'from' in more ? `<${more.from}` : ''}`
  return { added: added.map(shown), changed: changed.map(shown), removed: removed.map(shown) }
}

describe('mocks of two versions of a package', () => {
  it('are the same by service and name', () => {
    expect(names([mock('a'), mock('b'), mock('c')], [mock('a'), mock('b', '2'), mock('d')])).toEqual({
      added: ['d@1.0.0'],
      changed: ['b@1.0.0'],
      removed: ['c@1.0.0'],
    })
  })

  it('belong together where the version of the service moves on', () => {
    expect(names([mock('a')], [mock('a', '1', '2.0.0')])).toEqual({
      added: [],
      changed: ['a@2.0.0<1.0.0'],
      removed: [],
    })
    expect(names([mock('a')], [mock('a'), mock('a', '1', '2.0.0')])).toEqual({
      added: ['a@2.0.0'],
      changed: [],
      removed: [],
    })
    expect(names([mock('a'), mock('a', '1', '2.0.0')], [mock('a', '3', '2.0.0')])).toEqual({
      added: [],
      changed: ['a@2.0.0'],
      removed: ['a@1.0.0'],
    })
  })

  it('of one name in one version are told apart by their order', () => {
    expect(names([mock('a'), mock('a', '2')], [mock('a'), mock('a', '3'), mock('a', '4')])).toEqual({
      added: ['a@1.0.0'],
      changed: ['a@1.0.0'],
      removed: [],
    })
  })
})

describe('the digest of a mock', () => {
  const files = {
    'mocks/orders/1.0.0/a.yaml': `mocks:
  - name: plain
    request: { path: /plain, body: { id: 12345678901234567890 } }
    response: { body: 1 }
  - name: body
    request: { path: /body }
    response: { bodyFile: ./body.json }
  - name: script
    request: { path: /script }
    script: ./answer.js
`,
    'mocks/orders/1.0.0/body.json': '{}',
    'mocks/orders/1.0.0/answer.js':
      "import { total } from './total.js'\nexport default () => ({ body: total })\n",
    'mocks/orders/1.0.0/total.js': 'export const total = 1\n',
  }

  it.each([
    ['mocks/orders/1.0.0/body.json', '{ }', ['body']],
    ['mocks/orders/1.0.0/total.js', 'export const total = 2\n', ['script']],
    ['mocks/orders/1.0.0/other.json', '{}', []],
    ['mocks/orders/1.0.0/a.yaml', `# a comment\n${files['mocks/orders/1.0.0/a.yaml']}`, []],
    ['mocks/orders/1.0.0/a.yaml', files['mocks/orders/1.0.0/a.yaml'].replace('67890', '67891'), ['plain']],
  ])('changes with %s', async (file, text, changed) => {
    const folder = makeFolder(files)
    const before = await inspectPackage(folder, ['mocks'])
    expect(before.problems).toEqual([])
    expect(before.services).toEqual({ orders: { protocol: 'http', versions: ['1.0.0'], mocks: 3 } })
    writeFileSync(join(folder, file), text)
    const after = await inspectPackage(folder, ['mocks'])
    expect(mockChanges(before.mocks, after.mocks).changed.map(({ name }) => name)).toEqual(changed)
  })
})
