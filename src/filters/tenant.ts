/** Whose a call is, and whether the tenant has an instance of the called service. */
import type { Call } from '../core/call.ts'
import type { Filter, Service } from '../core/filter.ts'
import type { Reply } from '../core/reply.ts'
import { baselineId } from '../core/tenant-name.ts'
import type { Identity } from '../tenant/identity.ts'
import type { Probes } from '../tenant/probes.ts'
import type { Routes } from '../tenant/routes.ts'
import type { Tenants } from '../tenant/tenants.ts'

export interface TenantTools {
  readonly identity: Identity
  readonly routes: Routes
  readonly probes: Probes
  readonly tenants: Tenants
}

/** `tools`: asked for each call, since a reload makes others. */
export const tenantFilter = (tools: () => TenantTools): Filter => ({
  name: 'tenant',
  // A tag may come with any call.
  wants: () => true,
  handle: (call, next) => {
    const own = tools()
    const settled = own.identity.settle(call, performance.now())
    return settled === undefined
      ? settledCall(call, next, own)
      : settled.then(() => settledCall(call, next, own))
  },
})

const settledCall = (
  call: Call,
  next: Service,
  { routes, probes, tenants }: TenantTools,
): Reply | Promise<Reply> => {
  if (!probes.empty) probes.came(call, tenants.tag)
  const { tenant, service, context } = call
  if (!routes.empty && service.known && service.mode !== 'direct' && tenant.id !== baselineId) {
    const { alive, absent } = routes.find(tenant.id, service.name, performance.now())
    context.instance = alive
    context.absent = absent
  }
  return next(call)
}
