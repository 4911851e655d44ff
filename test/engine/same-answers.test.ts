/** The same library and the same calls: the proxy in a process of its own, and this very process by each of its clients. */
import { request as httpRequest } from 'node:http'
import https from 'node:https'
import { connect as tlsConnect } from 'node:tls'
import { request as undiciRequest } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mocks, openWorkspace } from '../../src/entries/node/index.ts'
import { type Started, startProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'
import { type Came, comparable, library, type Row, rows } from './same-answers.table.ts'

type Place = (row: Row) => Promise<Came>

const bodyOf = ({ body }: Row): Buffer<ArrayBuffer> | undefined =>
  body === undefined ? undefined : Buffer.from(body, 'base64')

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1]!]] : []))

/** By node:http, to where `options` say. */
const viaHttp = (
  row: Row,
  options: (url: URL) => object,
  module: Pick<typeof https, 'request'> = { request: httpRequest as never },
): Promise<Came> =>
  new Promise((resolve) => {
    const broken = (): void => resolve('broken')
    const body = bodyOf(row)
    const request = module.request({
      method: row.method ?? 'GET',
      headers: {
        ...Object.fromEntries(row.headers ?? []),
        ...(body !== undefined && { 'content-length': body.length }),
      },
      ...options(new URL(row.url)),
    } as never)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', broken)
      response.on('close', () => {
        if (response.complete)
          resolve({
            status: response.statusCode!,
            headers: pairs(response.rawHeaders),
            body: Buffer.concat(chunks),
          })
        else broken()
      })
    })
    request.on('error', broken)
    request.end(body)
  })

const target = (url: URL) => ({
  host: url.hostname,
  port: url.port || (url.protocol === 'https:' ? 443 : 80),
  path: url.pathname + url.search,
})

const viaFetch: Place = async (row) => {
  try {
    const body = bodyOf(row)
    const response = await fetch(row.url, {
      method: row.method ?? 'GET',
      headers: [...(row.headers ?? [])].map(([name, value]): [string, string] => [name, value]),
      ...(body !== undefined && { body }),
      redirect: 'manual',
    })
    const headers = [...response.headers].map(([name, value]) => [name, value] as const)
    return { status: response.status, headers, body: await response.bytes() }
  } catch {
    return 'broken'
  }
}

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

let proxy: Started
const truth = new Map<string, Came>()

beforeAll(async () => {
  const { folder } = workspace(library, false)
  proxy = await startProgram({ cwd: folder })
  const [host, port] = proxy.ready.listen.split(':')
  for (const row of rows) {
    const came = row.url.startsWith('https')
      ? await viaTunnel(row, host!, Number(port))
      : await viaHttp(row, (url) => ({
          host,
          port,
          path: row.url,
          headers: {
            ...Object.fromEntries(row.headers ?? []),
            host: url.host,
            ...(row.body !== undefined && { 'content-length': bodyOf(row)!.length }),
          },
        }))
    truth.set(row.name, came)
  }
})
afterAll(() => proxy.program.stop())

/** CONNECT, then TLS with the proxy's own certificate. */
const viaTunnel = (row: Row, host: string, port: number): Promise<Came> =>
  new Promise((resolve, reject) => {
    const { hostname } = new URL(row.url)
    const opening = httpRequest({ host, port, method: 'CONNECT', path: `${hostname}:443` })
    opening.on('error', reject)
    opening.on('connect', (_response, socket) => {
      const createConnection = () => tlsConnect({ socket, servername: hostname, rejectUnauthorized: false })
      resolve(viaHttp(row, (url) => ({ ...target(url), createConnection }), https))
    })
    opening.end()
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
