/** What examples can say, and that they say it of what really happens: each good one stands beside one that must fail. */
import { describe, expect, it } from 'vitest'
import { shortly, tested } from './run.ts'

const run = async (...args: Parameters<typeof tested>): Promise<string[]> => shortly(await tested(...args))

describe('a call', () => {
  it('is sent as a client would send it', async () => {
    const text = `mocks:
  - name: all
    request:
      method: POST
      path: /a/{id}
      params: { id: b c/d }
      query: { q: { $hasExactly: ['1', x y] }, z: ü }
      headers: { host: orders.test.example.com, x-a: { $hasExactly: ['1', '2'] }, content-type: application/json, content-length: '10' }
      cookies: { s: v, t: '1' }
      body: { b: true }
    response: { status: 200 }
    examples:
      - name: json
        request:
          path: /a/b c%2Fd?q=1
          query: { q: x y, z: ü }
          headers: { X-A: [1, 2] }
          cookies: { s: v, t: 1 }
          body: { b: true   }
  - { name: form, request: { method: POST, path: /form, headers: { content-type: application/x-www-form-urlencoded }, body: { $form: { a: { $hasExactly: ['1', '&'] } } } }, response: { status: 200 } }
  - { name: file, request: { method: PUT, path: /file, headers: { content-type: application/json }, body: { of: file } }, response: { status: 200 } }
  - { name: bytes, request: { method: POST, path: /bytes, headers: { content-type: { $absent: true } }, body: abc }, response: { status: 200 } }
  - { name: text, request: { method: POST, path: /text, headers: { content-type: text/csv }, body: 'a,b' }, response: { status: 200 } }
  - name: parts
    request:
      method: POST
      path: /parts
      multipart: { note: { body: hello }, data: { filename: d.json, headers: { content-type: application/json }, body: { a: 1 } } }
    response: { status: 200 }
examples:
  - { name: form, request: { path: /form, form: { a: [1, '&'] } }, expect: { mock: form } }
  - { name: file, request: { method: PUT, path: /file, bodyFile: ./f.json }, expect: { mock: file } }
  - { name: bytes, request: { path: /bytes, bodyBase64: YWJj }, expect: { mock: bytes } }
  - { name: text, request: { path: /text, headers: { Content-Type: text/csv }, body: 'a,b' }, expect: { mock: text } }
  - { name: parts, request: { path: /parts, multipart: { note: hello, data: { filename: d.json, body: { a: 1 } } } }, expect: { mock: parts } }
  - { name: other part, request: { path: /parts, multipart: { note: hello, data: { filename: e.json, body: { a: 1 } } } }, expect: { miss: true } }
  - { name: url, request: { url: 'http://orders.test.example.com/text', method: POST, body: 'a,b', headers: { content-type: text/csv } }, expect: { mock: text } }
`
    const file = { 'mocks/orders/1.0.0/a.yaml': text, 'mocks/orders/1.0.0/f.json': '{"of":"file"}' }
    expect(await run(file)).toEqual(
      ['json', 'form', 'file', 'bytes', 'text', 'parts', 'other part', 'url'].map((name) => `${name}: ok`),
    )
  })

  it('takes method and path of the mock that it stands under, and no other mock may answer', async () => {
    const text = `mocks:
  - name: deleted
    request: { method: DELETE, path: /a }
    response: { status: 204 }
    examples: [{}]
  - name: hidden
    request: { path: /a/b, query: { q: 1 } }
    response: { status: 200 }
    examples: [{ name: hides, request: { query: { q: 1 } } }]
  - { name: hiding, priority: 1, request: { path: '/a/{x}' }, response: { status: 200 } }
`
    expect(await run(text)).toEqual(['DELETE /a: ok', 'hides: mock expected hidden got hiding'])
  })

  it('to HEAD is answered without a body', async () => {
    const text = `mocks:
  - { name: a, request: { method: GET, path: /a }, response: { body: text } }
examples:
  - { name: get, request: { path: /a }, expect: { body: text, mock: a } }
  - { name: head, request: { path: /a, method: HEAD }, expect: { headers: { content-length: '4' }, body: '', mock: a } }
  - { name: preflight, request: { path: /a, method: OPTIONS, headers: { origin: 'http://x', access-control-request-method: GET } }, expect: { status: 204 } }
  - { name: origin, request: { path: /a, headers: { origin: 'http://x' } }, expect: { headers: { access-control-allow-origin: 'http://x' } } }
`
    expect(await run(text)).toEqual(['get: ok', 'head: ok', 'preflight: ok', 'origin: ok'])
  })
})

