/** Mocks of gRPC held against a real service: a good one stays silent, and of each that drifted the drift is found, and only that. */
import { createServer as createHttp, type Server as HttpServer } from 'node:http'
import { createServer as createHttp2, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { ServerCredentials } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeStatus } from '../../src/protocols/grpc/codec/rpc-status.ts'
import { identity, ourAuthority } from '../support/tls.ts'
import { workspace } from '../support/workspace.ts'
import { goodRpcs, protoText, type RpcAnswer, rpcService, verifyRpc } from './rpc-provider.ts'

const get = `  - name: get
    request: { method: acme.Inventory/Get, message: { sku: A-1 } }
    response:
      message: { sku: A-1, available: 12, kind: BOOK, updated_at: '2026-11-21T08:00:00Z', prices: { eu: { currency: EUR, units: 5 } }, shelf: A }
      metadata: { x-region: eu }
      trailers: { x-cost: '1' }
`
const watch = `  - name: watch
    request: { method: Watch, message: { sku: A-1 } }
    response: { messages: [{ message: { sku: A-1, available: 1 } }, { message: { sku: A-1, available: 2 } }] }
`
const clientStream = `  - name: count
    request: { method: Count, messages: [{ text: a }, { text: b }] }
    response: { message: { count: 2, total: 7 } }
`
const both = `  - name: notes
    request: { method: WatchNotes, stream: end, messages: [{ text: a }] }
    response: { messages: [{ message: { text: ok } }] }
`
const all = get + watch + clientStream + both

const shortly = (
  findings: readonly { severity: string; rule: string; path: string; mock?: string | undefined }[],
): string[] => findings.map(({ severity, rule, path, mock }) => `${severity} ${rule} ${mock} ${path}`)

const one = goodRpcs['Get']!
const got = one.messages![0]!
const changed = (change: object): RpcAnswer => ({ ...one, messages: [{ ...got, ...change }] })

it('is silent about a service that keeps its promises, and asks in the order that mocks say', async () => {
  const { url, asked } = await rpcService(goodRpcs)
  const report = await verifyRpc(all, url, { concurrency: 1 })
  expect(report.findings).toEqual([])
  expect(report.against).toEqual([`inventory: ${url}`])
  expect(report.checked.map(({ name, operation }) => `${name} ${operation}`)).toEqual([
    'get acme.Inventory/Get',
    'watch acme.Inventory/Watch',
    'count acme.Inventory/Count',
    'notes acme.Inventory/WatchNotes',
  ])
  expect(asked.map(({ method, messages }) => [method, messages])).toEqual([
    ['Get', [expect.objectContaining({ sku: 'A-1' })]],
    ['Watch', [expect.objectContaining({ sku: 'A-1' })]],
    ['Count', [{ text: 'a' }, { text: 'b' }]],
    ['WatchNotes', [{ text: 'a' }]],
  ])
})

const detail = (name: string): Buffer =>
  Buffer.from(
    encodeStatus({
      code: 9,
      message: 'no',
      details: [{ typeUrl: `type.googleapis.com/${name}`, value: new Uint8Array(0) }],
    }),
  )
const refused = `  - name: refused
    request: { method: Get, message: { sku: A-1 } }
    response: { status: FAILED_PRECONDITION, details: [{ '@type': acme.OutOfStock, sku: A-1 }] }
`

interface Drift {
  readonly mocks?: string
  /** By method. */
  readonly answers?: Readonly<Record<string, RpcAnswer>>
  /** The service's own definitions. */
  readonly proto?: readonly (readonly [string, string])[]
  readonly finds: readonly string[]
}

