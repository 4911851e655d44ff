/** Where stubs are read from, what is told of each, and what the mocks then do. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ImportResult, importFrom } from '../../../src/app/imports/import-from.ts'
import { wiremockFormat } from '../../../src/app/imports/wiremock/wiremock.ts'
import { openLibrary } from '../../../src/app/library.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { proxy } from '../../support/proxy.ts'
import { workspace } from '../../support/workspace.ts'
import { Client } from './client.ts'

const settings = 'services: { shop: { listen: 127.0.0.1:0 } }\n'

const imported = async (
  folder: string,
  source: string,
  more: { readonly version?: string } = {},
): Promise<ImportResult> =>
  importFrom(wiremockFormat, source, {
    config: openWorkspace({ cwd: folder, env: {} }).config,
    cwd: folder,
    service: undefined,
    version: more.version,
    seed: '',
    allowRemoteRefs: false,
  })

const stubs = (...mappings: readonly object[]): string => JSON.stringify({ mappings }, null, 2)

const told = ({ entries }: ImportResult): unknown =>
  entries.map(({ outcome, name, notes }) => [
    outcome,
    name,
    ...notes.map(({ text, at }) => `${text} (line ${at?.line})`),
  ])

describe('a source', () => {
  it('is a root with mappings/ and __files/, read from the oldest to the newest', async () => {
    const { folder } = workspace({
      'svc-mock.yaml': settings,
      'stubs/mappings/a.json':
        '{ "request": { "urlPath": "/a" }, "response": { "bodyFileName": "deep/a.json" } }',
      'stubs/mappings/sub/b.json': stubs({
        name: 'b',
        request: { urlPath: '/a', method: 'GET' },
        response: { body: 'b' },
      }),
      'stubs/__files/deep/a.json': '{"a": 1}',
    })
    const result = await imported(folder, 'stubs', { version: '1.2.0' })
    expect(result).toMatchObject({
      service: 'shop',
      version: '1.2.0',
      folder: 'mocks/shop/1.2.0',
      added: 2,
      unknownService: false,
    })
    expect(told(result)).toEqual([
      ['taken', 'ANY /a'],
      ['taken', 'b'],
    ])
    const text = readFileSync(join(folder, 'mocks/shop/1.2.0/wiremock.stubs.yaml'), 'utf8')
    expect(text).toContain('conveniences: false')
    expect(text).toContain('bodyFile: ./wiremock.stubs.files/deep/a.json')
    expect(readFileSync(join(folder, 'mocks/shop/1.2.0/wiremock.stubs.files/deep/a.json'), 'utf8')).toBe(
      '{"a": 1}',
    )
    expect((await openLibrary(openWorkspace({ cwd: folder, env: {} }).config)).check([]).problems).toEqual([])
  })

  it('that the admin API lists has the newest first', async () => {
    const { folder, write } = workspace({ 'svc-mock.yaml': settings })
    const [one, two] = ['one', 'two'].map((body) => ({
      name: body,
      request: { urlPath: '/a' },
      response: { body },
    }))
    write('listed.json', JSON.stringify({ mappings: [one, two], meta: { total: 2 } }))
    await imported(folder, 'listed.json')
    const text = readFileSync(join(folder, 'mocks/shop/wiremock.listed.yaml'), 'utf8')
    expect(text).toMatch(/name: two\n\s+priority: 6[\s\S]*name: one\n\s+request/)
  })

  it.each([
    ['that is not there', 'none.json', 'none.json is not there'],
    ['without stubs', 'svc-mock.yaml', 'svc-mock.yaml holds no stubs'],
  ])('%s is refused', async (_, source, message) => {
    const { folder } = workspace({ 'svc-mock.yaml': settings })
    await expect(imported(folder, source)).rejects.toMatchObject({ code: 'IMPORT_INVALID', message })
  })

  it('with a mistake in one file gives the others, and the place of the mistake', async () => {
    const { folder } = workspace({
      'svc-mock.yaml': settings,
      'stubs/a.json': '{ "request": { "urlPath": "/a" }, "response": {} }',
      'stubs/b.json': '{ "request": ',
    })
    const result = await imported(folder, 'stubs')
    expect(result.added).toBe(1)
    expect(result.problems).toMatchObject([{ severity: 'error', at: { file: 'stubs/b.json', line: 1 } }])
  })

  it('imported again keeps what a person edited', async () => {
    const { folder, write } = workspace({ 'svc-mock.yaml': settings })
    write(
      'stubs.json',
      stubs(
        { name: 'a', request: { urlPath: '/a' }, response: { body: 'a' } },
        { name: 'b', request: { urlPath: '/b' }, response: { body: 'b' } },
      ),
    )
    await imported(folder, 'stubs.json')
    const file = join(folder, 'mocks/shop/wiremock.stubs.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('body: a', 'body: mine'))
    write(
      'stubs.json',
      stubs(
        { name: 'a', request: { urlPath: '/a' }, response: { body: 'A' } },
        { name: 'b', request: { urlPath: '/b' }, response: { body: 'B' } },
      ),
    )
    expect(await imported(folder, 'stubs.json')).toMatchObject({
      updated: 1,
      kept: ['wiremock.stubs.yaml: a'],
    })
    expect(readFileSync(file, 'utf8')).toMatch(/body: mine[\s\S]*body: B/)
  })
})

describe('what cannot be said', () => {
  const request = (more: object): object => ({
    name: 's',
    request: { urlPath: '/a', ...more },
    response: { body: 'x' },
  })
  const response = (more: object): object => ({ name: 's', request: { urlPath: '/a' }, response: more })

  it.each([
    [
      'a function of Jayway',
      request({ bodyPatterns: [{ matchesJsonPath: '$.items.length()' }] }),
      'the JSONPath $.items.length(): RFC 9535 does not have the function length()',
    ],
    [
      'an operator of Jayway',
      request({ bodyPatterns: [{ matchesJsonPath: '$[?(@.a =~ /x/)]' }] }),
      'the operator =~',
    ],
    [
      "Java's regular expressions",
      request({ headers: { k: { matches: 'a++' } } }),
      'the possessive quantifier ++',
    ],
    [
      'classes inside classes',
      request({ headers: { k: { matches: '[a-z&&[^b]]' } } }),
      'an intersection of classes',
    ],
    ['a matcher in Java', request({ customMatcher: { name: 'mine' } }), 'customMatcher'],
    ['the address of the client', request({ clientIp: { equalTo: '127.0.0.1' } }), 'clientIp'],
    [
      'an operator of a later version',
      request({ headers: { k: { foo: 1 } } }),
      'the operator foo is not known',
    ],
    [
      'what never matches',
      request({ pathParameters: { id: { equalTo: 'x' } } }),
      'pathParameters without urlPathTemplate',
    ],
    ['a key of a later version', { ...request({}), later: true }, 'the key later is not known'],
    [
      'helpers of Handlebars',
      response({ body: '{{#if x}}y{{/if}}', transformers: ['response-template'] }),
      'response templating: {{#if x}}',
    ],
    ['other transformers', response({ body: 'x', transformers: ['mine'] }), 'the transformer mine'],
    ['a status that nobody sends', response({ status: 99 }), 'the status 99'],
    ['a body that is not there', response({ bodyFileName: 'none.json' }), 'there is no folder __files'],
  ])('%s', async (_, stub, why) => {
    const { folder, write } = workspace({ 'svc-mock.yaml': settings })
    write('stubs.json', stubs(stub))
    const result = await imported(folder, 'stubs.json')
    expect(result).toMatchObject({
      added: 0,
      entries: [{ outcome: 'not possible', name: 's', at: { file: 'stubs.json', line: 3 } }],
    })
    expect(result.left[0]).toContain(why)
  })

  it('is told with the place of the very key, and what is said otherwise, too', async () => {
    const { folder, write } = workspace({ 'svc-mock.yaml': settings })
    write(
      'stubs.json',
      stubs(
        { name: 'proxied', request: { url: '/p' }, response: { proxyBaseUrl: 'http://x' } },
        { name: 'hooked', request: { url: '/h' }, response: {}, postServeActions: [{ name: 'webhook' }] },
        {
          name: 'java',
          request: { url: '/j', headers: { a: { equalTo: 'x' }, b: { matches: '(?>a)' } } },
          response: {},
        },
      ),
    )
    expect(told(await imported(folder, 'stubs.json'))).toEqual([
      [
        'changed',
        'proxied',
        "proxyBaseUrl http://x: the service's own upstream is asked; set it in svc-mock.yaml (line 9)",
      ],
      ['changed', 'hooked', 'postServeActions: nothing is called when the mock has answered (line 18)'],
      [
        'not possible',
        'java',
        "Java's regular expression (?>a): an atomic group (?>…) is unknown to JavaScript (line 33)",
      ],
    ])
  })

  it('a file outside of __files is no body', async () => {
    const { folder, write } = workspace({
      'svc-mock.yaml': settings,
      'stubs/__files/a': 'a',
      'secret.txt': 'x',
    })
    write('stubs/mappings/a.json', stubs(response({ bodyFileName: '../../secret.txt' })))
    expect((await imported(folder, 'stubs')).left).toEqual([
      's: bodyFileName ../../secret.txt leads out of __files',
    ])
  })
})

it('imported mocks answer neither HEAD as GET nor a preflight, and add no CORS headers', async () => {
  const files = {
    'stubs.json': stubs({ request: { method: 'GET', urlPath: '/a' }, response: { body: 'x' } }),
  }
  const { folder } = workspace({ 'svc-mock.yaml': settings, ...files })
  await imported(folder, 'stubs.json')
  const text = readFileSync(join(folder, 'mocks/shop/wiremock.stubs.yaml'), 'utf8')
  const own = 'service: shop\nmocks: [{ request: { method: GET, path: /own }, response: { body: x } }]\n'
  const { ownPort } = await proxy({
    'svc-mock.yaml': settings,
    'mocks/wiremock.yaml': text,
    'mocks/own.yaml': own,
  })
  const client = new Client(ownPort('shop'))
  const origin = ['origin', 'http://page.test', 'access-control-request-method', 'GET']
  const status = async (method: string, path: string): Promise<number> =>
    (await client.ask({ method, path, headers: origin })).status
  expect([await status('HEAD', '/own'), await status('OPTIONS', '/own')]).toEqual([200, 204])
  expect([await status('HEAD', '/a'), await status('OPTIONS', '/a')]).toEqual([502, 502])
  const cors = async (path: string): Promise<boolean> =>
    (await client.ask({ method: 'GET', path, headers: origin })).headers.includes(
      'access-control-allow-origin',
    )
  expect([await cors('/own'), await cors('/a')]).toEqual([true, false])
  client.close()
})
