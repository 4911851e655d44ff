/** `verify --passive` of gRPC: the provider's own tests call it, and its messages are held against the mocks. */
import { createRequire } from 'node:module'
import { ServerCredentials } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import type { ContractReport } from '../../src/contract/violation.ts'
import { goodRpcs, protoText, type RpcAnswers, rpcFiles, rpcService } from '../contract/rpc-provider.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'
import { upstream } from '../support/upstream.ts'

const quiet = { GITHUB_ACTIONS: '' }
const { resolve } = createRequire(import.meta.url)

const mocks = `  - name: get
    request: { method: acme.Inventory/Get, message: { sku: A-1 } }
    response:
      message: { sku: A-1, available: 12, kind: BOOK, updated_at: '2026-11-21T08:00:00Z', prices: { eu: { currency: EUR, units: 5 } }, shelf: A }
      metadata: { x-region: eu }
      trailers: { x-cost: '1' }
  - name: watch
    request: { method: Watch, message: { sku: A-1 } }
    response: { messages: [{ message: { sku: A-1, available: 1 } }, { message: { sku: A-1, available: 2 } }] }
  - name: count
    request: { method: Count, messages: [{ text: a }, { text: b }] }
    response: { message: { count: 2, total: 7 } }
  - name: notes
    request: { method: WatchNotes, stream: end, messages: [{ text: a }] }
    response: { messages: [{ message: { text: ok } }] }
`

/** Method, and what the client says. */
type Called = readonly [method: string, ...messages: object[]]

const each: readonly Called[] = [
  ['Get', { sku: 'A-1' }],
  ['Watch', { sku: 'A-1' }],
  ['Count', { text: 'a' }, { text: 'b' }],
  ['WatchNotes', { text: 'a' }],
]

/** One call after the other. `at`: a script's expression. */
const tests = (calls: readonly Called[], at = "process.env.INVENTORY_URL.replace('http://', '')"): string => `
const { loadPackageDefinition, credentials } = require(${JSON.stringify(resolve('@grpc/grpc-js'))})
const { loadSync } = require(${JSON.stringify(resolve('@grpc/proto-loader'))})
const { Inventory } = loadPackageDefinition(loadSync('client.proto', { keepCase: true })).acme
const client = new Inventory(${at}, credentials.createInsecure())
const ask = ([method, ...messages]) => new Promise((done) => {
  const { requestStream, responseStream } = Inventory.service[method]
  const args = [...(requestStream ? [] : [messages[0]]), ...(responseStream ? [] : [() => undefined])]
  const call = client[method](...args)
  call.on('status', () => setImmediate(done)).on('error', () => undefined)
  if (responseStream) call.on('data', () => undefined)
  if (requestStream) { for (const one of messages) call.write(one); call.end() }
})
;(async () => { for (const one of ${JSON.stringify(calls)}) await ask(one); client.close() })()
`

const run = async (
  files: Files,
  source: string,
  url: string,
  flags: readonly string[] = [],
): Promise<Finished> => {
  const cwd = makeFolder({ 'client.proto': protoText, 'tests.cjs': source, ...files })
  const args = [
    'verify',
    '--passive',
    '--provider',
    url,
    '--json',
    ...flags,
    '--',
    process.execPath,
    'tests.cjs',
  ]
  return runProgram(args, { cwd, env: quiet })
}

const reportOf = ({ stdout, stderr }: Finished): ContractReport => {
  const report = JSON.parse(stdout)
  if ('error' in report) throw new Error(stdout + stderr)
  return report as ContractReport
}

const shortly = ({ findings }: ContractReport): string[] =>
  findings.map(({ severity, rule, path, mock }) => `${severity} ${rule} ${mock} ${path}`)

/** What this finds out, where these methods answer otherwise. */
const found = async (
  answers: RpcAnswers,
  calls: readonly Called[] = each,
  own: string = mocks,
): Promise<ContractReport> => {
  const { url } = await rpcService({ ...goodRpcs, ...answers })
  return reportOf(await run(rpcFiles(own), tests(calls), url))
}

