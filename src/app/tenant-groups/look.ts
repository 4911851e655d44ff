/**
 * What tenants have on a Kafka cluster: groups and how far they are, claims on guarded topics, and records that were kept for a tenant
 * and that it has not read. Goes step by step, so that whoever has no time to wait sees what is known so far.
 */
import type { Config } from '../../config/config.ts'
import { claimedBy, claimOf, placeOf, settledClaims } from '../../protocols/kafka/groups/claims.ts'
import { type ClusterAdmin, isIdle } from '../../protocols/kafka/groups/cluster-admin.ts'
import { earliest, latest, type PartitionOffset } from '../../protocols/kafka/groups/cluster-client.ts'
import { clusterName, type KafkaCluster, onCluster, policyOf } from './clusters.ts'
import { ownedGroup, ownedTopic } from './names.ts'

export interface ClaimView {
  readonly topic: string
  readonly partition: number
  /** From here on the tenant's records are its own. */
  readonly from: number
  /** When it was made or renewed; ISO 8601. */
  readonly at: string
}

/** Offsets [from, to) of a guarded topic that the baseline has passed and the tenant hasn't read: its records among them nobody has. */
export interface UnreadView {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
  /** They wait for the tenant; else its claim is over, and nobody gets them. */
  readonly held: boolean
}

export interface GroupView {
  readonly tenant: string
  /** Services whose group this may be: they share a cluster. */
  readonly services: readonly string[]
  /** `host:port` of a broker. */
  readonly cluster: string
  /** As the application knows it. */
  readonly group: string
  /** On the cluster. */
  readonly name: string
  /** `Stable`, `Empty`, …; `Gone` where only the claim is left. */
  readonly state: string
  /** Records of its topics behind what it has committed, anybody's; undefined: it has committed nothing, or it isn't known yet. */
  readonly lag: number | undefined
  readonly claims: readonly ClaimView[]
  readonly unread: readonly UnreadView[]
}

export interface TopicView {
  readonly tenant: string
  readonly services: readonly string[]
  readonly cluster: string
  readonly topic: string
  readonly name: string
}

type Draft = { -readonly [Field in keyof GroupView]: GroupView[Field] }

interface Facts {
  readonly draft: Draft
  readonly committed: readonly PartitionOffset[]
  readonly claims: ReturnType<typeof settledClaims>
  /** The group of the same name that is nobody's. */
  readonly base: readonly PartitionOffset[]
}

export interface LookWish {
  /** undefined: all of them. */
  readonly tenant: string | undefined
}

export class ClusterLook {
  readonly cluster: KafkaCluster
  private readonly config: Config
  private readonly wish: LookWish
  private drafts: readonly Draft[] = []
  private privateTopics: readonly TopicView[] = []

  constructor(config: Config, cluster: KafkaCluster, wish: LookWish) {
    this.config = config
    this.cluster = cluster
    this.wish = wish
  }

  /** What is known so far, by tenant and name. */
  get groups(): readonly GroupView[] {
    return this.drafts
  }

  get topics(): readonly TopicView[] {
    return this.privateTopics
  }

  /** Rejects as `onCluster` does; what was found until then stays. */
  run(): Promise<void> {
    return onCluster(this.config, this.cluster, (client) => this.ask(client))
  }

