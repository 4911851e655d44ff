/** One pool of connections for each upstream address; those unused longest are closed when there are too many. */
import { type buildConnector, Pool } from 'undici'
import type { Dial } from '../../../core/protocol.ts'
import type { Authority, UpstreamTls } from '../../../core/service-entry.ts'
import { formatHost } from '../target.ts'
import type { PreparedHeads } from './raw-head.ts'

/** Callers of unknown hosts name them, so their number must be bounded. */
const poolsAtMost = 200
/** Towards one upstream at the same time; more calls wait. */
const connectionsAtMost = 512
const maxHeaderBytes = 64 * 1024

export class Pools {
  private readonly pools = new Map<string, Pool>()
  /** A service's upstream is the same object for all its calls, which spares them the name. No two services share one. */
  private readonly recent = new WeakMap<Authority, Pool>()
  private readonly dial: Dial
  private readonly heads: PreparedHeads

  constructor(dial: Dial, heads: PreparedHeads) {
    this.dial = dial
    this.heads = heads
  }

  to(authority: Authority, tls?: UpstreamTls): Pool {
    const recent = this.recent.get(authority)
    if (recent !== undefined && !recent.closed) return recent
    const pool = this.byOrigin(authority, tls)
    this.recent.set(authority, pool)
    return pool
  }

  private byOrigin(authority: Authority, tls: UpstreamTls | undefined): Pool {
    const origin = `${authority.scheme}://${formatHost(authority.scheme, authority)}`
    // Who shows a certificate of their own must not lend the connection to others.
    const key = tls === undefined ? origin : `${origin} ${tls.identity}`
    const known = this.pools.get(key)
    if (known !== undefined) return known
    if (this.pools.size >= poolsAtMost) this.dropOldest()
    const pool = new Pool(origin, {
      connections: connectionsAtMost,
      pipelining: 1,
      // How long a reply may take is for the client to judge.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
      connect: this.connector(authority, tls),
    })
    this.pools.set(key, pool)
    return pool
  }

  private connector(authority: Authority, tls: UpstreamTls | undefined): buildConnector.connector {
    return (_options, callback) => {
      this.dial(authority, { tls }).then(
        (socket) => {
          this.heads.attach(socket)
          callback(null, socket as never)
        },
        (error: Error) => callback(error, null),
      )
    }
  }

  private dropOldest(): void {
    const [key, pool] = this.pools.entries().next().value!
    this.pools.delete(key)
    void pool.close().catch(noop)
  }

  /** Ends every connection, with calls in flight. */
  destroy(): void {
    for (const pool of this.pools.values()) void pool.destroy().catch(noop)
    this.pools.clear()
  }
}

/** A pool that fails to close has no connection left to lose. */
const noop = (): void => undefined
