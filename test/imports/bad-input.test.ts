/** What is no source, or a source of another kind, is told with its place and what to do; nothing that a file holds breaks a reader. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MockFormat } from '../../src/app/imports/format.ts'
import { importFrom } from '../../src/app/imports/import-from.ts'
import { importFormats } from '../../src/app/imports/index.ts'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { SvcMockError } from '../../src/core/errors.ts'
import { formatLocation } from '../../src/core/source.ts'
import { runProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'

const settings = 'services:\n  shop:\n    hosts: [shop.test]\n'

const formats = ['mountebank', 'mockoon', 'postman', 'hoverfly', 'mockserver'] as const

const formatOf = (name: string): MockFormat => {
  const found = importFormats.find((format) => format.name === name)
  if (found?.kind !== 'mocks') throw new Error(name)
  return found
}

const attempt = async (format: string, text: string | Uint8Array, name = 'in.json', service?: string) => {
  const { folder } = workspace({ 'svc-mock.yaml': settings })
  writeFileSync(join(folder, name), text)
  return importFrom(formatOf(format), name, {
    config: openWorkspace({ cwd: folder, env: {} }).config,
    cwd: folder,
    service,
    version: undefined,
    seed: '',
    allowRemoteRefs: false,
  }).then((result) => ({ folder, result }))
}

const refusal = async (...given: Parameters<typeof attempt>): Promise<string> => {
  try {
    await attempt(...given)
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
    const { source } = error.context
    return [error.code, error.message, source === undefined ? '' : formatLocation(source), error.hint].join(
      ' | ',
    )
  }
  return 'imported'
}

describe.each(formats)('%s', (format) => {
  it('tells a mistake of JSON with its place', async () => {
    expect(await refusal(format, '{\n  "a": [1,]\n}')).toMatch(
      /^IMPORT_INVALID \| in\.json is no .*: a comma stands after the last one \| in\.json:2:10 \| /,
    )
  })

  it.each([
    ['an empty file', ''],
    ['a text', 'hello'],
    ['an object of nothing', '{}'],
    ['a number', '12'],
    ['a list of nothing', '[]'],
    ['null', 'null'],
    ['another kind of file', '{"openapi": "3.1.0", "paths": {}}'],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x7b)],
  ])('refuses %s', async (_, text) => {
    expect(await refusal(format, text)).toMatch(/^IMPORT_INVALID \| in\.json .+ \| .* \| .+/)
  })

  it('refuses a file that is not there', async () => {
    const { folder } = workspace({ 'svc-mock.yaml': settings })
    const { code, stderr } = await runProgram(['import', format, 'none.json'], { cwd: folder, env: {} })
    expect(code).toBe(2)
    expect(stderr).toContain('none.json cannot be read: ENOENT')
  })

  it('survives any document, and what it makes is in force', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(documents[format], async (document) => {
        const { folder } = workspace({ 'svc-mock.yaml': settings }, false)
        writeFileSync(join(folder, 'in.json'), JSON.stringify(document))
        const { config } = openWorkspace({ cwd: folder, env: {} })
        try {
          await importFrom(formatOf(format), 'in.json', {
            config,
            cwd: folder,
            service: 'shop',
            version: undefined,
            seed: '',
            allowRemoteRefs: false,
          })
        } catch (error) {
          if (error instanceof SvcMockError && error.code === 'IMPORT_INVALID') return
          throw error
        }
        const library = await openLibrary(config)
        expect(library.check([]).problems.filter(({ severity }) => severity === 'error')).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

it('says that a file of Postman version 1, or an environment, is none of ours', async () => {
  expect(await refusal('postman', '{"id": "1", "requests": [], "order": []}')).toContain(
    'is a collection of version 1 | in.json:1:1 | export it as Collection v2.1',
  )
  expect(await refusal('postman', '{"name": "test", "values": []}')).toContain('is an environment of Postman')
  expect(
    await refusal(
      'postman',
      '{"info": {"schema": "https://schema.getpostman.com/json/collection/v3.0.0/"}, "item": []}',
    ),
  ).toContain('in.json:1:21')
})

it('says how older files of other tools are brought up', async () => {
  expect(await refusal('mockoon', '{"routes": [], "lastMigration": 5}')).toContain(
    'was written by an old Mockoon (migration 5) | in.json:1:33 | open it in a current Mockoon',
  )
  expect(await refusal('hoverfly', '{"data": {"pairs": []}, "meta": {"schemaVersion": "v3"}}')).toContain(
    'in.json has schema v3, and v5 is read | in.json:1:51 | import it into a current Hoverfly',
  )
  expect(await refusal('mountebank', '{"imposters": [<% include a.ejs %>]}')).toContain('mb save')
})

it('asks which imposter of several is meant, and takes the one that is named', async () => {
  const stub = (body: string) => ({ responses: [{ is: { body } }] })
  const text = JSON.stringify({
    imposters: [
      { protocol: 'http', port: 1, name: 'orders', stubs: [stub('a')] },
      { protocol: 'https', port: 2, stubs: [stub('b')] },
      { protocol: 'tcp', port: 3, stubs: [] },
    ],
  })
  expect(await refusal('mountebank', text)).toMatch(
    /has 2 imposters, .*: orders 1, 2 \| in\.json:1:1 \| .*in\.json#1/,
  )
  expect((await attempt('mountebank', text, 'in.json', 'orders')).result).toMatchObject({
    service: 'orders',
    added: 1,
  })
  expect(
    await attempt('mountebank', '{"imposters": [{"protocol": "tcp", "port": 3, "stubs": []}]}').catch(
      (error: SvcMockError) => error.message,
    ),
  ).toBe('in.json has imposters of tcp only')
})

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    '/a',
    '/a/{b}',
    '/a/:id/*',
    '${{ x }}',
    '{{body}}',
    '{{#each x}}',
    '(',
    '.*',
    '^/x$',
    '!GET',
    '?a',
    '$.a',
    '//a',
    'GET',
    'a'.repeat(2000),
    '\u0000',
    '__proto__',
    'constructor',
  ),
)
const anything = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }), fc.integer(), fc.constant(null))
const keyed = (keys: readonly string[], value: fc.Arbitrary<unknown> = anything): fc.Arbitrary<unknown> =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: keys.length })
const list = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.array(value, { maxLength: 3 })

const request = keyed(
  ['path', 'method', 'query', 'headers', 'body', 'form', 'a', '$x'],
  fc.oneof(anything, keyed(['a', 'b'])),
)

const documents: Readonly<Record<(typeof formats)[number], fc.Arbitrary<unknown>>> = {
  mountebank: fc.record({
    protocol: fc.constant('http'),
    port: fc.constant(1),
    stubs: list(
      fc.record({
        predicates: list(
          keyed(
            [
              'equals',
              'deepEquals',
              'contains',
              'matches',
              'exists',
              'startsWith',
              'not',
              'or',
              'and',
              'except',
              'jsonpath',
              'caseSensitive',
            ],
            fc.oneof(request, list(keyed(['equals', 'exists'], request)), fc.boolean()),
          ),
        ),
        responses: list(
          keyed(
            ['is', 'proxy', 'fault', 'behaviors', 'repeat', 'inject'],
            fc.oneof(
              anything,
              keyed(
                ['statusCode', 'headers', 'body', '_mode', 'to', 'mode'],
                fc.oneof(anything, keyed(['A b', 'x'])),
              ),
              list(keyed(['wait', 'copy', 'repeat', 'decorate'])),
            ),
          ),
        ),
      }),
    ),
  }),
  mockoon: fc.record({
    routes: list(
      keyed(
        ['uuid', 'type', 'method', 'endpoint', 'responses', 'responseMode', 'enabled'],
        fc.oneof(
          anything,
          fc.constantFrom('crud', 'http', 'RANDOM', 'SEQUENTIAL', 'FALLBACK'),
          list(
            keyed(
              [
                'statusCode',
                'body',
                'headers',
                'rules',
                'latency',
                'bodyType',
                'filePath',
                'databucketID',
                'default',
              ],
              fc.oneof(
                anything,
                list(
                  keyed(
                    ['target', 'modifier', 'value', 'operator', 'invert', 'key'],
                    fc.oneof(text, fc.constantFrom('body', 'query', 'params', 'equals', 'regex', 'null')),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    data: list(keyed(['id', 'name', 'value'], text)),
    rootChildren: anything,
    headers: list(keyed(['key', 'value'])),
  }),
  postman: fc.record({
    info: keyed(['name']),
    variable: list(keyed(['key', 'value'])),
    item: list(
      keyed(
        ['name', 'request', 'item', 'response'],
        fc.oneof(
          anything,
          list(
            keyed(
              ['name', 'code', 'body', 'header', 'originalRequest', '_postman_previewlanguage'],
              fc.oneof(
                anything,
                keyed(
                  ['method', 'url'],
                  fc.oneof(text, keyed(['raw', 'host', 'path', 'query'], fc.oneof(anything, list(anything)))),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  }),
  hoverfly: fc.record({
    data: fc.record({
      pairs: list(
        fc.record({
          request: keyed(
            ['method', 'path', 'destination', 'query', 'headers', 'body', 'requiresState'],
            fc.oneof(anything, list(matcher()), keyed(['a', 'b'], fc.oneof(anything, list(matcher())))),
          ),
          response: keyed(
            [
              'status',
              'body',
              'encodedBody',
              'headers',
              'templated',
              'fixedDelay',
              'logNormalDelay',
              'transitionsState',
              'removesState',
            ],
            fc.oneof(anything, keyed(['a', 'median', 'mean'], fc.oneof(anything, list(text))), fc.boolean()),
          ),
        }),
      ),
    }),
    meta: fc.constant({ schemaVersion: 'v5.2' }),
  }),
  mockserver: list(
    fc.record({
      httpRequest: keyed(
        ['method', 'path', 'queryStringParameters', 'headers', 'cookies', 'body', 'pathParameters'],
        fc.oneof(
          anything,
          keyed(
            ['type', 'json', 'regex', 'a', '!b', '?c', 'values', 'not', 'value'],
            fc.oneof(anything, list(text), fc.constantFrom('JSON', 'REGEX', 'XPATH', 'STRING')),
          ),
        ),
      ),
      httpResponse: keyed(
        ['statusCode', 'headers', 'body', 'delay', 'cookies', 'connectionOptions'],
        fc.oneof(
          anything,
          keyed(['type', 'string', 'json', 'timeUnit', 'value', 'a b'], fc.oneof(anything, list(text))),
        ),
      ),
    }),
  ),
}

function matcher(): fc.Arbitrary<unknown> {
  return fc.record({
    matcher: fc.constantFrom(
      'exact',
      'glob',
      'regex',
      'json',
      'jsonpath',
      'jsonPartial',
      'xml',
      'xpath',
      'array',
      'form',
      'negate',
      'other',
    ),
    value: anything,
  })
}
