/** Whose a call is, and whether the tenant has an instance of the called service. */

import type { Filter } from '../core/filter.ts'
import { baselineId } from '../core/tenant-name.ts'
import type { Identity } from '../tenant/identity.ts'
import type { Routes } from '../tenant/routes.ts'

export interface TenantTools {
  readonly identity: Identity
  readonly routes: Routes
}

export const tenantFilter = (tools: () => TenantTools): Filter => ({
  name: 'tenant',
  // A tag may come with any call.
  wants: () => true,
  handle: (call, next) => {
    const { identity, routes } = tools()
    const now = performance.now()
    identity.settle(call, now)
    const { tenant, service } = call
    if (!routes.empty && service.known && service.mode !== 'direct' && tenant.id !== baselineId) {
      const instance = routes.at(tenant.id, service.name)
      if (instance?.alive(now) === true) call.context.instance = instance
      else if (instance !== undefined) call.context.absent = instance.address
    }
    return next(call)
  },
})