it.each<readonly [string, Drift]>([
  [
    'another status',
    { answers: { Get: { code: 7 } }, finds: ['violation response-status get response.status'] },
  ],
  [
    'a method that is gone',
    { answers: { Get: { code: 12 } }, finds: ['violation response-status get response.status'] },
  ],
  [
    'data that is not there',
    { answers: { Get: { code: 5 } }, finds: ['dataMissing not-found get response.status'] },
  ],
  [
    'metadata that is gone',
    {
      answers: { Get: { ...one, metadata: {} } },
      finds: ['violation missing-header get response.metadata.x-region'],
    },
  ],
  [
    'a trailer that is gone',
    {
      answers: { Get: { ...one, trailers: {} } },
      finds: ['violation missing-trailer get response.trailers.x-cost'],
    },
  ],
  [
    'a message that is gone',
    {
      answers: { Get: changed({ updated_at: undefined }) },
      finds: ['violation missing-property get response.message.updated_at'],
    },
  ],
  [
    'the other side of a oneof',
    {
      answers: { Get: changed({ shelf: undefined, box: 'B' }) },
      finds: ['violation missing-property get response.message.shelf'],
    },
  ],
  [
    'an optional number that is gone',
    {
      answers: { Count: { messages: [{ count: 2 }] } },
      finds: ['violation missing-property count response.message.total'],
    },
  ],
  [
    'a field without presence that is not there: it may have its default',
    {
      answers: { Get: changed({ sku: undefined }) },
      finds: ['notVerifiable unset-field get response.message.sku'],
    },
  ],
  [
    'a map with other keys, and with none',
    {
      answers: { Get: changed({ prices: {} }) },
      finds: ['notVerifiable empty-list get response.message.prices'],
    },
  ],
  [
    'a text that became a number',
    {
      proto: [['message Item {\n  string sku = 1;', 'message Item {\n  int32 sku = 1;']],
      answers: { Get: changed({ sku: 7 }) },
      finds: ['violation type get response.message.sku'],
    },
  ],
  [
    'a number inside a map that became a text',
    {
      proto: [['int64 units = 2;', 'string units = 2;']],
      answers: { Get: changed({ prices: { us: { currency: 'USD', units: 'many' } } }) },
      finds: ['violation type get response.message.prices.us.units'],
    },
  ],
  [
    'a value that the enum has not',
    {
      proto: [['TOY = 2;', 'TOY = 2;\n  FOOD = 3;']],
      answers: { Get: changed({ kind: 'FOOD' }) },
      finds: ['violation type get response.message.kind'],
    },
  ],
  [
    'a field of another type that no mock names',
    {
      proto: [['float weight = 10;', 'string weight = 10;']],
      answers: { Get: changed({ weight: 'heavy' }) },
      finds: [],
    },
  ],
  [
    'a field that is new',
    {
      proto: [['float weight = 10;', 'float weight = 10;\n  string more = 11;']],
      answers: { Get: changed({ more: 'x' }) },
      finds: [],
    },
  ],
  [
    'another value under exact',
    {
      mocks: get.replace(
        'response:\n',
        "contract: { exact: [$.kind, '$.prices.eu.currency'] }\n    response:\n",
      ),
      finds: ['violation value get response.message.kind'],
    },
  ],
  [
    'another value under exact, by the name in the .proto file',
    {
      mocks: get.replace('response:\n', 'contract: { exact: [$.updated_at] }\n    response:\n'),
      finds: ['violation value get response.message.updated_at'],
    },
  ],
  [
    'a detail of another type',
    {
      mocks: refused,
      answers: { Get: { code: 9, details: detail('acme.Note') } },
      finds: ['violation missing-detail refused response.details[0]'],
    },
  ],
  [
    'a detail of the same type',
    { mocks: refused, answers: { Get: { code: 9, details: detail('acme.OutOfStock') } }, finds: [] },
  ],
  [
    'one of the answers that a mock gives in turn',
    {
      mocks: `  - name: turns
    request: { method: Get, message: { sku: A-1 } }
    responses: [{ message: { sku: A, box: B } }, { status: NOT_FOUND }]
`,
      answers: { Get: { code: 5 } },
      finds: [],
    },
  ],
  [
    'none of the answers that a mock gives in turn',
    {
      mocks: `  - name: turns
    request: { method: Get, message: { sku: A-1 } }
    responses: [{ message: { sku: A, box: B } }, { status: NOT_FOUND }]
`,
      finds: ['violation missing-property turns responses[0].message.box'],
    },
  ],
  [
    'a stream without a message',
    { answers: { Watch: { messages: [] } }, finds: ['violation missing-message watch response.messages'] },
  ],
  [
    'a stream that ends early, with a status',
    {
      answers: { Watch: { messages: [got], code: 13 } },
      finds: ['violation response-status watch response.status'],
    },
  ],
  [
    'a message of a stream that differs',
    {
      mocks: `  - name: items
    request: { method: Watch, message: { sku: A-1 } }
    response: { messages: [{ message: { sku: A-1, shelf: B } }] }
`,
      answers: { Watch: { messages: [got, { sku: 'B', box: 'C' }] } },
      finds: ['violation missing-property items response.messages[1].message.shelf'],
    },
  ],
  [
    'messages of a stream in another order',
    {
      mocks: `  - name: order
    request: { method: Watch, message: { sku: A-1 } }
    response: { messages: [{ message: { shelf: A } }, { message: { box: B } }] }
`,
      answers: { Watch: { messages: [{ shelf: 'x' }, { box: 'y' }, { shelf: 'z' }] } },
      finds: ['violation message-order order response.messages[2].message'],
    },
  ],
  [
    'a request stream that is refused',
    { answers: { Count: { code: 3 } }, finds: ['violation response-status count response.status'] },
  ],
])('finds %s, and only that', async (_what, { mocks = all, answers, proto = [], finds }) => {
  const own = proto.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${from}`)
    return text.replace(from, to)
  }, protoText)
  // Those that answer with the good item answer with what the service's own definitions can carry.
  const { url } = await rpcService({ ...goodRpcs, ...answers }, own)
  const report = await verifyRpc(mocks, url, { concurrency: 1 })
  expect(shortly(report.findings.filter(({ mock }) => proto.length === 0 || mock === 'get'))).toEqual(finds)
})

it('names the place in the mock file', async () => {
  const { url } = await rpcService({ ...goodRpcs, Get: changed({ updated_at: undefined }) })
  const { findings } = await verifyRpc(get, url)
  expect(findings[0]).toMatchObject({
    service: 'inventory',
    version: '1.0.0',
    operation: 'acme.Inventory/Get',
    at: { file: 'mocks/inventory/1.0.0/mocks.yaml', line: 6, column: 67 },
    expected: '"2026-11-21T08:00:00Z"',
  })
})

describe('what is asked', () => {
  const asking = async (request: string, more = '', options = {}) => {
    const { url, asked } = await rpcService(goodRpcs)
    const report = await verifyRpc(
      `  - name: one\n    request: ${request}\n    response: {}\n${more}`,
      url,
      options,
    )
    return { asked, report }
  }

  it.each<readonly [string, string, string, readonly object[]]>([
    ['equalities', '{ method: Get, message: { sku: A-1, kind: TOY } }', '', [{ sku: 'A-1', kind: 2 }]],
    [
      'operators',
      "{ method: Get, message: { sku: { $matches: '^[A-Z]{2}-\\d$' } } }",
      '',
      [{ sku: expect.stringMatching(/^[A-Z]{2}-\d$/) }],
    ],
    [
      'what the definitions know',
      '{ method: Get, message: { warehouse_id: { $absent: false }, kind: { $anything: true } } }',
      '',
      [{ warehouse_id: expect.any(Number), kind: expect.any(Number) }],
    ],
    [
      'definitions alone',
      '{ method: Get }',
      '',
      [{ sku: expect.stringMatching(/./), depth: expect.any(Number) }],
    ],
    [
      'an example',
      "{ method: Get, message: { sku: { $matches: '(?=x)x' } } }",
      '    contract: { example: { message: { sku: x, depth: 3 } } }\n',
      [{ sku: 'x', depth: 3 }],
    ],
    [
      'an example of a stream',
      '{ method: Count }',
      '    contract: { example: { messages: [{ text: x }, { text: y }] } }\n',
      [{ text: 'x' }, { text: 'y' }],
    ],
    [
      'a list that has some',
      '{ method: Count, messages: { $includes: [{ text: q }] } }',
      '',
      [{ text: 'q' }],
    ],
    ['a stream that says nothing', '{ method: Count }', '', [{ text: expect.stringMatching(/./) }]],
  ])('is made of %s', async (_what, request, more, messages) => {
    const { asked, report } = await asking(request, more)
    expect(report.findings).toEqual([])
    expect(asked[0]!.messages).toEqual(messages.map((message) => expect.objectContaining(message)))
  })

  it('is one message, where a mock answers each', async () => {
    const { asked, report } = await asking('{ method: WatchNotes, stream: each, message: { text: hey } }')
    expect([report.findings, asked[0]!.messages]).toEqual([[], [{ text: 'hey' }]])
  })

  it('carries metadata of the mock, of the example and of the command', async () => {
    const { asked } = await asking(
      "{ method: Get, metadata: { x-tenant: t1, x-kind: { $matches: '^k' }, trace-bin: AQI= } }",
      '    contract: { example: { metadata: { x-kind: kk } } }\n',
      { headers: [['Authorization', 'Bearer abc']] },
    )
    expect(asked[0]!.metadata).toMatchObject({
      'x-tenant': 't1',
      'x-kind': 'kk',
      'trace-bin': Buffer.from([1, 2]),
      authorization: 'Bearer abc',
    })
  })

  it('has real values for fakes only where it is given them', async () => {
    const request =
      "{ method: Get, message: { sku: { $masked: { type: cn-mobile, value: '19999221774' } } } }"
    const without = await asking(request)
    expect(shortly(without.report.findings)).toEqual(['notVerifiable no-request one request'])
    expect(without.asked).toEqual([])
    const { asked } = await asking(request, '', { values: new Map([['19999221774', '13800138000']]) })
    expect(asked[0]!.messages).toEqual([expect.objectContaining({ sku: '13800138000' })])
  })

  it('is told where the example fits no message', async () => {
    const { report } = await asking(
      '{ method: Get }',
      '    contract: { example: { message: { skuu: 1 } } }\n',
    )
    expect(shortly(report.findings)).toEqual(['notVerifiable no-request one contract.example.message.skuu'])
    expect(report.findings[0]!.hint).toBe('did you mean sku?')
  })

  it('is nothing where no single method is meant', async () => {
    const { report } = await asking("{ method: 'acme.Inventory/*' }")
    expect(shortly(report.findings)).toEqual(['notVerifiable no-request one request'])
  })
})

describe('what changes something', () => {
  const mock = (method: string): string =>
    `  - name: one\n    request: { method: ${method} }\n    response: {}\n`

  it.each([
    ['Get', true],
    ['Peek', true],
    ['Count', true],
    ['WatchNotes', true],
    ['Reserve', false],
    ['Put', false],
    ['Chat', false],
  ])('is known of %s', async (method, sent) => {
    const { url, asked } = await rpcService(goodRpcs)
    const { skipped, findings } = await verifyRpc(mock(method), url)
    expect(findings).toEqual([])
    expect(asked.map((one) => one.method)).toEqual(sent ? [method] : [])
    expect(skipped).toEqual(sent ? {} : { 'changes something, and no state is named': 1 })
  })

  it('is sent with --unsafe, once', async () => {
    const { url, asked } = await rpcService(goodRpcs)
    expect((await verifyRpc(mock('Reserve'), url, { unsafe: true, idempotent: true })).findings).toEqual([])
    expect(asked.map(({ method }) => method)).toEqual(['Reserve'])
  })

  it('is sent in its state', async () => {
    const states: string[] = []
    const { url, asked } = await rpcService(goodRpcs)
    const stateful = `${mock('Reserve')}    contract: { state: item there }\n`
    const report = await verifyRpc(stateful, url, {
      states: {
        enter: async ({ name }) => {
          states.push(`in ${name}, ${asked.length}`)
          return {}
        },
        leave: async ({ name }) => void states.push(`out of ${name}, ${asked.length}`),
      },
    })
    expect(report.findings).toEqual([])
    expect(states).toEqual(['in item there, 0', 'out of item there, 1'])
  })
})

it('finds a method that answers differently when asked twice', async () => {
  let times = 0
  const { url } = await rpcService({
    get Get() {
      return times++ === 0 ? one : changed({ updated_at: undefined })
    },
  })
  const { findings } = await verifyRpc(get, url, { idempotent: true })
  expect(shortly(findings)).toEqual(['violation not-idempotent get response'])
})

describe('over TLS', () => {
  const secure = async () => {
    const { cert, key } = identity(ourAuthority(), ['127.0.0.1'])
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
    const { url } = await rpcService(goodRpcs, protoText, ServerCredentials.createSsl(null, [pair]))
    return url.replace('http:', 'https:')
  }

  it('is verified with the authority of the service', async () => {
    const ca = workspace({ 'ca.pem': ourAuthority().pem })
    const settings = `    tls: { upstreamCa: ${ca.folder}/ca.pem }\n`
    expect((await verifyRpc(all, await secure(), {}, settings)).findings).toEqual([])
    expect((await verifyRpc(all, await secure(), {}, '    tls: { insecure: true }\n')).findings).toEqual([])
  })

  it('is not believed to whom nobody trusts', async () => {
    await expect(verifyRpc(all, await secure())).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('is signed by an authority that is not trusted here'),
    })
  })
})

it('takes what a call fills in for what it is', async () => {
  const { url } = await rpcService(goodRpcs)
  const mocks = get.replace('sku: A-1, available', "sku: '${{ request.message.sku }}', available")
  expect((await verifyRpc(mocks, url)).findings).toEqual([])
})

describe('a service that is in no good way', () => {
  const listening = async (server: HttpServer | Http2Server): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  /** What is said to the n-th call, from 1. */
  const raw = (handle: (stream: ServerHttp2Stream, n: number) => void): Promise<string> => {
    let n = 0
    const server = createHttp2()
    server.on('session', (session) => onTestFinished(() => session.destroy()))
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.resume()
      handle(stream, ++n)
    })
    return listening(server)
  }
  const empty = Buffer.from([0, 0, 0, 0, 0])
  const good = (stream: ServerHttp2Stream): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(empty)
  }
  const two = `  - name: first
    request: { method: Get, message: { sku: A-1 } }
    response: {}
  - name: second
    request: { method: Watch, message: { sku: A-1 } }
    response: { messages: [{ message: {} }] }
`
  const alone = { concurrency: 1, retries: 0 }

  it('does not answer', async () => {
    await expect(verifyRpc(two, 'http://127.0.0.1:1')).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
  })

  it('speaks no HTTP/2', async () => {
    const url = await listening(createHttp((_request, response) => response.end('<html>')))
    await expect(verifyRpc(two, url)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('speaks no HTTP/2, which gRPC needs'),
    })
  })

  it('answers with a page', async () => {
    const url = await raw((stream, n) => {
      if (n > 1) return good(stream)
      stream.respond({ ':status': 502, 'content-type': 'text/html' })
      return stream.end('<html>')
    })
    const { findings } = await verifyRpc(two, url, alone)
    expect(shortly(findings)).toEqual(['violation content-type first response'])
    expect(findings[0]!.actual).toBe('HTTP 502, text/html')
  })

  it('breaks off half-way, and the rest goes on', async () => {
    const url = await raw((stream, n) => {
      if (n === 1) return good(stream)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.write(empty, () => stream.destroy(new Error('broken')))
    })
    const { findings } = await verifyRpc(two, url, alone)
    expect(findings.map(({ rule, mock, message }) => [rule, mock, message])).toEqual([
      ['no-reply', 'second', 'the real service gave no reply: its reply broke off after 1 message'],
    ])
  })

  it('ends without a status', async () => {
    const url = await raw((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.end(empty)
    })
    const { findings } = await verifyRpc(two, url, alone)
    expect(findings.map(({ mock, message }) => [mock, message])).toEqual([
      ['first', 'the real service gave no reply: its reply ended without a status'],
      ['second', 'the real service gave no reply: its reply ended without a status after 1 message'],
    ])
  })

  it('sends bytes that are no message', async () => {
    const url = await raw((stream, n) => {
      if (n > 1) return good(stream)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      return stream.end(Buffer.from([0, 0, 0, 0, 3, 0x0a, 0x7f, 0]))
    })
    expect(shortly((await verifyRpc(two, url, alone)).findings)).toEqual([
      'violation not-protobuf first response',
    ])
  })

  it('says nothing, and the rest goes on', async () => {
    const url = await raw((stream, n) => (n === 1 ? undefined : good(stream)))
    const { findings } = await verifyRpc(two, url, { ...alone, timeoutMs: 300 })
    expect(findings.map(({ rule, mock, message }) => [rule, mock, message])).toEqual([
      ['no-reply', 'first', 'the real service gave no reply: no reply within 300 ms'],
    ])
  })

  it('breaks off once, and is asked again', async () => {
    const url = await raw((stream, n) => (n === 1 ? stream.close(2) : good(stream)))
    expect((await verifyRpc(two, url, { concurrency: 1, retries: 1 })).findings).toEqual([])
  })

  it('streams without an end', async () => {
    const { url } = await rpcService({ ...goodRpcs, Watch: { ...goodRpcs['Watch']!, open: true } })
    const { findings } = await verifyRpc(watch, url, { timeoutMs: 500 })
    expect(shortly(findings)).toEqual(['notVerifiable endless-stream watch response.messages'])
  })
})
