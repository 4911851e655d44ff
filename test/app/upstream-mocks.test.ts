/** What check, list and explain say of mocks that ask the real service. */
import { describe, expect, it } from 'vitest'
import { type Library, openLibrary } from '../../src/app/library.ts'
import { renderExplain } from '../../src/cli/render-explain.ts'
import { renderList } from '../../src/cli/render-list.ts'
import { plainStyle } from '../../src/cli/style.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from '../support/workspace.ts'

const library = async (mocks: string): Promise<Library> => {
  const { folder } = workspace({
    'svc-mock.yaml': 'services:\n  stock:\n    hosts: [stock]\n    upstream: http://10.0.0.1:80\n',
    'mocks/stock/1.0.0/a.yaml': `mocks:\n${mocks}`,
  })
  return openLibrary(loadConfig({ cwd: folder, env: {}, flags: {} }).config!)
}

const said = async (upstream: string, more = ''): Promise<string[]> =>
  (await library(`  - name: a\n    upstream: ${upstream}\n${more}`))
    .check([])
    .problems.map(
      ({ severity, code, at, message }) => `${severity} ${code} ${at.line}:${at.column} ${message}`,
    )

describe('check', () => {
  it.each([
    ['{}', []],
    ['{ patch: {} }', []],
    ['{ pacth: {} }', ['error MOCK_FILE_INVALID 3:17 unknown key "pacth" in upstream']],
    ['{ patch: { status: 99 } }', ['error MOCK_FILE_INVALID 3:34 status must be at least 200']],
    ['{ patch: { script: ./a.js } }', ['error MOCK_FILE_INVALID 3:34 ./a.js does not exist']],
    [
      '{ patch: { status: 204, body: {} } }',
      ['error MOCK_FILE_INVALID 3:39 a reply with status 204 has no body'],
    ],
    ['{ patch: { body: { $mrege: {} } } }', ['error MOCK_FILE_INVALID 3:34 unknown operator $mrege']],
    [
      '{ patch: { body: [{ op: add, path: a, value: 1 }] } }',
      ['error MOCK_FILE_INVALID 3:50 "a" is no JSON Pointer: it must begin with /'],
    ],
    [
      '{ patch: { headers: { set: { content-length: 1 } } } }',
      ['error MOCK_FILE_INVALID 3:44 content-length is computed from the body'],
    ],
    [
      '{ patch: { headers: { remove: [connection] } } }',
      ['error MOCK_FILE_INVALID 3:46 connection belongs to the connection, not to the reply'],
    ],
    [
      '{ patch: { headers: { set: { a: 1 }, remove: [A] } } }',
      ['error MOCK_FILE_INVALID 3:44 a is set and removed'],
    ],
    [
      '{ patch: { body: {}, headers: { remove: [Content-Encoding] } } }',
      [
        'error MOCK_FILE_INVALID 3:56 content-encoding is chosen as the client accepts, because the body is patched',
      ],
    ],
    [
      '{ patch: { headers: { set: { x-a: 1.40 } } } }',
      [expect.stringMatching(/^error MOCK_FILE_INVALID 3:49 .*1\.40/)],
    ],
    [
      "{ patch: { body: { a: '${{ now() }}' } } }",
      ['error NOT_YET_SUPPORTED 3:37 expressions in ${{ }} cannot be evaluated here'],
    ],
    [
      "{ patch: { body: { $replace: { regex: '(', with: a } } } }",
      [expect.stringMatching(/^error MOCK_FILE_INVALID 3:53 Invalid regular expression/)],
    ],
    [
      "{ patch: { body: { $replace: [{ regex: '(a+)+(?=b)', with: a }] } } }",
      [expect.stringMatching(/^warning MOCK_FILE_INVALID 3:54 .* is risky/)],
    ],
    ['{ onUpstreamError: fail }', []],
    [
      '{ onUpstreamError: { status: 204, body: x } }',
      ['error MOCK_FILE_INVALID 3:49 a reply with status 204 has no body'],
    ],
  ])('%s', async (upstream, problems) => {
    expect(await said(upstream)).toEqual(problems)
  })

  it('refuses two answers in one mock', async () => {
    expect(await said('{}', '    response: { status: 200 }\n')).toEqual([
      'error MOCK_FILE_INVALID 3:5 response and upstream exclude each other',
    ])
  })
})

describe('list and explain', () => {
  const mocks = `  - name: own
    request: { path: /own }
    response: { status: 200 }
  - name: changed
    request: { path: /a }
    upstream: { patch: { status: 201, body: [{ op: remove, path: /a }] } }
  - name: asked
    request: { path: /b }
`
  it('tell which mocks ask', async () => {
    const view = (await library(mocks)).list()
    expect(view.services[0]!.versions[0]!.mocks.map(({ does }) => does)).toEqual([
      'asks the real service',
      'asks the real service, changes status, body (1 operation)',
      undefined,
    ])
    expect(renderList(view, plainStyle, 200)).toContain('asks the real service, changes status')
  })

  it('tell what happens', async () => {
    const opened = await library(mocks)
    const ask = (path: string) =>
      opened.explain({ method: 'GET', url: new URL(`http://stock${path}`), headers: [], body: undefined })
    expect((await ask('/own')).result).toBe('answered by the mock own')
    const changed = await ask('/a')
    expect(changed.result).toBe(
      'passed through to http://10.0.0.1: the mock changed asks the real service, changes status, body (1 operation)',
    )
    expect(renderExplain(changed, plainStyle)).toContain('taken by changed')
  })
})