describe('a url', () => {
  const files = (hosts: string, url: string) => ({
    'svc-mock.yaml': `services:\n  orders: { hosts: [${hosts}] }\n`,
    'mocks/orders/a.yaml': `mocks: [{ name: a, request: { path: /42, headers: { host: { $matches: 'api(:444)?' } } }, response: {} }]
examples: [{ name: it, request: { url: '${url}' } }]
`,
  })

  it.each([
    ["'api/orders'", 'http://api/orders/42'],
    ["'api:443/orders'", 'https://api/orders/42'],
    ["'api:444/orders'", 'https://api:444/orders/42'],
  ])('of a service at %s is %s', async (hosts, url) => {
    expect(await run(files(hosts, url))).toEqual(['it: ok'])
  })

  it('belongs to the service of its path', async () => {
    expect(await run(files("'api/orders'", 'http://api/others/42'))).toEqual([
      'it: url expected a host of orders got api:80, which no service names',
    ])
  })
})

describe('versions', () => {
  const files = {
    'svc-mock.yaml': 'services:\n  orders: { version: ^1.0 }\n  stock: {}\n',
    'mocks/orders/1.0.0/a.yaml': `mocks:
  - name: old
    request: { path: /a }
    response: { body: 1 }
    examples: [{ name: own version }]
examples:
  - { name: asks for more, request: { path: /a, version: ^1.0 }, expect: { version: 1.1.0, body: 2 } }
  - { name: by header, request: { path: /a, headers: { svcm-version: 1.1.0 } }, expect: { mock: new } }
  - { name: wrong, request: { path: /a, version: '2' }, expect: { version: { $matches: '2.*' } } }
`,
    'mocks/orders/1.1.0/a.yaml': 'mocks: [{ name: new, request: { path: /a }, response: { body: 2 } }]',
  }

  it('are those of the file, of the request, or of its headers', async () => {
    expect(await run(files)).toEqual([
      'own version: ok',
      'asks for more: ok',
      'by header: ok',
      'wrong: mock expected any mock got none',
    ])
  })
})

