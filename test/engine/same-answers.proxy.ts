/** What the proxy answers to the table's calls, in a process of its own: what every other place must answer, too. */
import { request as httpRequest } from 'node:http'
import https from 'node:https'
import { connect as tlsConnect } from 'node:tls'
import { startProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'
import { type Came, type Row, rows } from './same-answers.table.ts'

export const bodyOf = ({ body }: Row): Buffer<ArrayBuffer> | undefined =>
  body === undefined ? undefined : Buffer.from(body, 'base64')

export const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1]!]] : []))

/** By node:http, to where `options` say. */
export const viaHttp = (
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

export const target = (url: URL) => ({
  host: url.hostname,
  port: url.port || (url.protocol === 'https:' ? 443 : 80),
  path: url.pathname + url.search,
})

/** By the name of the row. Ends when all have been answered. */
export const answersOfProxy = async (
  files: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Came>> => {
  const truth = new Map<string, Came>()
  const { folder } = workspace(files, false)
  const proxy = await startProgram({ cwd: folder })
  try {
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
  } finally {
    await proxy.program.stop()
  }
  return truth
}

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

/** By the fetch of this process. */
export const viaFetch = async (row: Row): Promise<Came> => {
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
