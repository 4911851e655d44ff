/** The tenants of this process: each has its state and its lane, made when it is first seen. */
import { newTenant, type Tenant } from '../core/call.ts'
import type { Lane } from '../core/lane.ts'
import { baselineId } from '../core/tenant-name.ts'
import { laneOf } from './lane.ts'
import type { Tag } from './tag.ts'

/** Tags come from anybody: beyond this many, the state of the one that has not been seen for longest is forgotten. */
export const mostTenants = 10_000

interface Known {
  readonly tenant: Tenant
  readonly lane: Lane
}

export class Tenants {
  /** The one that is seen last stands last. */
  private readonly known = new Map<string, Known>()
  private readonly most: number
  readonly tag: Tag

  constructor(tag: Tag, most = mostTenants) {
    this.tag = tag
    this.most = most
  }

  /** `id`: a name that tenantNameProblem has nothing to say about. */
  of(id: string): Tenant {
    return this.at(id).tenant
  }

  lane(tenant: Tenant): Lane {
    return this.at(tenant.id).lane
  }

  /** Whether a call of it has been seen, or its name. */
  has(id: string): boolean {
    return this.known.has(id)
  }

  all(): readonly Tenant[] {
    return [...this.known.values()].map(({ tenant }) => tenant)
  }

  private at(id: string): Known {
    const known = this.known.get(id) ?? this.make(id)
    // Only where there are many does it matter who has been seen last.
    if (this.known.size > this.most / 2) {
      this.known.delete(id)
      this.known.set(id, known)
    }
    return known
  }

  private make(id: string): Known {
    const made = { tenant: newTenant(id), lane: laneOf(id, this.tag) }
    this.known.set(id, made)
    if (this.known.size > this.most) this.forgetOne(id)
    return made
  }

  private forgetOne(but: string): void {
    for (const id of this.known.keys()) {
      if (id === but || id === baselineId) continue
      this.known.delete(id)
      return
    }
  }
}