describe('state', () => {
  const text = `mocks:
  - { name: a, scenarioName: s, requiredScenarioState: Started, newScenarioState: two, request: { path: /s }, response: { status: 201 } }
  - name: b
    scenarioName: s
    requiredScenarioState: two
    newScenarioState: three
    request: { path: /s }
    response: { status: 202 }
    examples: [{ name: begins where its mock is, expect: { status: 202, scenarios: { s: three } } }]
  - name: in turn
    request: { path: /r }
    responses: [{ status: 201 }, { status: 202 }]
    repeat: fail
    examples:
      - steps: [{ expect: { status: 201 } }, { expect: { status: 202 } }, { expect: { error: MOCK_EXHAUSTED } }]
        name: to the end
      - { name: from the beginning, expect: { status: 201 } }
examples:
  - name: steps
    steps:
      - { request: { path: /s }, expect: { mock: a } }
      - { request: { path: /s }, expect: { mock: b } }
      - { request: { path: /s }, expect: { miss: true, scenarios: { s: three } } }
  - name: tenants
    steps:
      - { request: { path: /s }, expect: { mock: a } }
      - { request: { path: /s, tenant: bob }, expect: { mock: a } }
      - { request: { path: /s }, expect: { mock: b } }
  - { name: set, scenarios: { s: two }, request: { path: /s }, expect: { mock: b } }
  - { name: fresh, request: { path: /s }, expect: { mock: b } }
`

  it('begins anew with each example, moves with its steps, and is a tenant of its own', async () => {
    const names = ['begins where its mock is', 'to the end', 'from the beginning', 'steps', 'tenants', 'set']
    expect(await run(text)).toEqual([...names.map((name) => `${name}: ok`), 'fresh: mock expected b got a'])
  })

  it('does not depend on what ran before', async () => {
    const { examples } = await tested(text, { name: 'from the beginning' })
    expect(examples.map(({ ok }) => ok)).toEqual([true])
  })

  it('tells the first step that fails, and why the mock did not match there', async () => {
    const { examples } = await tested(`mocks:
  - { name: a, times: 1, request: { path: /s }, response: { status: 201 } }
  - { name: b, priority: 6, request: { path: /s }, response: { status: 202 } }
examples:
  - name: it
    steps:
      - { request: { path: /s }, expect: { mock: a } }
      - { request: { path: /s }, expect: { mock: a } }
      - { request: { path: /s }, expect: { status: 500 } }
`)
    expect(examples[0]!.failure).toMatchObject({
      step: 2,
      answeredBy: { name: 'b' },
      nearest: [
        {
          mock: 'a',
          failed: [{ clause: 'times', expected: 'at most 1 call', actual: '1 answered already' }],
        },
      ],
    })
  })
})

describe('faults', () => {
  const faulty = (fault: string, expected: string): string =>
    `  - { name: '${fault} ${expected}', request: { path: /${Math.abs(hash(fault + expected))} }, fault: ${fault}, response: { status: 200, body: some text }, examples: [{ expect: ${expected} }] }`
  const hash = (text: string): number =>
    [...text].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) | 0

  it.each([
    ['{ abort: reset }', '{ fault: reset }', 'ok'],
    ['{ abort: empty }', '{ fault: empty }', 'ok'],
    ['{ abort: timeout }', '{ fault: timeout }', 'ok'],
    ['{ abort: malformed }', '{ fault: malformed }', 'ok'],
    ['{ abort: close }', '{ fault: close }', 'ok'],
    ['{ abort: close }', '{ status: 200 }', 'fault expected none got close'],
    ['{ abort: reset, rate: 0.001 }', '{ fault: reset }', 'ok'],
    ['{ abort: reset, rate: 0.999 }', '{ status: 200, body: some text }', 'ok'],
    ['{ abort: reset, rate: 0 }', '{ fault: reset }', 'fault expected reset got none'],
    ['{ status: 503, rate: 0.5 }', '{ fault: status, status: 503 }', 'ok'],
    ['{ status: 503 }', '{ status: 503 }', 'ok'],
    ['{ delay: 2s, jitter: 1s }', '{ delay: 2s, status: 200 }', 'ok'],
    ['{ delay: 2s, jitter: 5s, distribution: lognormal }', '{ delay: 2s }', 'ok'],
    ['{ delay: 1h, abort: reset }', '{ delay: 1h, fault: reset }', 'ok'],
    ['{ slowBody: 10m }', '{ body: some text, delay: 0s }', 'ok'],
    ['{ bandwidth: 1B/s }', '{ body: some text }', 'ok'],
  ])('%s is %s: %s', async (fault, expected, result) => {
    const [line] = await run(`mocks:\n${faulty(fault, expected)}\n`)
    expect(line).toMatch(new RegExp(`: ${result}$`))
  })

  it('of services and drills, and modes, take no part', async () => {
    const view = await run({
      'svc-mock.yaml':
        'onMiss: passthrough\nservices:\n  orders: { mode: passthrough, fault: { abort: reset }, hosts: [orders] }\n',
      'mocks/orders/a.yaml': `mocks: [{ name: a, request: { path: /a }, response: { status: 200 }, examples: [{ name: it }] }]
examples: [{ name: miss, request: { path: /b }, expect: { miss: true } }]
`,
    })
    expect(view).toEqual(['it: ok', 'miss: ok'])
  })
})

