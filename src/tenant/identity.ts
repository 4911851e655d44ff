/** Whose a call is. What the call says itself comes first, then what is known of its trace, then how it came in. */
import type { Call, Tenant, TenantSource } from '../core/call.ts'
import { baselineId } from '../core/tenant-name.ts'
import type { Claims } from './claims.ts'
import type { Tenants } from './tenants.ts'
import { traceIds } from './trace-ids.ts'
import type { TraceMemory } from './trace-memory.ts'

export class Identity {
  private readonly tenants: Tenants
  private readonly traces: TraceMemory
  private readonly claims: Claims
  /** The process's own tenant. */
  private readonly own: string

  constructor(tenants: Tenants, traces: TraceMemory, claims: Claims, own: string) {
    this.tenants = tenants
    this.traces = traces
    this.claims = claims
    this.own = own
  }

  /**
   * Sets the call's tenant, where it is another than that of its connection. A tag is believed for the lane of a call, and
   * for nothing else: who may change what is asked of the control address and of the store, by tokens. A promise where a claim
   * looks at the body.
   */
  settle(call: Call, now: number): void | Promise<void> {
    const { metadata } = call
    const said = this.tenants.tag.read(metadata)
    if (said !== undefined) {
      this.put(call, said, 'tag')
      this.remember(call, now)
      return
    }
    // The usual case: nothing could say otherwise, and what the process's own tenant does need not be remembered.
    if (this.traces.empty && this.claims.empty && call.tenant.id === this.own) return
    const traced = this.traced(call, now)
    if (traced !== undefined) {
      this.put(call, traced, 'trace')
      return
    }
    const claimed = this.claims.tenantOf(call)
    if (claimed instanceof Promise) return claimed.then((tenant) => this.claimed(call, tenant, now))
    this.claimed(call, claimed, now)
  }

  private claimed(call: Call, tenant: string | undefined, now: number): void {
    if (tenant !== undefined) this.put(call, tenant, 'claim')
    else if (call.tenant.id === this.own) return
    this.remember(call, now)
  }

  private put(call: Call, id: string, source: TenantSource): void {
    if (call.tenant.id !== id) call.tenant = this.tenants.of(id) satisfies Tenant
    call.context.tenantBy = source
  }

  private traced(call: Call, now: number): string | undefined {
    if (this.traces.empty) return undefined
    let found: string | undefined
    const ids = traceIds(call.metadata)
    for (const id of ids) found ??= this.traces.tenantOf(id, now)
    // One of its ids may have been made on the way.
    if (found !== undefined) for (const id of ids) this.traces.remember(id, found, now)
    return found
  }

  private remember(call: Call, now: number): void {
    const { id } = call.tenant
    const ids = traceIds(call.metadata)
    for (const trace of ids) {
      // A trace goes back to the baseline only when it says so.
      if (id !== baselineId || this.traces.tenantOf(trace, now) !== undefined)
        this.traces.remember(trace, id, now)
    }
  }
}
