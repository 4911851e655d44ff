/** TLS for tests: clients of all kinds inside a tunnel, real services with certificates of a test's own authority. */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { CertificateAuthority } from '../../src/tls/authority.ts'
import { openAuthority } from '../../src/tls/authority-file.ts'
import { type RawClient, raw } from './raw.ts'

/** The authority of the test run: the one that `proxy()` uses. */
export const ourAuthority = (): CertificateAuthority =>
  openAuthority(join(process.env['XDG_CONFIG_HOME']!, 'svc-mock'))

export interface TestIdentity {
  readonly cert: string
  readonly key: string
}

/** A certificate by this authority; also good as a client's. */
export const identity = (
  authority: CertificateAuthority,
  hosts: readonly string[],
  now = Date.now(),
): TestIdentity => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { pem } = authority.issue(hosts, publicKey, now)
  return { cert: pem, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** A self-signed certificate of a client, made by OpenSSL. */
export const clientIdentity = (name: string): TestIdentity => {
  const text = execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout - -subj /CN=${name} -days 2`.split(
      ' ',
    ),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const at = text.indexOf('-----BEGIN CERTIFICATE')
  return { key: text.slice(0, at), cert: text.slice(at) }
}

/** Opens a tunnel, over which bytes go as they are. */
export const tunnel = async (port: number, authority: string, headers = ''): Promise<RawClient> => {
  const client = await raw(port)
  client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${headers}\r\n`)
  const answer = await client.until('\r\n\r\n')
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`no tunnel: ${answer}${await client.rest()}`)
  return client
}

/** TLS inside a tunnel, or straight on a port; rejects as the client sees it fail. `servername: ''`: no SNI. */
export const secured = async (
  client: RawClient,
  servername: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> => {
  const socket = connect({
    socket: bytesOf(client),
    ca: ourAuthority().pem,
    ...(servername !== '' && { servername }),
    ...options,
  })
  onTestFinished(() => {
    socket.destroy()
  })
  // node:tls leaves a stream open that is no socket of its own.
  socket.once('close', () => client.socket.destroy())
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
  return socket
}

/** The connection without the text encoding that the raw client has put on it. */
const bytesOf = ({ socket }: RawClient): Duplex => {
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void socket.resume(),
    write: (chunk, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (text: string) => {
    if (!stream.push(Buffer.from(text, 'latin1'))) socket.pause()
  })
  socket.once('end', () => stream.push(null))
  socket.once('error', (error) => stream.destroy(error))
  socket.once('close', () => stream.destroy())
  return stream
}

/** Sends one request and reads until the connection ends. */
export const ask = async (socket: TLSSocket, request: string): Promise<string> => {
  socket.write(request, 'latin1')
  return rest(socket)
}

export const rest = async (socket: TLSSocket): Promise<string> => {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await Promise.race([once(socket, 'end'), once(socket, 'close')])
  return Buffer.concat(chunks).toString('latin1')
}

/** The bytes of a real ClientHello. */
export const helloBytes = (options: ConnectionOptions): Promise<Buffer> =>
  new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer) => {
        resolve(chunk)
        wire.destroy()
      },
    })
    connect({ ...options, socket: wire }).on('error', () => undefined)
  })

/** A real HTTPS service. */
export const secureUpstream = async (
  options: ServerOptions,
  handler: RequestListener,
  upgrade?: (socket: Duplex) => void,
): Promise<number> => {
  const server = createHttpsServer(options, handler)
  if (upgrade !== undefined)
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => socket.destroy())
      upgrade(socket)
    })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
