/** `svc-mock/nock`: the same answers by way of nock, and recordings in and out. */
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import nock from 'nock'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fromNock, toDefinitions, toNock } from '../../src/entries/nock/index.ts'
import { openWorkspace } from '../../src/entries/node/index.ts'
import { type Came, comparable, library, type Row, rows } from '../engine/same-answers.table.ts'
import { upstream } from '../support/upstream.ts'
import { workspace } from '../support/workspace.ts'

// nock intercepts from its import on, and only one may.
beforeAll(() => nock.restore())
afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

const ask = async (row: Row): Promise<Came> => {
  try {
    const response = await fetch(row.url, {
      method: row.method ?? 'GET',
      headers: (row.headers ?? []).map(([name, value]): [string, string] => [name, value]),
      ...(row.body !== undefined && { body: Buffer.from(row.body, 'base64') }),
      redirect: 'manual',
    })
    return { status: response.status, headers: [...response.headers], body: await response.bytes() }
  } catch {
    return 'broken'
  }
}

/** Hosts are nock's own affair, and it breaks on a body that is not coded as it says. */
const unlike = new Set(['a host that nobody knows', 'a body that is not what it says'])

describe('toNock', () => {
  it('gives the answers of the mocks themselves', async () => {
    const asked = rows.filter(({ name, needs = [] }) => !needs.includes('wire') && !unlike.has(name))
    const { folder } = workspace(library)
    const direct: unknown[] = []
    {
      await using mocks = await openWorkspace(folder, { env: {}, onUnhandled: 'ignore' })
      mocks.intercept()
      for (const row of asked) direct.push([row.name, comparable(await ask(row))])
    }
    if (!nock.isActive()) nock.activate()
    const nocked = await toNock(folder, { env: {}, onUnhandled: 'ignore' })
    const came: unknown[] = []
    for (const row of asked) came.push([row.name, comparable(await ask(row))])
    expect(came).toEqual(direct)
    expect(nocked.mocks.calls('orders: order is found').times).toBe(1)
    await nocked.close()
    expect(nock.activeMocks()).toEqual([])
  })

  it('breaks connections where mocks do, and says what it cannot stand for', async () => {
    if (!nock.isActive()) nock.activate()
    const { folder } = workspace({
      'svc-mock.yaml':
        'services: { orders: { hosts: [orders.test.example.com, 10.0.0.0/8] }, bus: { protocol: kafka, upstream: embedded, listen: 0 } }',
      'mocks/orders/1.0.0/orders.yaml': 'mocks: [{ request: { path: /x }, fault: { abort: reset } }]',
    })
    const nocked = await toNock(folder, { env: {} })
    expect(nocked.notPossible).toEqual([
      { of: 'service orders, host 10.0.0.0/8', why: 'nock has no form for a range of addresses' },
      { of: 'service bus', why: 'nock knows no kafka' },
    ])
    const error = await new Promise((resolve) => {
      http.get('http://orders.test.example.com/x', resolve).on('error', resolve)
    })
    expect(error).toMatchObject({ code: 'ECONNRESET' })
    await nocked.close()
  })
})

