/**
 * One library and the calls to it, for every place where mocks answer: the proxy, node, MSW, a browser. Data only. Whoever runs it compares
 * with what the proxy answers, by `comparable`. Rows are called in their order, since some depend on state.
 */

export interface Row {
  readonly name: string
  readonly method?: string
  readonly url: string
  readonly headers?: readonly (readonly [string, string])[]
  /** In base64. */
  readonly body?: string
  /** What some places cannot do: `script` (isolated-vm), `wire` (a broken connection), `tls`, `request` (a header or method that fetch forbids), `real` (asks a real service). */
  readonly needs?: readonly ('script' | 'wire' | 'tls' | 'request')[]
  /** Of the proxy, so that a table of nothing but misses would be seen. 0: the connection breaks. */
  readonly status: number
}

const host = 'http://orders.test.example.com'
const json = ['content-type', 'application/json'] as const
const encoded = (text: string): string => Buffer.from(text).toString('base64')
const post = (
  name: string,
  url: string,
  body: string,
  status: number,
  ...headers: (readonly [string, string])[]
): Row => ({
  name,
  method: 'POST',
  url: host + url,
  headers: headers.length === 0 ? [json] : headers,
  body: encoded(body),
  status,
})
const get = (name: string, url: string, status: number, more: Partial<Row> = {}): Row => ({
  name,
  url: host + url,
  status,
  ...more,
})

/** 300 kB that no compression makes small. */
const large = Array.from({ length: 300 * 1024 }, (_, i) =>
  String.fromCharCode(33 + ((i * 7919 + (i >> 5)) % 90)),
).join('')

/** `gzip -n` of `{"amount":7}`. */
const gzipped = 'H4sIAAAAAAAAA6tWSszNL80rUbIyrwUAxhO3dwwAAAA='

