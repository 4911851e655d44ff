/** Sends a call to the real service and brings its reply back, both streaming. */
import type { Call } from '../../../core/call.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { firstValue } from '../../../core/metadata.ts'
import { networkReason, trustHint } from '../../../core/network-reasons.ts'
import type { ProtocolHost } from '../../../core/protocol.ts'
import type { Reply } from '../../../core/reply.ts'
import type { Authority } from '../../../core/service-entry.ts'
import { StreamedMemory } from '../../../core/streamed-memory.ts'
import type { HttpCall } from '../call.ts'
import { refuseCrossSiteForwarding } from '../cross-site.ts'
import { hopMarks } from '../hop-mark.ts'
import { formatHost } from '../target.ts'
import { NoReply } from './h1/connection.ts'
import { Exchange } from './h1/exchange.ts'
import { Http2Exchange } from './h2/exchange.ts'
import { Origins } from './h2/origins.ts'
import { type Forwarding, outgoing } from './head.ts'
import { repeatable } from './outcome.ts'
import { Pools } from './pools.ts'

/** Callers of unknown hosts name them. */
const rememberedAtMost = 1_000

/** What it needs of the proxy. */
export type UpstreamHost = Pick<ProtocolHost, 'dial' | 'hopMark' | 'proxyFor'>

export class HttpUpstream {
  private readonly host: UpstreamHost
  private readonly memory = new StreamedMemory()
  private readonly pools: Pools
  private readonly origins: Origins
  /** Upstreams that refused HTTP/1.1. */
  private readonly http2Only = new Set<string>()

  constructor(host: UpstreamHost) {
    this.host = host
    this.pools = new Pools(host.dial, this.memory)
    this.origins = new Origins(host.dial)
  }

  /** Rejects with UPSTREAM_UNREACHABLE, LOOP, CROSS_SITE_REFUSED, or what dialling rejects with. */
  send(call: HttpCall): Promise<Reply> {
    if (hopMarks(call.metadata).includes(this.host.hopMark)) {
      throw new SvcMockError('LOOP', `${call.operation} came back to svc-mock after it had been forwarded`)
    }
    // A browser that was given us as its proxy sends the absolute form, which no page can make it do.
    if (call.client.entrance.kind !== 'tunnel' && call.client.requestTarget.startsWith('/')) {
      refuseCrossSiteForwarding(call.metadata, call.service)
    }
    const target = targetOf(call)
    const proxy = target.scheme === 'http' ? this.host.proxyFor(target) : undefined
    call.context.outcome ??= 'passthrough'
    call.context.note ??= formatHost(target.scheme, target)
    const forwarding = { call, target, proxy, hopMark: this.host.hopMark }
    return this.speaksHttp2(call, target) ? this.overHttp2(forwarding, true) : this.exchange(forwarding, true)
  }

  /** A call keeps its version where the upstream has it: headers keep their case, gRPC its streams. */
  private speaksHttp2(call: HttpCall, target: Authority): boolean {
    if (call.client.httpVersion === '2.0') return true
    return this.http2Only.size > 0 && call.client.upgrade === undefined && this.http2Only.has(nameOf(target))
  }

  private async overHttp2(forwarding: Forwarding, mayRepeat: boolean): Promise<Reply> {
    const { call, target, proxy } = forwarding
    const route = { target, tls: call.service.tls.upstream, tunnelled: proxy !== undefined }
    const taken = this.origins.take(route)
    const connection = taken instanceof Promise ? await taken : taken
    if (connection === undefined) {
      this.http2Only.delete(nameOf(target))
      if (isGrpc(call)) throw noHttp2(target)
      return this.exchange(forwarding, true)
    }
    if (call.client.gone) {
      connection.release()
      throw new SvcMockError('UPSTREAM_UNREACHABLE', 'the client went away')
    }
    return new Promise((resolve, reject) => {
      const exchange = new Http2Exchange(connection, forwarding, this.memory, {
        reply: resolve,
        failed: (error) => {
          if (mayRepeat && exchange.mayRepeat(error)) resolve(this.overHttp2(forwarding, false))
          else reject(unreachable(error, target))
        },
      })
      call.client.onGone(() => exchange.cancel())
      exchange.start()
    })
  }

  private exchange(forwarding: Forwarding, mayRepeat: boolean): Promise<Reply> {
    const { call, target, proxy } = forwarding
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(outgoing(forwarding), forwarding, {
        reply: resolve,
        failed: (error) => {
          if (mayRepeat && isStale(error, call)) resolve(this.exchange(forwarding, false))
          else if (call.client.upgrade === undefined && wantsHttp2(error)) {
            if (this.http2Only.size >= rememberedAtMost) this.http2Only.clear()
            this.http2Only.add(nameOf(target))
            resolve(this.overHttp2(forwarding, true))
          } else reject(unreachable(error, target))
        },
      })
      call.client.onGone(() => exchange.cancel())
      this.pools.to(proxy?.authority ?? target, call.service.tls.upstream).send(exchange)
    })
  }

  destroy(): void {
    this.pools.destroy()
    this.origins.destroy()
  }
}

/**
 * Passing through goes to the configured address, else to where the client was going; direct has an address
 * always. The service's own part of the path is kept: it is part of what the client sent.
 */
const targetOf = (call: HttpCall): Authority => call.service.upstream ?? call.target

/** The upstream closed an idle connection while the call was on its way: nothing was answered, so it is asked again. */
const isStale = (error: Error, call: HttpCall): boolean =>
  error instanceof NoReply && repeatable.has(call.method) && call.body.empty && !call.client.gone

/** Its TLS knows no HTTP/1.1 (RFC 7301 section 3.2). */
const wantsHttp2 = (error: Error): boolean =>
  error instanceof SvcMockError &&
  (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'

const nameOf = (target: Authority): string => `${target.scheme}://${formatHost(target.scheme, target)}`

const isGrpc = (call: HttpCall): boolean =>
  firstValue(call.metadata, 'content-type')?.startsWith('application/grpc') === true &&
  firstValue(call.metadata, 'te') !== undefined

const noHttp2 = (target: Authority): SvcMockError =>
  new SvcMockError('UPSTREAM_UNREACHABLE', `${nameOf(target)} speaks no HTTP/2, which gRPC needs`, {
    hint: 'check address and port of upstream; a server with TLS needs https://',
  })

const unreachable = (error: Error, target: Authority): SvcMockError => {
  if (error instanceof SvcMockError) return error
  const address = nameOf(target)
  // A server may say no to our certificate, or to none, only after the handshake (RFC 8446 section 4.4.2.4).
  const reason = networkReason(error)
  const hint = trustHint(reason)
  return new SvcMockError(
    reason.trust ? 'UPSTREAM_UNTRUSTED' : 'UPSTREAM_UNREACHABLE',
    `${address} broke off before it answered: ${reason.trust ? reason.text : error.message}`,
    { cause: error, ...(hint !== undefined && { hint }) },
  )
}

/** The pipeline's end for HTTP. */
export const upstreamService = (upstream: HttpUpstream) => (call: Call) => upstream.send(call as HttpCall)
