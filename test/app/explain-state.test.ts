/** What explain and list tell of mocks whose answer depends on more than the call: state, scripts, the real service. */
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../src/app/library.ts'
import { libraryTools } from '../../src/app/library-tools.ts'
import { MockLibrary } from '../../src/app/mock-library.ts'
import { sampleCalls } from '../../src/app/sample-calls.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { renderExplain } from '../../src/cli/render-explain.ts'
import { plainStyle } from '../../src/cli/style.ts'
import { workspace } from '../support/workspace.ts'

const mocks = `mocks:
  - { name: open, request: { path: /a }, scenarioName: s, requiredScenarioState: Started, response: { status: 200 } }
  - { name: paid, request: { path: /a }, scenarioName: s, requiredScenarioState: paid, response: { status: 200 } }
  - { name: other query, request: { path: /a, query: { q: 1 } }, scenarioName: s, requiredScenarioState: paid, response: { status: 200 } }
  - { name: patched, request: { path: /p }, upstream: { patch: { status: 299 }, onUpstreamError: { status: 503 } } }
  - { name: computed, request: { path: /c }, script: 'export default () => ({})' }
  - { name: filled in, request: { path: /t }, response: { body: '\${{ now() }}' } }
  - { name: picky, priority: 9, request: { path: /t, script: 'export default ({ query }) => query.a === "1"' }, response: { status: 200 } }
  - { name: fails, priority: 1, request: { path: /f, script: 'export default ({ body }) => body.a.b' }, response: { status: 200 } }
  - { name: plain, request: { path: /f }, response: { status: 200 } }
`

const opened = () => {
  const { folder } = workspace({
    'svc-mock.yaml': 'services:\n  orders: { fault: { delay: 2s } }\n',
    'mocks/orders/a.yaml': mocks,
  })
  return openWorkspace({ cwd: folder, env: {} }).config
}

const explained = async (path: string) => {
  const library = await openLibrary(opened())
  return library.explain({
    method: 'GET',
    url: new URL(`http://orders${path}`),
    headers: [],
    body: undefined,
  })
}

describe('explain', () => {
  it('names mocks that would match in another state, and no others', async () => {
    const view = await explained('/a')
    expect(view.winner?.name).toBe('open')
    expect(view.inOtherStates.map(({ name }) => name)).toEqual(['paid'])
    expect(renderExplain(view, plainStyle)).toContain('in another state:\n  paid  mocks/orders/a.yaml:3:5')
  })

  it('says what a mock does with the real service, and which fault comes first', async () => {
    const text = renderExplain(await explained('/p'), plainStyle)
    expect(text).toContain('answers 503 itself when it cannot be reached')
    expect(text).toContain(
      'passed through to http://orders: the mock patched asks the real service, changes status',
    )
    expect(text).toContain("; the service's fault: delay 2 s")
    expect(renderExplain(await explained('/c'), plainStyle)).toContain("\n  the service's fault: delay 2 s")
  })

  it('asks the scripts of mocks before it calls them shadowed', async () => {
    expect((await explained('/t')).shadowed).toEqual([])
    expect((await explained('/t?a=1')).shadowed.map(({ name }) => name)).toEqual(['picky'])
  })
})

describe('list', () => {
  it('tells scripts and expressions', async () => {
    const library = await openLibrary(opened())
    const notes = new Map(
      library.list().services[0]!.versions[0]!.mocks.map((mock) => [mock.name, mock.notes] as const),
    )
    expect(notes.get('computed')).toEqual(['computed by a script'])
    expect(notes.get('filled in')).toEqual(['filled in by expressions'])
  })
})

describe('calls to try', () => {
  it('ask neither the real service nor the scripts that decide', async () => {
    const config = opened()
    const { index } = new MockLibrary(config.root, config.library, await libraryTools())
    const samples = await sampleCalls(config, index, 50)
    const lines = samples.map(({ mock }) => Number(mock.split(':')[1]))
    // Those of lines 3 and 4 need another state; the script of line 9 fails on whatever is tried on line 10.
    expect(lines.sort((a, b) => a - b)).toEqual([2, 6, 7])
  })
})
