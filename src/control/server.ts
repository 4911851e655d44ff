/**
 * The control address: a small JSON API on loopback, by which other commands read and switch this process, and where test clients
 * find WireMock's admin API.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Running } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'
import { stringifyJson } from '../core/json.ts'
import { refusalOf } from './guard.ts'
import { answer } from './routes.ts'
import { isAdminPath, WireMockAdmin } from './wiremock/admin.ts'

export interface ControlServer {
  /** `127.0.0.1:49152`. */
  readonly address: string
  readonly token: string
  close(): Promise<void>
}

export interface ControlOptions {
  /** On loopback; default a free port. */
  readonly listen?: { readonly host: string; readonly port: number }
  /** Default: a new one. */
  readonly token?: string | undefined
}

/** A message of a megabyte, in base64. */
const maxBodyBytes = 2 * 1024 * 1024
/** Stubs may come many at once, with their bodies. */
const maxAdminBytes = 16 * 1024 * 1024

const readBody = async (request: IncomingMessage, limit: number): Promise<string> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > limit) throw new SvcMockError('BAD_CALL', 'the body of a control call is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

const send = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    // Some clients send what they know only when they are asked for it (RFC 9110 section 11.6.1).
    ...(status === 401 && { 'www-authenticate': 'Basic realm="svc-mock", Bearer' }),
  })
  response.end(stringifyJson(value))
}

const sendError = (response: ServerResponse, error: unknown): void => {
  if (!(error instanceof SvcMockError)) {
    send(response, 500, { error: { code: 'INVARIANT_BROKEN', message: String(error) } })
    return
  }
  const { code, message, hint } = error
  send(response, error.fault === 'user' ? 400 : 500, { error: { code, message, hint } })
}

/** Rejects with PORT_IN_USE or LISTEN_FAILED. */
export const openControl = async (
  running: Running,
  {
    listen = { host: '127.0.0.1', port: 0 },
    token = randomBytes(32).toString('base64url'),
  }: ControlOptions = {},
): Promise<ControlServer> => {
  let address = ''
  const admin = new WireMockAdmin(running)
  const answered = async (request: IncomingMessage, foreign: boolean) => {
    const { method = '', url = '' } = request
    if (!foreign) return answer(running, { method, url, body: await readBody(request, maxBodyBytes) })
    const tenant = request.headers['svcm-tenant']
    return admin.answer({
      method,
      url,
      tenant: typeof tenant === 'string' ? tenant : undefined,
      body: await readBody(request, maxAdminBytes),
    })
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = isAdminPath(request.url ?? '')
    const refusal = refusalOf(request.headers, { token, address, foreign })
    if (refusal !== undefined) {
      request.resume()
      send(response, refusal.status, { error: { code: 'BAD_CALL', message: refusal.reason } })
      return
    }
    try {
      const { status, value } = await answered(request, foreign)
      send(response, status, value)
    } catch (error) {
      sendError(response, error)
    }
  }
  const server = createServer((request, response) => void handle(request, response))
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notOpened(error, listen)))
    server.listen(listen.port, listen.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  address = `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { address, token, close }
}

const notOpened = (
  error: NodeJS.ErrnoException,
  { host, port }: NonNullable<ControlOptions['listen']>,
): SvcMockError => {
  const taken = error.code === 'EADDRINUSE'
  return new SvcMockError(
    taken ? 'PORT_IN_USE' : 'LISTEN_FAILED',
    taken
      ? `the control address ${host}:${port} is taken`
      : `the control address ${host}:${port} cannot be opened: ${error.code ?? error.message}`,
    {
      hint: 'write another one: control: { listen: 127.0.0.1:<port> }, or leave it out for a free port',
      details: { host, port },
      cause: error,
    },
  )
}