  private async ask(client: ClusterAdmin): Promise<void> {
    const listed = new Map((await client.groups()).map(({ name, state }) => [name, state]))
    // A claim may have outlived its group.
    const names = new Set([...listed.keys()].map((name) => claimedBy(name) ?? name))
    const all = [...names].flatMap((name) => {
      const owner = ownedGroup(name)
      return owner === undefined ? [] : [{ name, ...owner }]
    })
    const meant = all.filter(({ tenant }) => (this.wish.tenant ?? tenant) === tenant)
    const place = { services: this.cluster.services, cluster: clusterName(this.cluster) }
    this.drafts = meant
      .map(({ name, tenant, group }): Draft => {
        const state = listed.get(name) ?? 'Gone'
        return { tenant, group, name, state, ...place, lag: undefined, claims: [], unread: [] }
      })
      .sort((a, b) => compare(a.tenant, b.tenant) || compare(a.group, b.group))
    const known = new Set([
      ...all.map(({ tenant }) => tenant),
      ...this.config.tenants.tenants.map(({ id }) => id),
      ...this.cluster.configs.flatMap(({ kafka }) => kafka!.tenant ?? []),
    ])
    const topics = await client.topics()
    this.privateTopics = this.ownTopics(topics, known, place)
    const facts: Facts[] = []
    for (const draft of this.drafts) facts.push(await this.factsOf(client, draft, listed))
    await this.measure(client, facts)
  }

  private ownTopics(
    topics: readonly string[],
    known: ReadonlySet<string>,
    place: Pick<TopicView, 'services' | 'cluster'>,
  ): readonly TopicView[] {
    const { tenant: only } = this.wish
    const tenants = only === undefined ? [...known] : [only]
    return tenants.toSorted(compare).flatMap((tenant) =>
      topics.flatMap((name) => {
        const topic = ownedTopic(name, tenant, known)
        if (topic === undefined || policyOf(this.cluster, topic)?.lane !== 'private') return []
        return [{ tenant, topic, name, ...place }]
      }),
    )
  }

  private async factsOf(
    client: ClusterAdmin,
    draft: Draft,
    listed: ReadonlyMap<string, string>,
  ): Promise<Facts> {
    const claim = claimOf(draft.name)
    const of = async (group: string) => (listed.has(group) ? client.committed(group) : [])
    const committed = await of(draft.name)
    const claimed = await of(claim)
    const claims = settledClaims(claimed)
    draft.claims = claimed.flatMap((one) => {
      const found = claims.get(placeOf(one))
      if (found === undefined) return []
      const { topic, partition } = one
      return [{ topic, partition, from: Number(found.offset), at: new Date(found.at).toISOString() }]
    })
    const guarded = [...committed, ...claimed].some(({ topic }) => this.guarded(topic))
    return { draft, committed, claims, base: guarded ? await of(draft.group) : [] }
  }

  private guarded(topic: string): boolean {
    return policyOf(this.cluster, topic)?.lane === 'guarded'
  }

  private async measure(client: ClusterAdmin, facts: readonly Facts[]): Promise<void> {
    const topics = new Set(
      facts.flatMap(({ committed, base }) => [...committed, ...base]).map((one) => one.topic),
    )
    const there = await client.partitions([...topics])
    const ends = byPlace(await client.offsets(there, latest))
    const starts = byPlace(await client.offsets(there, earliest))
    for (const { draft, committed, claims, base } of facts) {
      const known = committed.filter((one) => ends.has(placeOf(one)))
      if (known.length > 0)
        draft.lag = known.reduce(
          (sum, one) => sum + Number(atLeast0(ends.get(placeOf(one))! - one.offset)),
          0,
        )
      if (!isIdle(draft.state) && draft.state !== 'Gone') continue
      const own = byPlace(committed)
      draft.unread = base.flatMap((passed): UnreadView[] => {
        const { topic, partition } = passed
        const place = placeOf(passed)
        const claim = claims.get(place)
        const read = own.get(place) ?? claim?.offset
        if (read === undefined || !this.guarded(topic)) return []
        const start = starts.get(place) ?? 0n
        const from = read > start ? read : start
        if (passed.offset <= from) return []
        const held = claim !== undefined && policyOf(this.cluster, topic)!.offline === 'hold'
        return [{ topic, partition, from: Number(from), to: Number(passed.offset), held }]
      })
    }
  }
}

const byPlace = (offsets: readonly PartitionOffset[]): ReadonlyMap<string, bigint> =>
  new Map(offsets.map((one) => [placeOf(one), one.offset]))

const atLeast0 = (n: bigint): bigint => (n > 0n ? n : 0n)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
