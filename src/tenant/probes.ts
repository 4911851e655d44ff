/** Calls that are followed on their way, to see where a tag is lost. */
import type { Call } from '../core/call.ts'
import type { Tag } from './tag.ts'
import { traceIds } from './trace-ids.ts'

/** One call of a followed trace, as it came here. */
export interface Hop {
  readonly service: string
  readonly operation: string
  /** It came with the tag. */
  readonly tagged: boolean
  /** Whose it was taken to be. */
  readonly tenant: string
  /** The service whose call was being answered here when this one came; undefined: none was. */
  readonly within: string | undefined
}

const mostProbes = 10
const mostHops = 100

interface Probe {
  readonly hops: Hop[]
  /** Calls that are being answered, with their service; the last one last. */
  readonly open: Map<number, string>
}

export class Probes {
  private readonly probes = new Map<string, Probe>()

  get empty(): boolean {
    return this.probes.size === 0
  }

  /** `id`: 32 hexadecimal digits, sent as trace id and as request id. The oldest probe ends when there are too many. */
  follow(id: string): void {
    if (this.probes.size >= mostProbes) this.probes.delete(this.probes.keys().next().value!)
    this.probes.set(id, { hops: [], open: new Map() })
  }

  /** The way so far, which is followed no longer. */
  take(id: string): readonly Hop[] {
    const { hops = [] } = this.probes.get(id) ?? {}
    this.probes.delete(id)
    return hops
  }

  /** A call whose tenant is settled. */
  came(call: Call, tag: Tag): void {
    for (const trace of traceIds(call.metadata)) {
      const probe = this.probes.get(trace.slice(2))
      if (probe === undefined || probe.hops.length >= mostHops) continue
      probe.hops.push({
        service: call.service.name,
        operation: call.operation,
        tagged: tag.read(call.metadata) !== undefined,
        tenant: call.tenant.id,
        within: [...probe.open.values()].at(-1),
      })
      probe.open.set(call.id, call.service.name)
      return
    }
  }

  finished({ id }: Call): void {
    for (const { open } of this.probes.values()) open.delete(id)
  }
}
