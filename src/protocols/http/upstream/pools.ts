/** One pool of connections for each upstream address; those unused longest are closed when there are too many. */
import type { Dial } from '../../../core/protocol.ts'
import type { Authority, UpstreamTls } from '../../../core/service-entry.ts'
import type { StreamedMemory } from '../../../core/streamed-memory.ts'
import { formatHost } from '../target.ts'
import { Pool } from './h1/pool.ts'

/** Callers of unknown hosts name them, so their number must be bounded. */
const poolsAtMost = 200
const sweepMs = 1_000

export class Pools {
  private readonly pools = new Map<string, Pool>()
  /** A service's upstream is the same object for all its calls, which spares them the name. No two services share one. */
  private readonly recent = new WeakMap<Authority, Pool>()
  private readonly dial: Dial
  private readonly memory: StreamedMemory
  private sweeper: NodeJS.Timeout | undefined

  constructor(dial: Dial, memory: StreamedMemory) {
    this.dial = dial
    this.memory = memory
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
    const pool = new Pool(() => this.dial(authority, { tls }), this.memory)
    this.pools.set(key, pool)
    this.sweeper ??= setInterval(() => this.sweep(), sweepMs).unref()
    return pool
  }

  private sweep(): void {
    const now = performance.now()
    for (const pool of this.pools.values()) pool.sweep(now)
  }

  private dropOldest(): void {
    const [key, pool] = this.pools.entries().next().value!
    this.pools.delete(key)
    pool.close()
  }

  /** Ends every connection, with calls in flight. */
  destroy(): void {
    clearInterval(this.sweeper)
    for (const pool of this.pools.values()) pool.destroy()
    this.pools.clear()
  }
}
