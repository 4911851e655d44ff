/** What the filters want of each service's operations, kept for sessions that ask about every one of them. */
import type { Filter } from '../core/filter.ts'
import type { LiveOperations } from '../core/operations.ts'
import type { ServiceEntry } from '../core/service-entry.ts'

class Operations implements LiveOperations {
  service: ServiceEntry
  any = false
  private all = false
  private keyed = false
  private named: ReadonlySet<string> = new Set()

  constructor(service: ServiceEntry) {
    this.service = service
  }

  wants(name: string, keyed: boolean): boolean {
    return this.all || this.mocks(name, keyed)
  }

  mocks(name: string, keyed: boolean): boolean {
    return (keyed && this.keyed) || this.named.has(name)
  }

  ask(filters: readonly Filter[]): void {
    const wanted = filters.flatMap((filter) => filter.operations?.(this.service) ?? [])
    this.any = wanted.length > 0
    this.all = wanted.some(({ all }) => all)
    const single = wanted.filter(({ all }) => !all)
    this.keyed = single.some(({ keyed }) => keyed)
    this.named = new Set(single.flatMap(({ named }) => [...named]))
  }
}

export class ServiceOperations {
  private readonly filters: readonly Filter[]
  private readonly known = new Map<string, Operations>()

  constructor(filters: readonly Filter[]) {
    this.filters = filters
  }

  of(service: ServiceEntry): LiveOperations {
    const known = this.known.get(service.name)
    if (known !== undefined) return known
    const made = new Operations(service)
    made.ask(this.filters)
    this.known.set(service.name, made)
    return made
  }

  /** Configuration, mocks, modes or faults have changed. A service that is gone keeps what it was for its open connections. */
  refresh(entries: ReadonlyMap<string, ServiceEntry>): void {
    for (const [name, operations] of this.known) {
      operations.service = entries.get(name) ?? operations.service
      operations.ask(this.filters)
    }
  }
}
