/**
 * The baseline's side of guarded topics: records that a tenant's claim covers are left out. Fetch does not say for which group it
 * reads, so that groups are learned from whoever joins one, by connection and by client id. Of members that joined before svc-mock was
 * there (it was started again) the cluster knows.
 */
import { filterRecords, type Wanted, type Who } from '../lane/index.ts'
import { text } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Choose, Whose } from '../session/records.ts'
import type { Credentials, Exchange, Treatment } from '../session/treatment.ts'
import { type Claim, inForce, placeOf, readClaims } from './claims.ts'
import type { ClusterClient } from './cluster-client.ts'
import type { Names } from './names.ts'

export interface GuardFacts {
  readonly names: Names
  readonly whose: Whose
  client(credentials: Credentials | undefined): ClusterClient
  /** The name of a group of the baseline's, as a tenant's; undefined: that is no tenant's name. */
  ownGroup(tenant: string, group: string): string | undefined
  notice(kind: string, text: string): void
}

const rememberedClients = 10_000
/** In the names of tenants' groups. */
const tenantsMark = '.svcm-'

/** How long somebody's group is looked for: a rebalance takes about a second. */
const lookAgainMs = [0, 100, 200, 400, 800]

const wait = (ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, ms)
  return promise
}

const everything: Wanted = { untagged: true, tagged: () => true }

export class Guard {
  private readonly facts: GuardFacts
  private readonly byConnection = new WeakMap<object, Set<string>>()
  private readonly byClient = new Map<string, Set<string>>()
  /** Connections for whose groups the cluster was asked. */
  private readonly looked = new WeakSet<object>()
  /** Lives until something goes wrong with it. */
  private asking: ClusterClient | undefined

  constructor(facts: GuardFacts) {
    this.facts = facts
  }

  treatments(): readonly (readonly [number, Treatment])[] {
    const learning: Treatment = {
      request: (message, exchange) => {
        this.learn(text(message, 'groupId'), exchange)
        return undefined
      },
    }
    // Whoever was a member before svc-mock was there says so only by its heartbeat.
    return [key.joinGroup, key.syncGroup, key.heartbeat, key.consumerGroupHeartbeat].map(
      (api) => [api, learning] as const,
    )
  }

  readonly choose: Choose = ({ topic, partition }, records, exchange) => {
    const { lane, offline } = this.facts.names.policy(topic)
    if (lane !== 'guarded') return undefined
    const tenants = tenantsIn(records, this.facts.whose.of(topic))
    if (tenants.size === 0) return undefined
    return this.wanted(placeOf({ topic, partition }), offline, tenants, exchange)
  }

  private learn(group: string, { connection, clientId }: Exchange): void {
    const add = (known: Set<string> | undefined): Set<string> => (known ?? new Set()).add(group)
    this.byConnection.set(connection, add(this.byConnection.get(connection)))
    if (clientId === null || clientId === '') return
    if (this.byClient.size >= rememberedClients) this.byClient.clear()
    this.byClient.set(clientId, add(this.byClient.get(clientId)))
  }

  /**
   * By the cluster, once for a connection. A member that is about to join again is in no group for a moment, and a guard that knows of
   * none lets everything pass: so it asks for a while before it believes that somebody reads without a group.
   */
  private async lookUp(exchange: Exchange): Promise<void> {
    const { connection, clientId } = exchange
    if (clientId === null || clientId === '' || this.looked.has(connection)) return
    for (const waitMs of lookAgainMs) {
      if (waitMs > 0) await wait(waitMs)
      // It may have joined meanwhile.
      if (this.groupsOf(exchange).length > 0) return
      const found = await this.ask(connection.credentials, (client) => client.groupsWith(clientId))
      const own = found.filter((group) => !group.includes(tenantsMark))
      if (own.length === 0) continue
      this.byClient.set(clientId, new Set(own))
      break
    }
    this.looked.add(connection)
  }

  private groupsOf({ connection, clientId }: Exchange): readonly string[] {
    const groups = this.byConnection.get(connection) ?? this.byClient.get(clientId ?? '')
    return [...(groups ?? [])]
  }

  private async wanted(
    place: string,
    offline: 'hold' | 'baseline',
    tenants: ReadonlySet<string>,
    exchange: Exchange,
  ): Promise<Wanted> {
    try {
      if (this.groupsOf(exchange).length === 0) await this.lookUp(exchange)
    } catch (error) {
      return this.blind(error as Error)
    }
    const groups = this.groupsOf(exchange)
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