const item = goodRpcs['Get']!.messages![0]!

describe('svc-mock verify --passive, gRPC', () => {
  it('is silent about a provider that keeps its promises: single messages and streams of all kinds', async () => {
    const { url, asked } = await rpcService(goodRpcs)
    const done = await run(rpcFiles(mocks), tests(each), url)
    const report = reportOf(done)
    expect(report.findings).toEqual([])
    expect(done.code).toBe(0)
    expect(report.checked.map(({ name, operation }) => `${name} ${operation}`)).toEqual([
      'get acme.Inventory/Get',
      'watch acme.Inventory/Watch',
      'count acme.Inventory/Count',
      'notes acme.Inventory/WatchNotes',
    ])
    expect(report.skipped).toEqual({})
    expect(asked.map(({ method }) => method)).toEqual(['Get', 'Watch', 'Count', 'WatchNotes'])
    expect(done.stderr).toMatch(/INVENTORY_URL=http:\/\/127\.0\.0\.1:\d+/)
  })

  it('finds each drift, and only that', async () => {
    const { updated_at: _, ...rest } = item as { updated_at: unknown }
    const report = await found({
      Get: { messages: [rest], metadata: { 'x-region': 'us' } },
      Watch: { messages: [] },
      Count: { messages: [{ count: 2 }] },
      WatchNotes: { messages: [{ text: 'a' }], code: 13 },
    })
    expect(shortly(report)).toEqual([
      'violation missing-property get response.message.updated_at',
      'violation missing-trailer get response.trailers.x-cost',
      'violation missing-message watch response.messages',
      'violation missing-property count response.message.total',
      'violation response-status notes response.status',
    ])
    expect(report.findings[0]).toMatchObject({
      service: 'inventory',
      version: '1.0.0',
      operation: 'acme.Inventory/Get',
      at: { file: 'mocks/inventory/1.0.0/mocks.yaml', line: 6, column: 67 },
    })
  })

  it('sees a difference that many messages have once', async () => {
    const own = `  - name: items
    request: { method: Watch }
    response: { messages: [{ message: { sku: A-1, shelf: B } }] }
`
    const boxes = [
      { sku: 'B', box: 'C' },
      { sku: 'B', box: 'D' },
    ]
    const report = await found(
      { Watch: { messages: [item, ...boxes] } },
      [
        ['Watch', {}],
        ['Watch', {}],
      ],
      own,
    )
    expect(shortly(report)).toEqual(['violation missing-property items response.messages[1].message.shelf'])
  })

  it('chooses among mocks by what a message says, and counts what nobody describes', async () => {
    const own = `  - { name: book, request: { method: Get, message: { sku: B-1 } }, response: { message: { box: x } } }
  - { name: toy, request: { method: Get, message: { sku: T-1 } }, response: { message: { shelf: x } } }
`
    const calls: readonly Called[] = [
      ['Get', { sku: 'T-1' }],
      ['Get', { sku: 'Q-1' }],
      ['Watch', {}],
    ]
    const report = await found({}, calls, own)
    expect(shortly(report)).toEqual(['notVerifiable not-exercised book '])
    expect(report.checked.map(({ name }) => name)).toEqual(['toy'])
    expect(report.skipped).toEqual({ 'calls that no mock describes': 2 })
  })

  it('takes the status of the best reply, as it does of HTTP', async () => {
    const own = '  - { name: get, request: { method: Get }, response: { message: { sku: A } } }\n'
    expect(shortly(await found({ Get: { code: 5 } }, [['Get', {}]], own))).toEqual([
      'dataMissing not-found get response.status',
    ])
    expect(shortly(await found({ Get: { code: 7 } }, [['Get', {}]], own))).toEqual([
      'violation response-status get response.status',
    ])
    const any = own.replace('Get }', "'acme.Inventory/*' }").replace('message: { sku: A }', '')
    const calls: readonly Called[] = [
      ['Get', {}],
      ['Peek', {}],
    ]
    expect(shortly(await found({ Get: { code: 7 } }, calls, any))).toEqual([
      'note other-status get response.status',
    ])
  })

  it.each<readonly [string, string, readonly object[], readonly string[], Readonly<Record<string, number>>]>([
    ['all of them', '{ text: { $contains: h } }', [{ text: 'hey' }, { text: 'ho' }], [], {}],
    [
      'one of two',
      '{ text: hey }',
      [{ text: 'hey' }, { text: 'bye' }],
      ['notVerifiable not-exercised each '],
      { 'streams whose messages meet different mocks': 1 },
    ],
    [
      'none',
      '{ text: hey }',
      [{ text: 'bye' }],
      ['notVerifiable not-exercised each '],
      { 'calls that no mock describes': 1 },
    ],
  ])(
    'holds a stream against a mock of single messages that answers %s',
    async (_what, message, said, finds, skipped) => {
      const own = `  - { name: each, request: { method: WatchNotes, stream: each, message: ${message} }, response: { message: { text: ok } } }\n`
      const report = await found({}, [['WatchNotes', ...said]], own)
      expect(shortly(report)).toEqual(finds)
      expect(report.skipped).toEqual(skipped)
    },
  )

  it('holds no stream against a mock that its client left early', async () => {
    const { url } = await rpcService({ ...goodRpcs, Watch: { messages: [{ box: 'x' }], open: true } })
    const source = tests([['Watch', { sku: 'A-1' }]]).replace(
      "call.on('data', () => undefined)",
      "call.on('data', () => call.cancel())",
    )
    const report = reportOf(await run(rpcFiles(mocks), source, url))
    expect(report.checked).toEqual([])
    expect(report.skipped).toEqual({ 'calls that were not seen whole': 1 })
  })

  it('sees calls to the address of the provider, too', async () => {
    const { url } = await rpcService({ ...goodRpcs, Watch: { messages: [] } })
    const address = JSON.stringify(url.replace('http://', ''))
    const report = reportOf(await run(rpcFiles(mocks), tests(each, address), url))
    expect(shortly(report)).toEqual(['violation missing-message watch response.messages'])
  })

  it('reads the form of Connect, and leaves alone what is no RPC', async () => {
    const real = await upstream((incoming, response) => {
      incoming.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"sku":"Z-9"}')
      })
    })
    const url = `http://127.0.0.1:${real.port}`
    const own = `  - name: get
    request: { method: Get, message: { sku: A-1 } }
    response: { message: { sku: A-1, updated_at: '2026-11-21T08:00:00Z' } }
`
    const source = `fetch(process.env.INVENTORY_URL + '/acme.Inventory/Get', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"sku":"A-1"}',
    }).then((reply) => reply.text())`
    expect(shortly(reportOf(await run(rpcFiles(own), source, url)))).toEqual([
      'violation missing-property get response.message.updated_at',
    ])
    const page = source.replace('application/json', 'text/plain')
    expect(reportOf(await run(rpcFiles(own), page, url)).skipped).toEqual({ 'calls that are no RPC': 1 })
  })
})

describe('svc-mock verify --passive --contracts, gRPC', () => {
  const contract = `service: inventory
version: '1.0.0'
protocol: grpc
contract: { format: 1, consumer: shop }
mocks:
${mocks}`

  it.each(['--proto', 'reflection'])('takes definitions from %s', async (from) => {
    const { updated_at: _, ...rest } = item as { updated_at: unknown }
    const { url } = await rpcService(
      { ...goodRpcs, Get: { ...goodRpcs['Get'], messages: [rest] } },
      protoText,
      ServerCredentials.createInsecure(),
      { reflects: from === 'reflection' },
    )
    const done = await run({ 'contracts/inventory/shop.yaml': contract }, tests(each), url, [
      ...['--contracts', 'contracts', '--as', 'inventory'],
      ...(from === '--proto' ? ['--proto', 'client.proto'] : []),
    ])
    const report = reportOf(done)
    expect(report.problems).toEqual([])
    expect(shortly(report)).toEqual(['violation missing-property get response.message.updated_at'])
    expect(report.findings[0]).toMatchObject({ consumer: 'shop' })
  })
})
