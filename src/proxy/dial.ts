/** The one place that opens connections towards upstreams. What must not be reached is refused here, on the address that is dialled. */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { SvcMockError } from '../core/errors.ts'
import { LentReads } from '../core/lent-reads.ts'
import { networkReason, trustHint } from '../core/network-reasons.ts'
import type { Dial, DialOptions, UpstreamProxy } from '../core/protocol.ts'
import type { Authority } from '../core/service-entry.ts'
import { UpstreamContexts } from '../tls/upstream-contexts.ts'

export interface DialPolicy {
  /** Ours; other svc-mocks on the way see it, and so do we when a connection comes back. */
  readonly hopMark: string
  /** Throws SvcMockError when this host and port must not be dialled at all. */
  checkHost(target: Authority): void
  /** Throws SvcMockError when the resolved address must not. */
  checkAddress(target: Authority, address: string): void
  /** Another proxy on the way; undefined: straight. Throws like checkHost. */
  proxyFor(target: Authority): UpstreamProxy | undefined
  /** Runs what opens a connection, where connections of this process are intercepted: ours are not. */
  readonly outside?: (<T>(connect: () => T) => T) | undefined
}

const connectTimeoutMs = 10_000

export const createDial = (policy: DialPolicy): Dial => {
  const contexts = new UpstreamContexts()
  return async (target, options = {}) => {
    policy.checkHost(target)
    const proxy = target.scheme === 'http' ? undefined : policy.proxyFor(target)
    const socket =
      proxy === undefined
        ? await open(target, policy, options.lent === true && target.scheme !== 'https')
        : await through(proxy, target, policy, options.hops ?? [])
    return target.scheme === 'https' ? encrypt(socket, target, options, contexts) : socket
  }
}

const open = (target: Authority, policy: DialPolicy, lent = false): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const reads = lent ? new LentReads() : undefined
    if (isIP(target.host) !== 0) policy.checkAddress(target, target.host)
    const connect = (): Socket =>
      netConnect({
        host: target.host,
        port: target.port,
        noDelay: true,
        allowHalfOpen: true,
        lookup: checkedLookup(target, policy),
        ...(reads !== undefined && { onread: reads.onread }),
      })
    const socket = policy.outside === undefined ? connect() : policy.outside(connect)
    reads?.of(socket)
    const fail = (error: Error): void => {
      socket.destroy()
      reject(unreachable(target, error))
    }
    socket.setTimeout(connectTimeoutMs, () =>
      fail(new Error(`no connection within ${connectTimeoutMs / 1000} s`)),
    )
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', fail)
      // Whoever gets the socket adds its own listener; an error before that must not end the process.
      socket.on('error', () => socket.destroy())
      resolve(socket)
    })
  })

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

const checkedLookup =
  (target: Authority, policy: DialPolicy) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    dnsLookup(hostname, options, ((
      error: NodeJS.ErrnoException | null,
      found: string | LookupAddress[],
      family?: number,
    ) => {
      if (error !== null) return callback(error, found, family)
      try {
        for (const address of typeof found === 'string' ? [found] : found.map((entry) => entry.address)) {
          policy.checkAddress(target, address)
        }
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, found, family)
      }
      return callback(null, found, family)
    }) as never)
  }

/** CONNECT through another proxy (RFC 9110 section 9.3.6). */
const through = async (
  proxy: UpstreamProxy,
  target: Authority,
  policy: DialPolicy,
  hops: readonly string[],
): Promise<Socket> => {
  policy.checkHost(proxy.authority)
  const socket = await open(proxy.authority, { ...policy, checkAddress: () => undefined })
  const host = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const credentials =
    proxy.authorization === undefined ? '' : `proxy-authorization: ${proxy.authorization}\r\n`
  const marks = [...hops, policy.hopMark].join(', ')
  socket.write(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n${credentials}svcm-hop: ${marks}\r\n\r\n`)
  const answer = await readHead(socket)
  const status = /^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1]
  if (status?.startsWith('2') === true) return socket
  socket.destroy()
  throw notThrough(proxy, target, status)
}

const notThrough = (proxy: UpstreamProxy, target: Authority, status: string | undefined): SvcMockError => {
  const { host, port } = proxy.authority
  const where = `${target.host}:${target.port}`
  const answer = `the proxy ${host}:${port} answered ${status ?? 'no HTTP'} to CONNECT`
  return new SvcMockError('UPSTREAM_UNREACHABLE', `${where} cannot be reached: ${answer}`, {
    details: { upstream: where },
    ...(status === '407' && {
      hint:
        proxy.authorization === undefined
          ? `it wants a user and password: upstreamProxy: http://<user>@${host}:${port}, and the password in SVC_MOCK_UPSTREAM_PROXY_PASSWORD`
          : 'it does not take user and password: check upstreamProxy and SVC_MOCK_UPSTREAM_PROXY_PASSWORD',
    }),
  })
}

const maxProxyHead = 16 * 1024

const readHead = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const stop = (): void => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd)
      socket.pause()
    }
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0 && bytes.length < maxProxyHead) return
      stop()
      if (end >= 0 && end + 4 < bytes.length) socket.unshift(bytes.subarray(end + 4))
      resolve(bytes.subarray(0, Math.max(end, 0)).toString('latin1'))
    }
    const onEnd = (): void => {
      stop()
      reject(new SvcMockError('UPSTREAM_UNREACHABLE', 'the proxy on the way closed the connection'))
    }
    socket.on('data', onData).on('end', onEnd).on('close', onEnd)
  })

const encrypt = (
  socket: Socket,
  target: Authority,
  { tls, alpn = ['http/1.1'] }: DialOptions,
  contexts: UpstreamContexts,
): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const secure = tlsConnect({
      socket,
      secureContext: contexts.for(tls),
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      ...(tls !== undefined && { rejectUnauthorized: !tls.insecure }),
      ...(isIP(target.host) === 0 && { servername: target.host }),
      ...(isIP(target.host) !== 0 && { host: target.host }),
    })
    const fail = (error: Error): void => {
      clearTimeout(timer)
      secure.destroy()
      reject(unreachable(target, error))
    }
    const timer = setTimeout(
      () => fail(new Error(`no TLS handshake within ${connectTimeoutMs / 1000} s`)),
      connectTimeoutMs,
    )
    const closed = (): void => fail(new Error('it closed the connection instead of a TLS handshake'))
    secure.once('close', closed)
    secure.once('secureConnect', () => {
      clearTimeout(timer)
      secure.off('close', closed)
      resolve(secure)
    })
    secure.on('error', fail)
  })

const unreachable = (target: Authority, error: Error): SvcMockError => {
  if (error instanceof SvcMockError) return error
  const where = `${target.host}:${target.port}`
  const reason = networkReason(error)
  const context = {
    cause: error,
    details: { upstream: where, ...(reason.code !== '' && { reason: reason.code }) },
  }
  if (!reason.trust)
    return new SvcMockError('UPSTREAM_UNREACHABLE', `${where} cannot be reached: ${reason.text}`, context)
  const hint = trustHint(reason)
  return new SvcMockError('UPSTREAM_UNTRUSTED', `no TLS connection to ${where}: ${reason.text}`, {
    ...context,
    ...(hint !== undefined && { hint }),
  })
}
