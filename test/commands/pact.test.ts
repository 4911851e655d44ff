/** `pact match`, `import pact` and `export pact`, with the real program. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Finished, runProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'

const run = (args: readonly string[], cwd = makeFolder(), input?: string): Promise<Finished> =>
  runProgram(args, { cwd, ...(input !== undefined && { input }) })

const same = '{"expected": {"status": 200}, "actual": {"status": 200}}'
const other = '{"expected": {"status": 200}, "actual": {"status": 404}}'

describe('pact match', () => {
  it('answers a case from standard input', async () => {
    const { code, stdout, stderr } = await run(['pact', 'match', '--kind', 'response'], undefined, same)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ match: true, mismatches: [] })
  })

  it('answers a case from a file, ends with 1 where it does not match, and is the same under --json', async () => {
    const cwd = makeFolder({ 'case.json': other })
    const { code, stdout } = await run(['pact', 'match', 'case.json', '--spec', '3'], cwd)
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      match: false,
      mismatches: [
        { kind: 'status', path: '', expected: 200, actual: 404, message: 'expected 200 but got 404' },
      ],
    })
    const json = await run(['pact', 'match', 'case.json', '--spec', '3', '--json'], cwd)
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(stdout))
  })

  it('keeps the digits of numbers in its answer', async () => {
    const text = '{"expected": {"body": {"a": 1.50}}, "actual": {"body": {"a": 12345678901234567890}}}'
    const { stdout } = await run(['pact', 'match', '--spec', '3'], undefined, text)
    expect(stdout).toContain('"actual": 12345678901234567890')
    expect(stdout).toContain('"expected": 1.50')
  })

  it('answers line by line, in order, and goes on behind a broken line', async () => {
    const lines = [
      same,
      '{',
      '',
      other,
      '{"kind": "request", "spec": 2, "expected": {"query": "a=1"}, "actual": {"query": "a=2"}}',
    ]
    const { code, stdout } = await run(['pact', 'match', '-', '--ndjson'], undefined, `${lines.join('\n')}\n`)
    expect(code).toBe(2)
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(answers).toMatchObject([
      { match: true },
      {
        error: {
          code: 'PACT_INVALID',
          line: 2,
          message: expect.stringContaining('not valid JSON') as string,
        },
      },
      { match: false, mismatches: [{ kind: 'status' }] },
      { match: false, mismatches: [{ kind: 'query', path: 'a' }] },
    ])
  })

  it('ends with 1 when all lines could be read and one does not match', async () => {
    expect((await run(['pact', 'match', '--ndjson'], undefined, `${same}\n${other}`)).code).toBe(1)
    expect((await run(['pact', 'match', '--ndjson'], undefined, `${same}\n${same}`)).code).toBe(0)
  })

  it.each([
    ['no JSON', ['pact', 'match'], '{', 'standard input: not valid JSON'],
    ['a file that is not there', ['pact', 'match', 'none.json'], '', 'none.json cannot be read: ENOENT'],
    [
      'lines of a file that is not there',
      ['pact', 'match', 'none.json', '--ndjson'],
      '',
      'none.json cannot be read',
    ],
    [
      'an unknown rule',
      ['pact', 'match'],
      '{"expected": {"matchingRules": {"$.body.a": {"match": "regexp"}}}, "actual": {}}',
      '$.body.a: the rule "regexp" is not known',
    ],
  ])('%s ends with 2', async (_title, args, input, message) => {
    const { code, stdout, stderr } = await run(args, undefined, input)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain('PACT_INVALID')
  })
})

const pact = {
  consumer: { name: 'Web Shop' },
  provider: { name: 'Orders API' },
  interactions: [
    {
      type: 'Synchronous/HTTP',
      description: 'an order',
      providerStates: [{ name: 'order 42 exists', params: { id: 42 } }],
      request: {
        method: 'GET',
        path: '/orders/42',
        query: { expand: ['items'] },
        matchingRules: {
          path: { combine: 'AND', matchers: [{ match: 'regex', regex: '^\\/orders\\/\\d+$' }] },
          query: { expand: { combine: 'AND', matchers: [{ match: 'type' }] } },
        },
      },
      response: {
        status: 200,
        headers: { 'Content-Type': ['application/json'] },
        body: { content: { id: 42, total: 12 }, contentType: 'application/json', encoded: false },
        matchingRules: { body: { '$.total': { combine: 'AND', matchers: [{ match: 'number' }] } } },
        generators: { body: { '$.total': { type: 'RandomInt', min: 1, max: 9 } } },
      },
    },
    { type: 'Asynchronous/Messages', description: 'an order was made', contents: { content: 'x' } },
  ],
  metadata: { pactSpecification: { version: '4.0' } },
}

const workspace: Files = {
  'svc-mock.yaml': 'name: web\nservices:\n  orders-api: { hosts: [orders.example.com] }\n',
  'mocks/.keep': '',
  'pacts/a.json': JSON.stringify(pact),
}

const imported = 'mocks/orders-api/pact.web_shop-154b8cd8.yaml'

describe('import pact', () => {
  it('makes mocks that answer', async () => {
    const cwd = makeFolder(workspace)
    const { code, stdout, stderr } = await run(['import', 'pact', 'pacts'], cwd)
    expect({ code }).toEqual({ code: 0 })
    expect(stdout).toContain(imported)
    expect(stdout).toMatch(/interactions: \d+ taken, \d+ changed, 1 not possible\n/)
    expect(stderr).toMatch(
      /not possible:\n {2}.+ {2}pacts\/a\.json:1:\d+\n {4}message: no call that a mock of HTTP answers\n/,
    )
    expect(await run(['check'], cwd)).toMatchObject({ code: 0 })
    const explained = await run(
      ['explain', 'GET', 'http://orders.example.com/orders/7?expand=x', '--json'],
      cwd,
    )
    expect(JSON.parse(explained.stdout)).toMatchObject({
      winner: { name: 'an order, given order 42 exists' },
    })
    const missed = await run(['explain', 'GET', 'http://orders.example.com/orders/x?expand=x', '--json'], cwd)
    expect(JSON.parse(missed.stdout)).not.toHaveProperty('winner.name')
  })

  it('imports again, but not over what a person has changed', async () => {
    const cwd = makeFolder(workspace)
    const outcome = async (...flags: readonly string[]): Promise<unknown> => {
      const { stdout } = await run(['import', 'pact', 'pacts/a.json', '--json', ...flags], cwd)
      return (JSON.parse(stdout) as { readonly files: readonly [{ readonly outcome: unknown }] }).files[0]
        .outcome
    }
    expect(await outcome()).toBe('written')
    expect(await outcome()).toBe('unchanged')
    const file = join(cwd, imported)
    const edited = readFileSync(file, 'utf8').replace('status: 200', 'status: 202')
    writeFileSync(file, edited)
    expect(await outcome()).toBe('edited')
    expect(readFileSync(file, 'utf8')).toBe(edited)
    expect(await outcome('--force')).toBe('written')
    expect(readFileSync(file, 'utf8')).not.toBe(edited)
  })

  it('tells what is wrong with its place, and takes the rest', async () => {
    const newer =
      '{\n  "consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [],\n  "metadata": {"pactSpecification": {"version": "5.0"}}\n}'
    const wrong = {
      ...pact,
      consumer: { name: 'other' },
      interactions: [
        {
          description: 'x',
          request: { matchingRules: { body: { '$.a': { matchers: [{ match: 'tipe' }] } } } },
          response: {},
        },
        pact.interactions[0],
      ],
    }
    const cwd = makeFolder({
      ...workspace,
      'pacts/newer.json': newer,
      'pacts/broken.json': '{ "consumer": ',
      'pacts/wrong.json': JSON.stringify(wrong, null, 1),
    })
    const { code, stdout, stderr } = await run(['import', 'pact', 'pacts'], cwd)
    expect(code).toBe(2)
    expect(stdout).toContain(imported)
    expect(stderr).toContain('pacts/newer.json:3:')
    expect(stderr).toContain('version 5.0 of the Pact specification, which is newer than 4')
    expect(stderr).toContain('pacts/broken.json:1:')
    expect(stderr).toMatch(/pacts\/wrong\.json:\d+:\d+ .*the rule "tipe" is not known/)
    expect(stderr).toContain('did you mean type?')
    expect(existsSync(join(cwd, 'mocks/orders-api/pact.other.yaml'))).toBe(true)
    const json = await run(['import', 'pact', 'pacts', '--json'], cwd)
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'PACT_INVALID', details: { problems: { length: 3 } } },
    })
  })

  it('refuses what is not there, and a second source of other formats', async () => {
    const cwd = makeFolder(workspace)
    expect(await run(['import', 'pact', 'none'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not there') as string,
    })
    expect(await run(['import', 'har', 'a.har', 'b.har'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unexpected argument: b.har') as string,
    })
  })
})

describe('export pact', () => {
  it('writes again what was imported', async () => {
    const cwd = makeFolder(workspace)
    await run(['import', 'pact', 'pacts'], cwd)
    const { code, stdout } = await run(['export', 'pact', '--out', 'out'], cwd)
    expect({ code }).toEqual({ code: 0 })
    expect(stdout).toContain('out/web_shop-154b8cd8-orders_api-')
    const { files } = JSON.parse((await run(['export', 'pact', '--out', 'out', '--json'], cwd)).stdout) as {
      readonly files: readonly [{ readonly file: string }]
    }
    const written = JSON.parse(readFileSync(join(cwd, files[0].file), 'utf8')) as typeof pact
    expect(written).toMatchObject({ consumer: pact.consumer, provider: pact.provider })
    expect(written.interactions).toEqual([pact.interactions[0]])
  })

  it('writes mocks of people as contracts by shape, and says what it leaves out', async () => {
    const cwd = makeFolder({
      'svc-mock.yaml': 'name: web\nservices:\n  stock: {}\n',
      'mocks/stock/stock.yaml': `mocks:
  - name: stock is found
    request: { method: GET, path: '/stock/{sku}', params: { sku: { $matches: '[A-Z]+' } }, query: { at: { $contains: B } } }
    response: { body: { sku: A, available: 3 } }
    contract: { state: A is in stock, exact: [$.sku], example: { path: /stock/A } }
  - name: not ours
    request: { path: /internal }
    response: { body: 1 }
    contract: false
  - name: slow
    request: { path: /slow }
    fault: { delay: 1s }
  - name: nobody knows which
    request: { path: '/x/{id}', params: { id: { $matches: 'a+' } } }
    response: { body: 1 }
`,
    })
    const { code, stderr } = await run(['export', 'pact', '--spec', '3'], cwd)
    expect(code).toBe(0)
    expect(stderr).toContain('left out: 1 × contract: false')
    expect(stderr).toContain('left out: 1 × a fault')
    expect(stderr).toContain('nothing says for which path')
    const { interactions } = JSON.parse(readFileSync(join(cwd, 'pacts/web-stock.json'), 'utf8')) as {
      readonly interactions: readonly unknown[]
    }
    expect(interactions).toEqual([
      {
        description: 'stock is found',
        providerStates: [{ name: 'A is in stock' }],
        request: {
          method: 'GET',
          path: '/stock/A',
          query: { at: ['B'] },
          matchingRules: {
            path: { matchers: [{ match: 'regex', regex: '/stock/(?:[A-Z]+)' }], combine: 'AND' },
            query: { at: { matchers: [{ match: 'include', value: 'B' }], combine: 'AND' } },
          },
        },
        response: {
          status: 200,
          body: { sku: 'A', available: 3 },
          matchingRules: {
            body: {
              $: { matchers: [{ match: 'type' }], combine: 'AND' },
              '$.sku': { matchers: [{ match: 'equality' }], combine: 'AND' },
            },
          },
        },
      },
    ])
    const older = await run(['export', 'pact', '--spec', '2', '--out', 'v2'], cwd)
    expect(older.stderr).toContain('version 2 has no rule like $.body.sku: equality')
    expect(readFileSync(join(cwd, 'v2/web-stock.json'), 'utf8')).toContain('"providerState": "A is in stock"')
  })

  it('asks who the consumer is', async () => {
    const cwd = makeFolder({
      'svc-mock.yaml': 'services:\n  stock: {}\n',
      'mocks/stock/a.yaml': 'mocks:\n  - { request: { path: /a }, response: { body: 1 } }\n',
    })
    const { code, stderr } = await run(['export', 'pact'], cwd)
    expect({ code }).toEqual({ code: 2 })
    expect(stderr).toContain('--consumer')
    expect((await run(['export', 'pact', '--consumer', 'web'], cwd)).code).toBe(0)
  })
})