describe('mocks that ask the real service', () => {
  it('are changed by scripts as in a call', async () => {
    const text = `mocks:
  - name: scripted
    request: { path: /p }
    upstream:
      patch:
        script: |
          export default async ({ query }, { status, headers, body }, { sleep, log }) => {
            await sleep(20)
            log('was', body)
            if (query.bad !== undefined) return 1
            return { status: status + 1, headers: { ...headers, x: 'y' }, body: { ...body, b: 2 } }
          }
      onUpstreamError: { status: 503 }
    examples:
      - name: changed
        upstream: { status: 404, headers: { etag: '"1"', x: z }, body: { a: 12345678901234567890 } }
        expect: { status: 405, delay: 20ms, headers: { x: y, etag: { $absent: true } }, body: { $equalToJson: { a: 12345678901234567890, b: 2 } } }
      - { name: down, upstream: unreachable, expect: { status: 503 } }
      - { name: garbage, request: { query: { bad: 1 } }, upstream: { body: {} }, expect: { error: SCRIPT_BAD_RESULT } }
      - { name: other, upstream: { body: {} }, expect: { body: { b: 3 } } }
`
    expect(await run(text)).toEqual([
      'changed: ok',
      'down: ok',
      'garbage: ok',
      'other: body.b expected 3 got 2',
    ])
  })

  it('are given what the example says', async () => {
    const text = `mocks:
  - name: patched
    request: { path: /p }
    upstream: { patch: { status: 299, headers: { set: { x: y } }, body: { b: 2 } }, onUpstreamError: { status: 503 } }
    examples:
      - name: patch
        upstream: { status: 404, headers: { etag: '"1"', x: z }, body: { a: 1, t: '\${{ literal }}' } }
        expect: { status: 299, headers: { x: y, etag: { $absent: true } }, body: { $equalToJson: { a: 1, b: 2, t: '\${{ literal }}' } } }
      - { name: not json, upstream: { body: text }, expect: { error: PATCH_FAILED } }
      - { name: down, upstream: unreachable, expect: { status: 503 } }
      - { name: gzip, upstream: { headers: { content-encoding: gzip }, bodyBase64: H4sIAAAAAAAAA6tWSlSyMqwFAK+sG1YHAAAA }, request: { headers: { accept-encoding: gzip } }, expect: { headers: { content-encoding: gzip }, body: { a: 1, b: 2 } } }
      - { name: nobody says }
  - name: whole
    request: { path: /w }
    examples: [{ name: as it is, upstream: { status: 201, body: it }, expect: { status: 201, body: it } }]
  - name: fails
    request: { path: /f }
    upstream: {}
    examples: [{ name: no answer, upstream: unreachable, expect: { error: UPSTREAM_UNREACHABLE } }]
  - name: own
    request: { path: /o }
    response: { status: 200 }
    examples: [{ name: unasked, upstream: { status: 200 } }]
`
    expect(await run(text)).toEqual([
      'patch: ok',
      'not json: ok',
      'down: ok',
      'gzip: ok',
      'nobody says: upstream expected what the real service answers got nothing',
      'as it is: ok',
      'no answer: ok',
      'unasked: upstream expected to be asked got not asked',
    ])
  })
})

