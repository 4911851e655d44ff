/**
 * Which trace is in whose lane, so that a service that forgets to pass the tag on stays in it. Bounded in number and
 * time; every step takes the same time however full it is.
 */
export const mostTraces = 100_000
export const traceLifeMs = 10 * 60 * 1000
/** A trace that goes on lives on; refreshed more rarely than called, since each time takes a place in the ring. */
const refreshMs = 60 * 1000

interface Place {
  readonly trace: string
  tenant: string
  readonly at: number
}

export class TraceMemory {
  private readonly places = new Map<string, Place>()
  /** In the order in which they came; the oldest is overwritten. */
  private readonly ring: (Place | undefined)[] = []
  private next = 0
  private readonly most: number
  private readonly lifeMs: number

  constructor(most = mostTraces, lifeMs = traceLifeMs) {
    this.most = most
    this.lifeMs = lifeMs
  }

  get empty(): boolean {
    return this.places.size === 0
  }

  get size(): number {
    return this.places.size
  }

  /** `now`: milliseconds of a clock that only goes forward. */
  tenantOf(trace: string, now: number): string | undefined {
    const place = this.places.get(trace)
    if (place === undefined) return undefined
    if (now - place.at < this.lifeMs) return place.tenant
    this.places.delete(trace)
    return undefined
  }

  remember(trace: string, tenant: string, now: number): void {
    const known = this.places.get(trace)
    if (known !== undefined && now - known.at < Math.min(refreshMs, this.lifeMs / 2)) {
      known.tenant = tenant
      return
    }
    const place = { trace, tenant, at: now }
    const oldest = this.ring[this.next]
    // It may have been refreshed: then it stands elsewhere in the ring.
    if (oldest !== undefined && this.places.get(oldest.trace) === oldest) this.places.delete(oldest.trace)
    this.places.set(trace, place)
    this.ring[this.next] = place
    this.next = this.next + 1 === this.most ? 0 : this.next + 1
  }
}
