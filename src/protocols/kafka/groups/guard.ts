/**
 * The baseline's side of guarded topics: records that a tenant's claim covers are left out. Who reads for a group that is not known yet (`readers.ts`) is
 * given nothing where a tenant's records are, so that it says by its heartbeat who it is, which it would not while it waits.
 */
import type { Clock } from '../../../core/clock.ts'
import { filterRecords, type Wanted, type Who } from '../lane/index.ts'
import type { Choose, Whose } from '../session/records.ts'
import type { Credentials, Exchange, Treatment } from '../session/treatment.ts'
import { type Claim, inForce, placeOf, readClaims } from './claims.ts'
import type { ClusterClient } from './cluster-client.ts'
import type { Names } from './names.ts'
import { Readers } from './readers.ts'

export interface GuardFacts {
  readonly names: Names
  readonly whose: Whose
  client(credentials: Credentials | undefined): ClusterClient
  /** The name of a group of the baseline's, as a tenant's; undefined: that is no tenant's name. */
  ownGroup(tenant: string, group: string): string | undefined
  notice(kind: string, text: string): void
  readonly clock: Clock
  /** Milliseconds, from whenever. */
  now(): number
}

/** In the names of tenants' groups. */
const tenantsMark = '.svcm-'

const everything: Wanted = { untagged: true, tagged: () => true }

export class Guard {
  private readonly facts: GuardFacts
  private readonly readers: Readers
  /** Lives until something goes wrong with it. */
  private asking: ClusterClient | undefined

  constructor(facts: GuardFacts) {
    this.facts = facts
    this.readers = new Readers({
      clock: facts.clock,
      now: facts.now,
      groupsWith: async (clientId, { connection }) => {
        const found = await this.ask(connection.credentials, (client) => client.groupsWith(clientId))
        return found.filter((group) => !group.includes(tenantsMark))
      },
    })
  }

  treatments(): readonly (readonly [number, Treatment])[] {
    return this.readers.treatments()
  }

  readonly choose: Choose = ({ topic, partition }, records, exchange) => {
    const { lane, offline } = this.facts.names.policy(topic)
    if (lane !== 'guarded') return undefined
    const tenants = tenantsIn(records, this.facts.whose.of(topic))
    if (tenants.size === 0) return undefined
    return this.wanted(placeOf({ topic, partition }), offline, tenants, exchange)
  }

  private async wanted(
    place: string,
    offline: 'hold' | 'baseline',
    tenants: ReadonlySet<string>,
    exchange: Exchange,
  ): Promise<Wanted | 'later'> {
    try {
      if (!(await this.readers.known(exchange))) return 'later'
    } catch (error) {
      return this.blind(error as Error)
    }
    const groups = this.readers.groupsOf(exchange)
    if (groups.length > 1)
      this.facts.notice(
        `guard ${exchange.clientId}`,
        `clients with the id ${exchange.clientId} are in the groups ${groups.join(', ')}, so that a guard cannot tell which of them reads: records that only some of them share with a tenant are seen by both; give each its own client.id`,
      )
    try {
      // Asked after the records were there: a claim that covers one of them began before.
      const from = await this.ask(exchange.connection.credentials, async (client) => {
        const claims = new Map<string, bigint | undefined>()
        for (const tenant of tenants)
          claims.set(tenant, await this.claimed(client, tenant, groups, place, offline))
        return claims
      })
      return {
        untagged: true,
        tagged: (tenant, offset) => {
          const claim = from.get(tenant)
          return claim === undefined || offset < claim
        },
      }
    } catch (error) {
      return this.blind(error as Error)
    }
  }

  private blind({ message }: Error): Wanted {
    this.facts.notice(
      'guard',
      `claims of tenants cannot be read, so that the baseline sees their records, too: ${message}`,
    )
    return everything
  }

  /** Twice, since brokers end connections that were idle for long. */
  private async ask<T>(
    credentials: Credentials | undefined,
    work: (client: ClusterClient) => Promise<T>,
  ): Promise<T> {
    const once = async (): Promise<T> => {
      this.asking ??= this.facts.client(credentials)
      const client = this.asking
      try {
        return await work(client)
      } catch (error) {
        client.close()
        if (this.asking === client) this.asking = undefined
        throw error
      }
    }
    try {
      return await once()
    } catch {
      return once()
    }
  }

  /** From where on the tenant has it; undefined: nowhere. Of several groups all must have it. */
  private async claimed(
    client: ClusterClient,
    tenant: string,
    groups: readonly string[],
    place: string,
    offline: 'hold' | 'baseline',
  ): Promise<bigint | undefined> {
    let from: bigint | undefined
    for (const group of groups) {
      const own = this.facts.ownGroup(tenant, group)
      if (own === undefined) return undefined
      const claim: Claim | undefined = (await readClaims(client, own)).get(place)
      const hasMembers = (): Promise<boolean> => client.hasMembers(own)
      if (claim === undefined || !(await inForce(claim, offline, hasMembers))) return undefined
      if (from === undefined || claim.offset > from) from = claim.offset
    }
    return from
  }
}

/** Whose records there are. */
const tenantsIn = (records: Uint8Array, who: Who): ReadonlySet<string> => {
  const tenants = new Set<string>()
  filterRecords(records, who, {
    untagged: true,
    tagged: (tenant) => {
      tenants.add(tenant)
      return true
    },
  })
  return tenants
}