describe('time and chance', () => {
  it('stand still for matchers', async () => {
    const text = `mocks:
  - name: over
    request: { path: /a, query: { on: { $before: now } } }
    response: { status: 200 }
    examples:
      - { name: later, now: 2027-01-01T00:00:00Z, request: { query: { on: 2026-06-01 } } }
      - { name: default, request: { query: { on: 2026-06-01 } } }
      - { name: steps, now: 2027-01-01, steps: [{ request: { query: { on: 2026-06-01 } } }, { now: 2026-01-01, request: { query: { on: 2026-06-01 } }, expect: { miss: true } }] }
`
    expect(await run(text)).toEqual(['later: ok', 'default: mock expected over got none', 'steps: ok'])
  })

  it('stand still for scripts, which begin with an empty state', async () => {
    const text = `mocks:
  - name: computed
    request: { path: /c }
    script: |
      export default async (request, { now, uuid, state, sleep, forward }) => {
        await sleep(4000)
        return { body: { now: now(), date: [new Date().toISOString(), Date.now(), new Date(0).getTime(), typeof Date()], uuid: uuid(), n: await state.incr('n') } }
      }
    examples:
      - name: twice
        now: 2026-05-05T10:00:00Z
        steps:
          - expect: { body: { now: '2026-05-05T10:00:00.000Z', date: ['2026-05-05T10:00:00.000Z', 1777975200000, 0, string], n: 1 } }
          - expect: { body: { n: 2 } }
      - { name: anew, expect: { body: { n: 1, now: '2026-01-01T00:00:00.000Z' } } }
      - { name: tells, expect: { body: { uuid: x } } }
      - { name: tells again, expect: { body: { uuid: x } } }
  - { name: templated, request: { path: '/t/{id}' }, response: { body: '\${{ request.params.id }} \${{ now() }}' }, examples: [{ name: expression, request: { path: /t/7 }, expect: { body: '7 2026-01-01T00:00:00.000Z' } }] }
  - { name: matched, request: { path: /m, script: 'export default ({ query }) => query.a === "1"' }, response: { status: 200 }, examples: [{ name: matches, request: { query: { a: 1 } } }, { name: not, request: { query: { a: 2 } }, expect: { miss: true } }] }
  - name: forwards
    request: { path: /f }
    script: 'export default async (request, { forward }) => ({ ...(await forward()), status: 201 })'
    examples: [{ name: forwarded, upstream: { body: { a: 1 } }, expect: { status: 201, body: { a: 1 } } }, { name: unsaid }]
  - { name: throws, request: { path: /x }, script: 'export default () => { throw new Error("no") }', examples: [{ name: error, expect: { error: SCRIPT_ERROR } }] }
`
    const [twice, anew, tells, again, ...others] = await run(text)
    expect([twice, anew]).toEqual(['twice: ok', 'anew: ok'])
    expect(tells).toMatch(/^tells: body\.uuid expected "x" got "[\da-f-]{36}"$/)
    expect(again).toBe(tells!.replace('tells', 'tells again'))
    expect(others).toEqual([
      'expression: ok',
      'matches: ok',
      'not: ok',
      'forwarded: ok',
      'unsaid: upstream expected what the real service answers got nothing',
      'error: ok',
    ])
  })

  it('pass for sleep, in the order in which sleepers wake', async () => {
    const slow = (name: string, source: string, expected: string, more = ''): string =>
      `  - { name: ${name}, ${more}request: { path: /${name} }, script: 'export default async (request, { sleep }) => { ${source} }', examples: [{ name: ${name}, expect: { ${expected} } }] }\n`
    const text = [
      slow('once', 'await sleep(1500); return {}', 'delay: 1500ms'),
      slow('twice', 'await sleep(1000); await sleep(500); return {}', 'delay: 1500ms'),
      slow('together', 'await Promise.all([sleep(700), sleep(1500)]); return {}', 'delay: 1500ms'),
      slow('first', 'await Promise.race([sleep(3000), sleep(20)]); return {}', 'delay: 20ms'),
      slow(
        'order',
        'const a = []; await Promise.all([30, 10, 20].map(async (n) => { await sleep(n); a.push(n) })); return { body: a }',
        'delay: 30ms, body: [10, 20, 30]',
      ),
      slow(
        'chain',
        'const a = []; await Promise.all([(async () => { await sleep(10); a.push(1); await sleep(5); a.push(2) })(), (async () => { await sleep(12); a.push(3) })()]); return { body: a }',
        'delay: 15ms, body: [1, 3, 2]',
      ),
      slow('fault', 'await sleep(1500); return {}', 'delay: 2s', 'fault: { delay: 500ms }, '),
      slow('long', 'for (;;) await sleep(1000)', 'error: SCRIPT_TIMEOUT'),
      slow('wrong', 'await sleep(1500); return {}', 'delay: 1s'),
      `  - { name: decided, request: { path: /decided, script: 'export default async (r, { sleep }) => { await sleep(5); return true }' }, script: 'export default async (r, { sleep }) => { await sleep(7); return {} }', examples: [{ name: decided, expect: { delay: 12ms } }] }\n`,
    ]
    expect(await run(`mocks:\n${text.join('')}`)).toEqual([
      ...['once', 'twice', 'together', 'first', 'order', 'chain', 'fault', 'long'].map(
        (name) => `${name}: ok`,
      ),
      'wrong: delay expected 1 s got 1500 ms',
      'decided: ok',
    ])
  })
})

