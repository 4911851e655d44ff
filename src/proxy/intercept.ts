/** Ends TLS of clients with certificates of our own authority: the layer below the protocols. */
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { SvcMockError } from '../core/errors.ts'
import type { ClientTls } from '../core/protocol.ts'
import type { CertificateAuthority } from '../tls/authority.ts'
import type { ClientHello } from '../tls/client-hello.ts'
import { Contexts } from '../tls/contexts.ts'

export interface InterceptorOptions {
  /** Opens the user's authority, makes it if need be. Throws SvcMockError. */
  readonly authority: () => CertificateAuthority
  /** What is offered by ALPN, best first. */
  readonly alpn: readonly string[]
  /** Tenants by the fingerprints of their clients' certificates; absent or empty: clients are asked for none. */
  readonly clients?: () => ReadonlyMap<string, string>
  /** A client that takes longer for its handshake is a slow loris. */
  readonly handshakeMs?: number
}

export interface Decrypted {
  readonly socket: TLSSocket
  readonly tls: ClientTls
}

const handshakePatienceMs = 20_000

export class Interceptor {
  private readonly options: InterceptorOptions
  private readonly offered: Buffer
  private contexts: Contexts | undefined

  constructor(options: InterceptorOptions) {
    this.options = options
    this.offered = wireForm(options.alpn)
  }

  /** Why no certificate can be made; undefined: it can. */
  problem(): SvcMockError | undefined {
    try {
      this.open()
      return undefined
    } catch (error) {
      if (error instanceof SvcMockError) return error
      throw error
    }
  }

  /** Whether client and we have a protocol in common; a client that offers none takes what the bytes bring. */
  speaks({ alpn }: ClientHello): boolean {
    return alpn.length === 0 || alpn.some((name) => this.options.alpn.includes(name))
  }

  /**
   * Shakes hands as `name`, which must be a name that services have. `problem()` must be undefined. Rejects with the
   * client's alert or OpenSSL's error; the socket is gone then.
   */
  accept(socket: Duplex, name: string): Promise<Decrypted> {
    const clients = this.options.clients?.() ?? noClients
    const secure = new TLSSocket(socket as never, {
      isServer: true,
      secureContext: this.open().for(name),
      ALPNProtocols: this.offered,
      // The handshake proves the key; whose it is tells the fingerprint, and no authority.
      requestCert: clients.size > 0,
      rejectUnauthorized: false,
    })
    // Only TCP can be reset, and node:tls would throw; faults ask for it.
    if (socket instanceof Socket) {
      secure.resetAndDestroy = () => {
        socket.resetAndDestroy()
        return secure.destroy()
      }
    }
    return new Promise((resolve, reject) => {
      const { handshakeMs = handshakePatienceMs } = this.options
      const timer = setTimeout(
        () => secure.destroy(new Error(`the TLS handshake took longer than ${handshakeMs / 1000} s`)),
        handshakeMs,
      )
      const gone = (): void => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
      const failed = (error: Error): void => {
        clearTimeout(timer)
        secure.off('close', gone).off('end', gone)
        reject(error)
        secure.destroy()
        socket.destroy()
      }
      // Stays: a connection may break at any moment, and whoever reads from it sees it close.
      secure.on('error', failed)
      // Half-open is for the protocols; before the end of the handshake the end is the end.
      secure.once('close', gone).once('end', gone)
      secure.once('secure', () => {
        clearTimeout(timer)
        secure.off('close', gone).off('end', gone)
        const fingerprint = clients.size > 0 ? secure.getPeerX509Certificate()?.fingerprint256 : undefined
        const tenant = fingerprint === undefined ? undefined : clients.get(fingerprint)
        resolve({
          socket: secure,
          tls: {
            servername: textOf(secure.servername),
            alpn: textOf(secure.alpnProtocol),
            ...(tenant !== undefined && { tenant }),
          },
        })
      })
    })
  }

  private open(): Contexts {
    // What was opened a year ago is over; by now there may be a new one.
    if (this.contexts === undefined || this.contexts.expired)
      this.contexts = new Contexts(this.options.authority())
    return this.contexts
  }
}

const noClients: ReadonlyMap<string, string> = new Map()

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** RFC 7301 section 3.1: each name with its length before it. Made once; node:tls would for every server. */
const wireForm = (names: readonly string[]): Buffer =>
  Buffer.concat(names.flatMap((name) => [Buffer.from([name.length]), Buffer.from(name, 'latin1')]))
