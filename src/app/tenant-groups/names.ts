/** Whose a name on a cluster is. Names of tenants never hold `svcm`, so that the last mark in a group's name is its tenant's. */
import { baselineId, isTenantName } from '../../core/tenant-name.ts'

export interface OwnedGroup {
  readonly tenant: string
  /** As the application knows it. */
  readonly group: string
}

/** undefined: no tenant's. */
export const ownedGroup = (name: string): OwnedGroup | undefined => {
  const mark = name.lastIndexOf(groupMark)
  if (mark < 0) return undefined
  const tenant = name.slice(mark + groupMark.length)
  return isTenantName(tenant) && tenant !== baselineId ? { tenant, group: name.slice(0, mark) } : undefined
}

const groupMark = '.svcm-'
const topicMark = 'svcm.'

/**
 * The tenant's private topic of this name, as the application knows it; undefined: it is somebody else's. A dot may stand in both names: of the
 * tenants that are known the longest name counts.
 */
export const ownedTopic = (name: string, tenant: string, known: Iterable<string>): string | undefined => {
  if (!name.startsWith(topicMark)) return undefined
  const rest = name.slice(topicMark.length)
  let owner: string | undefined
  for (const one of [tenant, ...known])
    if (rest.startsWith(`${one}.`) && one.length > (owner?.length ?? 0)) owner = one
  return owner === tenant ? rest.slice(tenant.length + 1) : undefined
}
