/** Expressions in responses: values keep their type, mistakes are found at load, literals stay. */
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../src/app/library.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from '../support/workspace.ts'
import { scripted } from './scripted.ts'

const withMock = (response: string, more: Readonly<Record<string, string>> = {}) =>
  scripted(
    {},
    {
      'mocks/orders/1.0.0/t.yaml': `mocks:\n  - request: { path: '/t/{id}' }\n    response:\n${response.replace(/^/gm, '      ')}\n`,
      ...more,
    },
  )

describe('an expression', () => {
  it('keeps its type alone in a string, and is text among other text', async () => {
    const { ask } = await withMock(`status: '\${{ 200 + 1 }}'
headers: { x-id: 'id \${{ request.params.id }}', x-n: '\${{ 1 + 1 }}' }
body:
  id: '\${{ request.params.id }}'
  n: '\${{ 1 + 1 }}'
  list: ['\${{ [1, 2] }}', 'a\${{ 1 }}b\${{ { a: { b: 1 } } }}']
  text: '\${{ "}}" }}'
  none: '\${{ undefined }}'
  literal: '$\${{ request }}'
  name: '\${{ typeof faker.person.fullName() }}'
  state: '\${{ state.incr("n") }}'`)
    const { status, headers, body } = await ask('/t/7')
    expect([status, headers.get('x-id'), headers.get('x-n')]).toEqual([201, 'id 7', '2'])
    expect(body).toEqual({
      id: '7',
      n: 2,
      list: [[1, 2], 'a1b{"a":{"b":1}}'],
      text: '}}',
      none: null,
      literal: '${{ request }}',
      name: 'string',
      state: 1,
    })
  })

  it('is evaluated in a file where template says so', async () => {
    const { ask } = await withMock('bodyFile: ./t.json\ntemplate: true', {
      'mocks/orders/1.0.0/t.json': '{ "id": ${{ Number(request.params.id) + 1 }} }',
    })
    const { body, headers } = await ask('/t/7')
    expect(body).toEqual({ id: 8 })
    expect(headers.get('content-type')).toBe('application/json')
  })

  it('that fails is told with its place', async () => {
    const { ask } = await withMock("body: { a: '${{ 1 }}', b: '${{ nothing.here }}' }")
    expect((await ask('/t/1')).body).toMatchObject({
      code: 'SCRIPT_ERROR',
      at: 'mocks/orders/1.0.0/t.yaml:4:33',
    })
  })

  it.each([
    ["body: { a: '${{ 1 + }}' }", '4:18'],
    ["body: { a: 'x ${{ 1' }", '4:18'],
    ["headers: { 'a b': '${{ 1 }}' }", '4:18'],
    ["status: '${{ }}'", '4:15'],
  ])('with a mistake is found at load: %s', async (response, place) => {
    const { folder } = workspace({
      'svc-mock.yaml': 'services:\n  orders: {}\n',
      'mocks/orders/1.0.0/t.yaml': `mocks:\n  - request: { path: /t }\n    response:\n      ${response}\n`,
    })
    const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
    const { problems } = (await openLibrary(config!)).check([])
    expect(problems.map(({ at }) => `${at.line}:${at.column}`)).toEqual([place])
  })
})