export const library: Readonly<Record<string, string>> = {
  'svc-mock.yaml': `unknownHosts: fail
disable: ['orders: disabled']
services:
  orders: { hosts: [orders.test.example.com] }
  paths: { hosts: [shared.test.example.com/api/paths] }
  slow: { hosts: [slow.test.example.com], fault: { delay: 20ms } }
  down: { hosts: [down.test.example.com], fault: { status: 503 } }
`,
  'mocks/orders/1.0.0/large.txt': large,
  'mocks/orders/base/label.txt': 'the label of the base',
  'mocks/orders/base/base.yaml': `version: 1.0.0
mocks:
  - name: label
    request: { path: '/labels/{id}' }
    response: { headers: { X-Kind: "\${{ request.params.id }}", X-Gone: a }, bodyFile: ./label.txt }
  - name: disabled
    request: { path: /disabled }
    response: { body: never }
`,
  'mocks/orders/over.yaml': `mocks:
  - extends: 'orders: label'
    patch: { response: { status: 203, headers: { X-Gone: null, X-More: "\${{ request.method }}" } } }
  - extends: 'orders: label'
    name: label in short
    patch: { request: { query: { short: '1' } }, response: { bodyFile: ./short.txt } }
`,
  'mocks/orders/short.txt': 'short',
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - name: 'orders: order is found'
    request: { method: GET, path: '/orders/{id}' }
    response: { headers: { X-Kind: static }, body: { id: 42, total: 12.50, unit: "€" } }
  - name: text
    request: { method: GET, path: /text }
    response: { body: "Grüße\\n" }
  - name: binary
    request: { path: /binary }
    response: { headers: { content-type: application/octet-stream }, bodyBase64: AAECA//+/YCBgg== }
  - name: large
    request: { path: /large }
    response: { bodyFile: large.txt }
  - name: several headers
    request: { path: /cookies }
    response: { headers: { Set-Cookie: [a=1; Path=/, b=2], Link: ['</a>; rel=next', '</b>; rel=prev'], X-Latin: "caf\\xe9" }, body: '' }
  - name: created
    request: { method: POST, path: /orders, body: { amount: 7 } }
    response: { status: 201, headers: { Location: /orders/7 }, body: { created: true } }
  - name: no content
    request: { method: DELETE, path: '/orders/{id}' }
    response: { status: 204 }
  - name: not modified
    request: { path: /cached, headers: { if-none-match: '"1"' } }
    response: { status: 304, headers: { ETag: '"1"' } }
  - name: moved
    request: { path: /moved }
    response: { status: 302, headers: { Location: /text } }
  - name: gone
    request: { path: /gone }
    response: { status: 410, body: { error: gone } }
  - name: a teapot
    request: { method: PUT, path: /pot }
    response: { status: 418 }
  - name: page
    request: { path: /pages, query: { page: '2', tag: { $oneOf: [a, b] } } }
    response: { body: page 2 }
  - name: by header
    request: { path: /kind, headers: { x-kind: { $matches: 'a.*' } } }
    response: { body: by header }
  - name: by cookie
    request: { path: /kind, cookies: { session: s1 } }
    response: { body: by cookie }
  - name: form
    request: { method: POST, path: /form, body: { $form: { name: Ann, city: Köln } } }
    response: { body: form }
  - name: by path in the body
    request: { method: POST, path: /search, body: { $matchesJsonPath: '$.items[?@.price > 10]' } }
    response: { body: dear }
  - name: xml
    request: { method: POST, path: /xml, body: { $equalToXml: '<a><b>1</b></a>' } }
    response: { headers: { content-type: application/xml }, body: '<ok/>' }
  - name: rest
    request: { path: '/files/{rest*}' }
    response: { body: rest }
  - name: template
    request: { method: POST, path: '/echo/{id}' }
    response: { status: 200, headers: { x-id: '\${{ request.params.id }}' }, body: { id: '\${{ request.params.id }}', page: '\${{ request.query.page ?? 1 }}', name: '\${{ request.body.name }}' } }
  - name: in turn
    request: { path: /turns }
    responses:
      - { status: 503 }
      - { body: then }
    repeat: last
  - name: begins
    request: { method: POST, path: /start }
    scenarioName: flow
    newScenarioState: begun
    response: { body: begun }
  - name: goes on
    request: { path: /flow }
    scenarioName: flow
    requiredScenarioState: begun
    response: { body: goes on }
  - name: for alice
    request: { path: /mine }
    tenants: [alice]
    response: { body: hers }
  - name: for all
    request: { path: /mine }
    response: { body: anybody's }
  - name: delayed
    request: { path: /delayed }
    response: { body: late }
    fault: { delay: 10ms }
  - name: status on purpose
    request: { path: /status }
    response: { body: never }
    fault: { status: 500 }
  - name: reset
    request: { path: /reset }
    response: { body: never }
    fault: { abort: reset }
  - name: empty
    request: { path: /empty }
    response: { body: never }
    fault: { abort: empty }
  - name: cut
    request: { path: /cut }
    response: { body: only half of this arrives }
    fault: { abort: close }
  - name: malformed
    request: { path: /malformed }
    response: { body: never }
    fault: { abort: malformed }
  - name: slowly
    request: { path: /slowly }
    response: { bodyFile: large.txt }
    fault: { slowBody: 50ms }
  - name: scripted
    request: { method: POST, path: /script }
    script: |
      export default (request) => ({ status: 202, headers: { 'x-n': ['1', '2'] }, body: { sum: request.body.a + request.body.b } })
`,
  'mocks/orders/2.0.0/orders.yaml': `mocks:
  - name: order of version 2
    request: { method: GET, path: '/orders/{id}' }
    response: { body: { version: 2 } }
`,
  'mocks/paths/1.0.0/paths.yaml': `mocks:
  - name: below a path
    request: { path: /x }
    response: { body: below }
`,
  'mocks/slow/1.0.0/slow.yaml': `mocks:
  - request: { path: /x }
    response: { body: slow }
`,
  'mocks/down/1.0.0/down.yaml': `mocks:
  - request: { path: /x }
    response: { body: never }
`,
}

export const rows: readonly Row[] = [
  get('json', '/orders/42', 200, { headers: [['svcm-version', '1.0.0']] }),
  get('the newest version', '/orders/42', 200),
  get('a version that there is not', '/orders/42', 502, { headers: [['svcm-version', '3.0.0']] }),
  get('text', '/text', 200),
  get('bytes', '/binary', 200),
  get('a large body', '/large', 200),
  get('several lines of a header', '/cookies', 200),
  get('HEAD of text', '/text', 200, { method: 'HEAD' }),
  get('HEAD of a large body', '/large', 200, { method: 'HEAD' }),
  post('a body that matches', '/orders', '{"amount":7, "more":[1]}', 201),
  post('a body that does not', '/orders', '{"amount":8}', 502),
  post('no JSON at all', '/orders', 'amount', 502),
  { ...post('a compressed body', '/orders', '', 201, json, ['content-encoding', 'gzip']), body: gzipped },
  {
    ...post('a body that is not what it says', '/orders', 'no gzip', 502, json, ['content-encoding', 'gzip']),
  },
  get('204', '/orders/7', 204, { method: 'DELETE' }),
  get('304', '/cached', 304, { headers: [['if-none-match', '"1"']] }),
  get('a redirection', '/moved', 302),
  get('an error of the service', '/gone', 410),
  get('a status without a body', '/pot', 418, { method: 'PUT' }),
  get('a query', '/pages?page=2&tag=b&more=1', 200),
  get('a query in other signs', '/pages?tag=%61&page=%32', 200),
  get('another query', '/pages?page=3&tag=b', 502),
  get('a header', '/kind', 200, { headers: [['X-KIND', 'abc']] }),
  get('a cookie', '/kind', 200, { headers: [['cookie', 'x=1; session=s1']], needs: ['request'] }),
  get('neither', '/kind', 502),
  post('a form', '/form', 'city=K%C3%B6ln&name=Ann', 200, [
    'content-type',
    'application/x-www-form-urlencoded',
  ]),
  post('a condition by JSONPath', '/search', '{"items":[{"price":3},{"price":30}]}', 200),
  post('the same not met', '/search', '{"items":[{"price":3}]}', 502),
  post('XML', '/xml', '<a>\n  <b>1</b>\n</a>', 200, ['content-type', 'application/xml']),
  get('a mock that extends another', '/labels/7', 203),
  get('one beside its base', '/labels/7?short=1', 200),
  get('a disabled mock', '/disabled', 502),
  get('the rest of a path', '/files/a/b%20c/d', 200),
  post('a template', '/echo/a%2Fb?page=4', '{"name":"Ünïcode 🎉"}', 200),
  post('a template with a default', '/echo/x', '{"name":[1,{"a":null}]}', 200),
  get('the first of several', '/turns', 503),
  get('the second', '/turns', 200),
  get('the last again', '/turns', 200),
  get('a state that is not reached', '/flow', 502),
  post('what reaches it', '/start', '', 200, ['content-type', 'text/plain']),
  get('a state that is reached', '/flow', 200),
  get('a mock of a tenant', '/mine', 200, { headers: [['baggage', 'svcm-tenant=alice']] }),
  get('nobody in particular', '/mine', 200),
  get('a delay', '/delayed', 200),
  get('a status on purpose', '/status', 500),
  get('a body that comes slowly', '/slowly', 200),
  get('a reset', '/reset', 0, { needs: ['wire'] }),
  get('an end without an answer', '/empty', 0, { needs: ['wire'] }),
  get('half a body', '/cut', 0, { needs: ['wire'] }),
  get('bytes that are no HTTP', '/malformed', 0, { needs: ['wire'] }),
  { ...post('a script', '/script', '{"a":1,"b":2}', 202), needs: ['script'] },
  { ...post('a script that fails', '/script', 'null', 502), needs: ['script'] },
  get('a path that no mock has', '/nothing/here', 502),
  get('a method that no mock has', '/text', 502, { method: 'PATCH' }),
  get('a preflight', '/text', 204, {
    method: 'OPTIONS',
    headers: [
      ['origin', 'http://page.test.example.com'],
      ['access-control-request-method', 'GET'],
      ['access-control-request-headers', 'x-kind'],
    ],
    needs: ['request'],
  }),
  get('a page of another origin', '/text', 200, {
    headers: [['origin', 'http://page.test.example.com']],
    needs: ['request'],
  }),
  { name: 'a service below a path', url: 'http://shared.test.example.com/api/paths/x', status: 200 },
  { name: 'a service with a delay', url: 'http://slow.test.example.com/x', status: 200 },
  { name: 'a service that is down', url: 'http://down.test.example.com/x', status: 503 },
  { name: 'a host that nobody knows', url: 'http://elsewhere.test.example.com/', status: 502 },
  { name: 'TLS', url: 'https://orders.test.example.com/text', status: 200, needs: ['tls'] },
]

/** What came of a row. `body`: without its content codings. */
export type Came =
  | {
      readonly status: number
      readonly headers: readonly (readonly [string, string])[]
      readonly body: Uint8Array
    }
  | 'broken'

/** Of a message or a connection, and no part of what a mock says. */
const ofTheWay = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding', 'proxy-connection'])

/** What must be the same everywhere. */
export const comparable = (came: Came): unknown => {
  if (came === 'broken') return came
  const headers = came.headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !ofTheWay.has(name))
  const names = [...new Set(headers.map(([name]) => name))].sort()
  return {
    status: came.status,
    // Some clients join lines of one name, which means the same (RFC 9110 section 5.3), but for cookies.
    headers: names.map((name) => {
      const values = headers.filter(([one]) => one === name).map(([, value]) => value)
      return [name, name === 'set-cookie' ? values : values.join(', ')]
    }),
    body: problemOrBytes(came),
  }
}

/** A large body by its length and ends; a problem as JSON, so that a difference can be read. */
const problemOrBytes = ({ headers, body }: Exclude<Came, 'broken'>): unknown => {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (type.includes('problem+json') && body.length > 0) return JSON.parse(new TextDecoder().decode(body))
  return body.length > 1_000
    ? digest(body)
    : Array.from(body, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** FNV-1a, which also a browser page without TLS can make. */
const digest = (bytes: Uint8Array): string => {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return `${bytes.length} bytes, ${hash.toString(16)}`
}
