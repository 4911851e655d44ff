/**
 * Where a tenant's group begins: offsets are committed for it before its first member joins. Left to the client's
 * `auto.offset.reset`, the first records would be missed, and all that come before somebody has committed.
 */
import { int, list, type Message, text, textOrNull, texts } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Credentials, Exchange, Treatment } from '../session/treatment.ts'
import { inForce, placeOf, readClaims, renewClaims, writeClaims } from './claims.ts'
import { type ClusterClient, earliest, latest, type PartitionOffset } from './cluster-client.ts'
import type { Names } from './names.ts'
import { subscribedTopics } from './subscription.ts'

export interface SeedingFacts {
  readonly names: Names
  client(credentials: Credentials | undefined): ClusterClient
  notice(kind: string, text: string): void
}

/** What a member subscribes to: topics, or an expression over the names of all topics. */
type Wanted = readonly string[] | RegExp

interface Joining {
  /** The member is new. */
  readonly fresh: boolean
  readonly exchange: Exchange
}

interface Work {
  over: Promise<void>
  done: boolean
}

const rememberedGroups = 10_000

/** Kafka's UNKNOWN_MEMBER_ID and its like: the group has members, so somebody has seen to it. */
const groupLives: ReadonlySet<number> = new Set([22, 25, 68, 113])

export class Seeding {
  private readonly facts: SeedingFacts
  /** By group and what it subscribes to. */
  private readonly under = new Map<string, Work>()

  constructor(facts: SeedingFacts) {
    this.facts = facts
  }

  treatments(): readonly (readonly [number, Treatment])[] {
    return [
      [
        key.joinGroup,
        {
          request: async (message, exchange) => {
            if (text(message, 'protocolType') !== 'consumer') return undefined
            const topics = list(message, 'protocols').flatMap(subscribedTopics)
            const joining = { fresh: text(message, 'memberId') === '', exchange }
            await this.seed(text(message, 'groupId'), [...new Set(topics)], joining)
            return undefined
          },
        },
      ],
      [
        key.consumerGroupHeartbeat,
        {
          request: async (message, exchange) => {
            // Epoch 0: it joins (KIP-848).
            if (int(message, 'memberEpoch') !== 0) return undefined
            await this.seed(text(message, 'groupId'), wantedOf(message), { fresh: true, exchange })
            return undefined
          },
        },
      ],
    ]
  }

  /**
   * Whenever a member is new, since the group may have been removed meanwhile, and its claim; not at each rebalance. Never rejects.
   */
  private seed(group: string, wanted: Wanted, { fresh, exchange }: Joining): Promise<void> {
    const name = `${group}\0${String(wanted)}`
    const known = this.under.get(name)
    if (known !== undefined && !(fresh && known.done)) return known.over
    if (this.under.size >= rememberedGroups) this.under.clear()
    const { credentials } = exchange.connection
    const work: Work = { over: Promise.resolve(), done: false }
    const forget = (): void => {
      if (this.under.get(name) === work) this.under.delete(name)
    }
    const written = this.write(group, wanted, credentials).then((again) => {
      work.done = true
      if (again) forget()
    })
    work.over = written.catch((error: Error) => {
      forget()
      this.facts.notice(
        `seeding ${group}`,
        `where the group ${group} begins could not be written, so that its client decides: ${error.message}${
          credentials === undefined ? '; with SASL, add sasl: to the service' : ''
        }`,
      )
    })
    this.under.set(name, work)
    return work.over
  }

  /** Whether it must be looked at again when a member joins. */
  private async write(group: string, wanted: Wanted, credentials: Credentials | undefined): Promise<boolean> {
    const { names } = this.facts
    const client = this.facts.client(credentials)
    try {
      const shared = (topic: string): boolean => names.policy(topic).lane !== 'private'
      const there = await client.partitions(wanted instanceof RegExp ? undefined : wanted.filter(shared))
      const meant = wanted instanceof RegExp ? there.filter(({ topic }) => wanted.test(topic)) : there
      const own = names.rename('group', group)
      const committed = new Set((await client.committed(own)).map(placeOf))
      const { fresh, kept } = await this.claim(client, own, meant)
      // A claim that was made, and of whose beginning the group has not heard.
      const claimed = [...fresh, ...kept.filter((one) => !committed.has(placeOf(one)))]
      const begun = new Set([...committed, ...claimed.map(placeOf)])
      const missing = meant.filter((one) => shared(one.topic) && !begun.has(placeOf(one)))
      // Its claim ends with its members, and theirs with the claim.
      const again = meant.some(({ topic }) => this.endsWithMembers(topic))
      if (missing.length + claimed.length === 0) return again
      const of = (start: string) => missing.filter(({ topic }) => names.policy(topic).start === start)
      const followed = of('baseline')
      const base: readonly PartitionOffset[] = followed.length === 0 ? [] : await client.committed(group)
      const baseOffsets = new Map(base.map((one) => [placeOf(one), one]))
      const found = followed.flatMap((one) => baseOffsets.get(placeOf(one)) ?? [])
      const unknown = followed.filter((one) => !baseOffsets.has(placeOf(one)))
      const code = await client.commit(
        own,
        [
          ...claimed,
          ...found,
          ...(await client.offsets([...of('latest'), ...unknown], latest)),
          ...(await client.offsets(of('earliest'), earliest)),
        ],
        '',
      )
      if (code !== 0 && !groupLives.has(code)) throw new Error(`the broker refused it with error ${code}`)
      return again
    } finally {
      client.close()
    }
  }

  /** Claims what of guarded topics isn't claimed, and gives where each claim begins; what is already is renewed, or the broker forgets it. */
  private async claim(
    client: ClusterClient,
    own: string,
    partitions: Parameters<typeof writeClaims>[2],
  ): Promise<{ readonly fresh: readonly PartitionOffset[]; readonly kept: readonly PartitionOffset[] }> {
    const { names } = this.facts
    const guarded = partitions.filter(({ topic }) => names.policy(topic).lane === 'guarded')
    if (guarded.length === 0) return { fresh: [], kept: [] }
    const claims = await readClaims(client, own)
    const kept: PartitionOffset[] = []
    const free: (typeof guarded)[number][] = []
    let members: Promise<boolean> | undefined
    for (const one of guarded) {
      const claim = claims.get(placeOf(one))
      const { offline } = names.policy(one.topic)
      const holds =
        claim !== undefined && (await inForce(claim, offline, () => (members ??= client.hasMembers(own))))
      if (holds) kept.push({ ...one, offset: claim.offset })
      else free.push(one)
    }
    await renewClaims(client, own, kept)
    return { fresh: free.length === 0 ? [] : await writeClaims(client, own, free), kept }
  }

  private endsWithMembers(topic: string): boolean {
    const { lane, offline } = this.facts.names.policy(topic)
    return lane === 'guarded' && offline === 'baseline'
  }
}

/** The broker's expressions are RE2's; what JavaScript can't read subscribes to nothing here. */
const wantedOf = (message: Message): Wanted => {
  const expression = textOrNull(message, 'subscribedTopicRegex')
  if (expression === null || expression === '') return texts(message, 'subscribedTopicNames')
  try {
    return new RegExp(`^(?:${expression})$`)
  } catch {
    return []
  }
}
