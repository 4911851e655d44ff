/** Sends a call to the real service and brings its reply back, both streaming. */
import { Readable } from 'node:stream'
import type { Body } from '../../../core/body.ts'
import type { Call } from '../../../core/call.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { firstValue } from '../../../core/metadata.ts'
import type { ProtocolHost } from '../../../core/protocol.ts'
import type { Reply } from '../../../core/reply.ts'
import type { Authority } from '../../../core/service-entry.ts'
import type { HttpCall } from '../call.ts'
import { refuseCrossSiteForwarding } from '../cross-site.ts'
import { hopMarks } from '../hop-mark.ts'
import { formatHost } from '../target.ts'
import { Exchange } from './exchange.ts'
import { type Forwarding, prepareHead } from './head.ts'
import { Pools } from './pools.ts'
import { PreparedHeads } from './raw-head.ts'
import { StreamedMemory } from './streamed-memory.ts'

export class HttpUpstream {
  private readonly host: ProtocolHost
  private readonly heads = new PreparedHeads()
  private readonly memory = new StreamedMemory()
  private readonly pools: Pools

  constructor(host: ProtocolHost) {
    this.host = host
    this.pools = new Pools(host.dial, this.heads)
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
    return this.exchange({ call, target, proxy, hopMark: this.host.hopMark }, true)
  }

  private exchange(forwarding: Forwarding, mayRepeat: boolean): Promise<Reply> {
    const { call, target, proxy } = forwarding
    const head = prepareHead(forwarding)
    const number = this.heads.add(head)
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(forwarding, this.memory, {
        reply: resolve,
        failed: (error) => {
          this.heads.remove(number)
          if (mayRepeat && isStale(error, call)) resolve(this.exchange(forwarding, false))
          else reject(unreachable(error, target))
        },
      })
      call.client.onGone(() => exchange.cancel())
      const upgrade = call.client.upgrade === undefined ? null : firstValue(call.metadata, 'upgrade')!
      this.pools.to(proxy?.authority ?? target, call.service.tls.upstream).dispatch(
        {
          method: call.method,
          path: this.heads.path(number),
          headers: dispatchedHeaders(call),
          body: call.body.empty ? null : streamOf(call.body, head, this.memory),
          // Nothing is pipelined, so nothing waits behind a reply's head.
          blocking: false,
          upgrade,
        },
        exchange,
      )
    })
  }

  destroy(): void {
    this.pools.destroy()
  }
}

/** Only what undici must know: the rest is in the prepared head. */
const dispatchedHeaders = (call: HttpCall): string[] | null => {
  const length = call.body.empty ? undefined : firstValue(call.metadata, 'content-length')
  return length === undefined ? null : ['content-length', length]
}

const streamOf = (body: Body, head: { trailers: readonly string[] }, memory: StreamedMemory): Readable => {
  const source = body.source()
  let piped = false
  const stream = new Readable({
    read() {
      if (piped) return source.resume()
      piped = true
      source.pipe({
        message: (bytes) => {
          memory.passed(bytes.length)
          return stream.push(bytes)
        },
        end: (trailers) => {
          head.trailers = trailers ?? []
          stream.push(null)
        },
        fail: (error) => stream.destroy(error),
      })
    },
    destroy(error, callback) {
      source.cancel()
      callback(error)
    },
  })
  return stream
}

/**
 * Passing through goes to the configured address, else to where the client was going; direct has an address
 * always. The service's own part of the path is kept: it is part of what the client sent.
 */
const targetOf = (call: HttpCall): Authority => call.service.upstream ?? call.target

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The upstream closed an idle connection while the call was on its way: nothing was answered, so it is asked again. */
const isStale = (error: Error, call: HttpCall): boolean => {
  const code = (error as NodeJS.ErrnoException).code
  return (
    repeatable.has(call.method) &&
    call.body.empty &&
    (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
  )
}

const unreachable = (error: Error, target: Authority): SvcMockError => {
  if (error instanceof SvcMockError) return error
  const address = `${target.scheme}://${formatHost(target.scheme, target)}`
  return new SvcMockError(
    'UPSTREAM_UNREACHABLE',
    `${address} broke off before it answered: ${error.message}`,
    { cause: error },
  )
}

/** The pipeline's end for HTTP. */
export const upstreamService = (upstream: HttpUpstream) => (call: Call) => upstream.send(call as HttpCall)
