/** The same library and the same calls: the proxy in a process of its own, and this very process by each of its clients. */
import https from 'node:https'
import { request as undiciRequest } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mocks, openWorkspace } from '../../src/entries/node/index.ts'
import { workspace } from '../support/workspace.ts'
import { answersOfProxy, bodyOf, pairs, target, viaFetch, viaHttp } from './same-answers.proxy.ts'
import { type Came, comparable, library, type Row, rows } from './same-answers.table.ts'

type Place = (row: Row) => Promise<Came>

const viaUndici: Place = async (row) => {
  try {
    const response = await undiciRequest(row.url, {
      method: (row.method ?? 'GET') as 'GET',
      headers: Object.fromEntries(row.headers ?? []),
      body: bodyOf(row) ?? null,
      responseHeaders: 'raw',
    })
    const headers = pairs(
      (response.headers as unknown as readonly (string | Buffer)[]).map((one) =>
        typeof one === 'string' ? one : one.toString('latin1'),
      ),
    )
    return { status: response.statusCode, headers, body: await response.body.bytes() }
  } catch {
    return 'broken'
  }
}

const places: Readonly<Record<string, Place>> = {
  'node:http': (row) => (row.url.startsWith('https') ? viaHttp(row, target, https) : viaHttp(row, target)),
  fetch: viaFetch,
  "undici's request": viaUndici,
}

let truth: ReadonlyMap<string, Came>

beforeAll(async () => {
  truth = await answersOfProxy(library)
})

it('is answered by the proxy as the table says', () => {
  const found = rows.map(({ name }) => {
    const came = truth.get(name)!
    return [name, came === 'broken' ? 0 : came.status]
  })
  expect(found).toEqual(rows.map(({ name, status }) => [name, status]))
})

describe.each(Object.entries(places))('%s', (_name, place) => {
  let mocks: Mocks
  beforeAll(async () => {
    mocks = await openWorkspace(workspace(library, false).folder, { env: {}, onUnhandled: 'ignore' })
    mocks.intercept()
  })
  afterAll(() => mocks.close())

  it.each(rows)('$name', async (row) => {
    const came = await place(row)
    expect(comparable(came)).toEqual(comparable(truth.get(row.name)!))
  })

  it('has seen each of them', () => {
    expect(mocks.calls().times).toBe(rows.length)
    expect(mocks.calls().unmatched.map(({ method, url }) => `${method} ${url}`)).toHaveLength(
      rows.filter(({ name, status }) => status === 502 && name !== 'a script that fails').length,
    )
  })
})
