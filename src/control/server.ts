/** The control address: a small JSON API on loopback, by which other commands read and switch this process. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Running } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'
import { refusalOf } from './guard.ts'
import { answer } from './routes.ts'

export interface ControlServer {
  /** `127.0.0.1:49152`. */
  readonly address: string
  readonly token: string
  close(): Promise<void>
}

/** A message of a megabyte, in base64. */
const maxBodyBytes = 2 * 1024 * 1024

const readBody = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > maxBodyBytes) throw new SvcMockError('BAD_CALL', 'the body of a control call is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

const send = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}

const sendError = (response: ServerResponse, error: unknown): void => {
  if (!(error instanceof SvcMockError)) {
    send(response, 500, { error: { code: 'INVARIANT_BROKEN', message: String(error) } })
    return
  }
  const { code, message, hint } = error
  send(response, error.fault === 'user' ? 400 : 500, { error: { code, message, hint } })
}

export const openControl = async (running: Running): Promise<ControlServer> => {
  const token = randomBytes(32).toString('base64url')
  let address = ''
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refusalOf(request.headers, { token, address })
    if (refusal !== undefined) {
      request.resume()
      send(response, refusal.status, { error: { code: 'BAD_CALL', message: refusal.reason } })
      return
    }
    try {
      const body = await readBody(request)
      const { status, value } = await answer(running, {
        method: request.method ?? '',
        url: request.url ?? '',
        body,
      })
      send(response, status, value)
    } catch (error) {
      sendError(response, error)
    }
  }
  const server = createServer((request, response) => void handle(request, response))
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { address, token, close }
}
