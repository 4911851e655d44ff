/** Which instance serves which service for which tenant. Instances that do not answer are left alone for a while. */
import type { TenantInstance } from '../core/call.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'

/** Where a service is for a tenant. */
export interface Route {
  readonly tenant: string
  readonly service: string
  readonly instance: Authority
}

/** By whose word, and for how long. */
export interface Lease {
  /** Made up by who added it: only who says the same may change it while it lives. */
  readonly owner: string
  /** By the clock of the table: then it has run out. */
  readonly until: number
}

/** A dead instance is tried again after this long, or three times as long as it took to find out. */
const leastDownMs = 1_000
/** So long one that has run out is still told of. */
const mournedMs = 10 * 60 * 1000

export class Instance implements TenantInstance {
  readonly route: Route
  readonly shown: string
  /** undefined: it stands in svc-mock.yaml. */
  lease: Lease | undefined
  private readonly entries = new WeakMap<ServiceEntry, ServiceEntry>()
  private downUntil = 0

  constructor(route: Route, lease?: Lease) {
    this.route = route
    this.lease = lease
    this.shown = `${route.tenant}'s ${hostAndPort(route.instance)}`
  }

  get address(): Authority {
    return this.route.instance
  }

  /** By the lease; whether it answers is another matter. */
  current(now: number): boolean {
    return this.lease === undefined || now < this.lease.until
  }

  alive(now: number): boolean {
    return now >= this.downUntil && this.current(now)
  }

  failed(now: number, tookMs: number): void {
    this.downUntil = now + Math.max(leastDownMs, 3 * tookMs)
  }

  /** The service, served by this instance; what changes in one changes in the other. */
  entry(service: ServiceEntry): ServiceEntry {
    const known = this.entries.get(service)
    if (known !== undefined) return known
    const made = Object.create(service, {
      upstream: { value: this.route.instance, enumerable: true },
    }) as ServiceEntry
    this.entries.set(service, made)
    return made
  }
}

export interface Found {
  readonly alive: TenantInstance | undefined
  /** Where it was, if the tenant had one that is not there. */
  readonly absent: Authority | undefined
}

const nothing: Found = { alive: undefined, absent: undefined }

/** `now`: milliseconds of one clock that only goes forward. */
export class Routes {
  /** By tenant and service. What was added stands in front of what is written. */
  private readonly added = new Map<string, Instance>()
  private written: ReadonlyMap<string, Instance> = new Map()

  get empty(): boolean {
    return this.added.size === 0 && this.written.size === 0
  }

  /** What svc-mock.yaml says; what is the same as before stays as it is. */
  write(routes: readonly Route[]): void {
    const before = this.written
    this.written = new Map(
      routes.map((route) => {
        const key = keyOf(route.tenant, route.service)
        const known = before.get(key)
        return [key, known !== undefined && same(known.route, route) ? known : new Instance(route)]
      }),
    )
  }

  find(tenant: string, service: string, now: number): Found {
    const key = keyOf(tenant, service)
    const added = this.added.size === 0 ? undefined : this.added.get(key)
    if (added?.alive(now) === true) return { alive: added, absent: undefined }
    if (added?.lease !== undefined && now > added.lease.until + mournedMs) this.added.delete(key)
    const written = this.written.get(key)
    if (written?.alive(now) === true) return { alive: written, absent: undefined }
    const gone = added ?? written
    return gone === undefined ? nothing : { alive: undefined, absent: gone.address }
  }

  /** The owner of the lease that is in force, if that is somebody else. */
  taken(tenant: string, service: string, owner: string, now: number): Instance | undefined {
    const added = this.added.get(keyOf(tenant, service))
    return added?.current(now) === true && added.lease?.owner !== owner ? added : undefined
  }

  /** Anew, or for longer. */
  add(route: Route, lease: Lease): Instance {
    const key = keyOf(route.tenant, route.service)
    const known = this.added.get(key)
    if (known !== undefined && same(known.route, route)) {
      known.lease = lease
      return known
    }
    const instance = new Instance(route, lease)
    this.added.set(key, instance)
    return instance
  }

  /** What was added; `owner` undefined: by whomever. */
  remove(tenant: string, service: string, owner?: string): Instance | undefined {
    const key = keyOf(tenant, service)
    const known = this.added.get(key)
    if (known === undefined || (owner !== undefined && known.lease?.owner !== owner)) return undefined
    this.added.delete(key)
    return known
  }

  /** What is in force, whether it answers or not. */
  list(now: number): readonly Instance[] {
    const added = [...this.added.values()].filter((instance) => instance.current(now))
    const hidden = new Set(added.map(({ route }) => keyOf(route.tenant, route.service)))
    return [...added, ...[...this.written].flatMap(([key, instance]) => (hidden.has(key) ? [] : [instance]))]
  }
}

export const hostAndPort = ({ host, port }: Authority): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** No tenant's name has a space. */
const keyOf = (tenant: string, service: string): string => `${tenant} ${service}`

const same = (a: Route, b: Route): boolean =>
  a.instance.scheme === b.instance.scheme &&
  a.instance.host === b.instance.host &&
  a.instance.port === b.instance.port &&
  a.instance.basePath === b.instance.basePath