describe('files', () => {
  const good = (name: string): string =>
    `mocks: [{ name: ${name}, request: { path: /a }, response: { status: 200 }, examples: [{ name: ${name} }] }]\n`

  it('are those of the paths', async () => {
    const files = { 'mocks/orders/1.0.0/a.yaml': good('one'), 'mocks/stock/a.yaml': good('two') }
    expect(await run(files, { paths: ['mocks/stock'] })).toEqual(['two: ok'])
    await expect(run(files, { paths: ['nowhere'] })).rejects.toMatchObject({ code: 'FLAG_INVALID' })
  })

  it('may be asked for one example, by any of its lines', async () => {
    const text = `mocks:
  - name: a
    request: { path: /a }
    response: { status: 200 }
    examples:
      - name: first
        expect: { status: 200 }
      - name: second
        steps:
          - {}
          - {}
`
    const at = (...places: string[]) =>
      run(
        { 'mocks/orders/a.yaml': text, 'mocks/stock/a.yaml': good('other') },
        { paths: places.map((place) => `mocks/${place}`) },
      )
    expect(await at('orders/a.yaml:6')).toEqual(['first: ok'])
    expect(await at('orders/a.yaml:11:13')).toEqual(['second: ok'])
    expect(await at('orders/a.yaml:7', 'orders/a.yaml:9')).toEqual(['first: ok', 'second: ok'])
    expect(await at('orders/a.yaml:7', 'stock')).toEqual(['first: ok', 'other: ok'])
    await expect(at('orders/a.yaml:1')).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      hint: 'the first one begins at line 6',
    })
  })

  it('that are broken stop their own service, and no other', async () => {
    const files = { 'mocks/orders/1.0.0/a.yaml': 'mocks: [{ nmae: x }]', 'mocks/stock/a.yaml': good('two') }
    expect(await run(files, { paths: ['mocks/stock'] })).toEqual(['two: ok'])
    await expect(run(files)).rejects.toMatchObject({ code: 'MOCK_FILE_INVALID' })
  })

  it('may hold examples only', async () => {
    const examples = 'mocks: []\nexamples: [{ name: apart, request: { path: /a }, expect: { mock: one } }]'
    const files = { 'mocks/orders/1.0.0/a.yaml': good('one'), 'mocks/orders/1.0.0/examples.yaml': examples }
    expect(await run(files)).toEqual(['one: ok', 'apart: ok'])
  })

  it('of a service that svc-mock.yaml does not name are tested too', async () => {
    expect(await run({ 'mocks/others/a.yaml': good('three') })).toEqual(['three: ok'])
  })
})
