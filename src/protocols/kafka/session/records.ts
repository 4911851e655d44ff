/** Records of a tenant: tagged when they are produced, and told apart when they are fetched. */

import type { MessageClaimant, MessageClaims } from '../../../core/claim.ts'
import type { Names } from '../groups/names.ts'
import {
  abortedLeft,
  claimed,
  filterRecords,
  skipStyleOf,
  tagRecords,
  type Wanted,
  Who,
} from '../lane/index.ts'
import { bytesOrNull, int, list, long, type Message, text } from '../messages/index.ts'
import * as key from './keys.ts'
import type { Exchange, Treatment } from './treatment.ts'

type Part = readonly [number, Treatment]

/** Which records of a partition a client gets; undefined: all; `later`: nothing now, and whoever asks again is answered anew. */
export type Choose = (
  place: { readonly topic: string; readonly partition: number },
  records: Uint8Array,
  exchange: Exchange,
) => Chosen | Promise<Chosen>

export type Chosen = Wanted | 'later' | undefined

const noClaims: MessageClaims = { empty: true, on: () => undefined }

const rememberedTopics = 10_000

/** Whose a record is, by topic. */
export class Whose {
  private readonly names: Names
  private readonly claimed: MessageClaims
  private readonly common: string | undefined
  private readonly byHeader = new Map<string | undefined, Who>()
  /** Of topics that are claimed. */
  private readonly byTopic = new Map<string, Who>()

  constructor(names: Names, claims = noClaims) {
    this.names = names
    this.claimed = claims
    // Where calls carry the tag in a header of the company's own, records may, too.
    const [header] = names.lane.tag([])
    this.common = header
  }

  /** Whether content says whose a record of the topic is. */
  claims(topic: string): boolean {
    return this.claimed.on(topic) !== undefined
  }

  of(topic: string): Who {
    const header = this.names.policy(topic).tagFrom ?? this.common
    const claimant = this.claimed.on(topic)
    return claimant === undefined ? this.byTags(header) : this.byContent(topic, header, claimant)
  }

  private byContent(topic: string, header: string | undefined, claimant: MessageClaimant): Who {
    const known = this.byTopic.get(topic)
    if (known !== undefined) return known
    if (this.byTopic.size >= rememberedTopics) this.byTopic.clear()
    const who = new Who({ header, claim: claimed(claimant) })
    this.byTopic.set(topic, who)
    return who
  }

  private byTags(header: string | undefined): Who {
    const known = this.byHeader.get(header)
    if (known !== undefined) return known
    const who = new Who({ header })
    this.byHeader.set(header, who)
    return who
  }
}

/** On requests with the application's names of topics. What the baseline produces gets a tag where a tenant claims it. */
export const tagging = (names: Names, whose: Whose, notice: (kind: string, text: string) => void): Part => [
  key.produce,
  {
    request: (message) => {
      const tenant = names.lane.baseline ? undefined : names.lane.tenant
      for (const topic of list(message, 'topicData')) {
        const name = text(topic, 'name')
        if (names.policy(name).lane === 'private' || (names.lane.baseline && !whose.claims(name))) continue
        for (const partition of list(topic, 'partitionData')) {
          const records = bytesOrNull(partition, 'records')
          if (records === null) continue
          const { bytes, legacy } = tagRecords(records, tenant, whose.of(name))
          partition['records'] = bytes
          if (legacy > 0 && tenant !== undefined)
            notice(
              `legacy ${name}`,
              `records for ${name} are written in a form from before Kafka 0.11, which has no headers: they go without the tag of ${tenant}, to the baseline`,
            )
        }
      }
      return undefined
    },
  },
]

/** On responses with the application's names of topics. */
export const filtering = (whose: Whose, choose: Choose): Part => [
  key.fetch,
  {
    response: async (message, exchange) => {
      for (const topic of list(message, 'responses')) {
        const name = text(topic, 'topic')
        for (const partition of list(topic, 'partitions')) {
          const records = bytesOrNull(partition, 'records')
          if (records === null || records.length === 0) continue
          const place = { topic: name, partition: int(partition, 'partitionIndex') }
          const chosen = choose(place, records, exchange)
          const wanted = chosen instanceof Promise ? await chosen : chosen
          if (wanted === undefined) continue
          const bytes =
            wanted === 'later'
              ? nothing
              : filterRecords(records, whose.of(name), wanted, skipStyleOf(exchange.clientId)).bytes
          partition['records'] = bytes
          if (bytes !== records) leaveAborted(partition, bytes)
        }
      }
    },
    wants: (direction) => direction === 'response',
  },
]

const nothing = new Uint8Array(0)

/** Of aborted transactions, those that are still to be told apart in `records`. */
const leaveAborted = (partition: Message, records: Uint8Array): void => {
  const named = list(partition, 'abortedTransactions')
  if (named.length === 0) return
  const transactions = named.map((message) => ({
    message,
    producerId: long(message, 'producerId'),
    firstOffset: long(message, 'firstOffset'),
  }))
  partition['abortedTransactions'] = abortedLeft(transactions, records).map(({ message, firstOffset }) => ({
    ...message,
    firstOffset,
  }))
}

/** A tenant's own, and those without a tag where it wants them, too. */
export const ofTenant =
  (names: Names): Choose =>
  ({ topic }) => {
    const { lane, alsoUntagged } = names.policy(topic)
    if (lane === 'private') return undefined
    return { untagged: alsoUntagged, tagged: (tenant) => tenant === names.lane.tenant }
  }