describe('fromNock', () => {
  it('makes mocks that answer as what nock recorded', async () => {
    const real = await upstream((request, response) => {
      // A connection that nobody intercepted must not be used again.
      response.setHeader('connection', 'close')
      if (request.url === '/bytes') response.end(Buffer.from([0, 255, 254, 1]))
      else if (request.method === 'POST') {
        response
          .writeHead(201, { 'content-type': 'application/json', 'x-made': 'yes' })
          .end('{"made":[1,{"a":"${{ x }}"}]}')
      } else response.writeHead(200, { 'content-type': 'text/plain' }).end(`hello ${request.url}`)
    })
    const calls = async (base: string) => {
      const answers = []
      for (const [path, body] of [['/bytes'], ['/a?x=1&y=2'], ['/orders', '{"amount":7}']] as const) {
        const response = await fetch(
          base + path,
          body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body },
        )
        answers.push([
          response.status,
          response.headers.get('content-type'),
          response.headers.get('x-made'),
          Buffer.from(await response.arrayBuffer()).toString('hex'),
        ])
      }
      return answers
    }
    if (!nock.isActive()) nock.activate()
    nock.recorder.rec({ dont_print: true, output_objects: true })
    const base = `http://127.0.0.1:${real.port}`
    const recorded = await calls(base)
    const definitions = nock.recorder.play() as never
    nock.recorder.clear()
    nock.restore()
    const { folder } = workspace({
      'svc-mock.yaml': `services: { real: { hosts: ['127.0.0.1:${real.port}'] } }`,
    })
    const made = await fromNock(definitions, { service: 'real', folder })
    expect(made.notPossible).toEqual([])
    expect(made.files.map(({ path }) => path)).toEqual(['mocks/real/1.0.0/nock.yaml'])
    expect(readFileSync(join(folder, made.files[0]!.path), 'utf8')).toBe(made.files[0]!.text)
    await using mocks = await openWorkspace(folder, { env: {} })
    mocks.intercept()
    const again = await calls(base)
    expect(again.map(([status, , made, bytes]) => [status, made, bytes])).toEqual(
      recorded.map(([status, , made, bytes]) => [status, made, bytes]),
    )
    expect(mocks.calls().map(({ outcome }) => outcome)).toEqual(['mock', 'mock', 'mock'])
    await expect(fromNock(definitions, { service: 'real', folder })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
  })

  it('lists what it cannot say', async () => {
    const { files, taken, changed, notPossible } = await fromNock([
      { scope: /x/, path: '/' },
      { scope: 'http://orders.test.example.com:80', path: /a/ },
      { scope: 'http://orders.test.example.com:80', method: 'POST', path: '/', body: () => true },
      { scope: 'http://orders.test.example.com:80', path: '/', options: { repeat: 2 } },
      {
        scope: 'http://orders.test.example.com:80',
        method: 'get',
        path: '/a',
        response: 'one',
        rawHeaders: ['Content-Type', 'text/plain'],
      },
      { scope: 'http://orders.test.example.com:80', method: 'get', path: '/a', response: { n: 2 } },
    ])
    expect(notPossible.map(({ why }) => why)).toEqual([
      'its scope is an expression, and a service has hosts by name',
      'its path is an expression',
      'its body is a function or an expression',
      'it has options of its own',
    ])
    expect(taken).toBe(0)
    expect(changed.map(({ why }) => why)).toContain(
      'nock answers in turn and then no more; the mock stays with the last answer',
    )
    expect(files[0]!.text).toContain('repeat: last')
  })
})

describe('toDefinitions', () => {
  it('says static mocks so that nock answers the same, and lists the others', async () => {
    const { folder } = workspace(library)
    const { definitions, notPossible } = await toDefinitions(folder, { env: {} })
    const asked = rows.filter(({ name }) =>
      [
        'text',
        'bytes',
        'a large body',
        'several lines of a header',
        'a redirection',
        'an error of the service',
        'a status without a body',
      ].includes(name),
    )
    const direct: unknown[] = []
    {
      await using mocks = await openWorkspace(folder, { env: {} })
      mocks.intercept()
      for (const row of asked) direct.push([row.name, comparable(await ask(row))])
    }
    if (!nock.isActive()) nock.activate()
    nock.define(JSON.parse(JSON.stringify(definitions)))
    const came: unknown[] = []
    for (const row of asked) came.push([row.name, comparable(await ask(row))])
    expect(came).toEqual(direct)
    const why = new Map(notPossible.map((note) => [note.of.replace(/ \(.*/, ''), note.why]))
    expect(why.get('orders: order is found')).toBe('its path has parameters')
    expect(why.get('in turn')).toContain('its answer is no constant one')
    expect(why.get('for alice')).toBe('it is for tenants')
  })
})
