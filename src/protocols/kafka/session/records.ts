/** Records of a tenant: tagged when they are produced, and told apart when they are fetched. */

import type { Names } from '../groups/names.ts'
import { filterRecords, skipStyleOf, tagRecords, type Wanted, Who } from '../lane/index.ts'
import { bytesOrNull, int, list, text } from '../messages/index.ts'
import * as key from './keys.ts'
import type { Exchange, Treatment } from './treatment.ts'

type Part = readonly [number, Treatment]

/** Which records of a partition a client gets; undefined: all. */
export type Choose = (
  place: { readonly topic: string; readonly partition: number },
  records: Uint8Array,
  exchange: Exchange,
) => Wanted | undefined | Promise<Wanted | undefined>

/** Whose a record is, by topic. */
export class Whose {
  private readonly names: Names
  private readonly common: string | undefined
  private readonly byHeader = new Map<string | undefined, Who>()

  constructor(names: Names) {
    this.names = names
    // Where calls carry the tag in a header of the company's own, records may, too.
    const [header] = names.lane.tag([])
    this.common = header
  }

  of(topic: string): Who {
    const header = this.names.policy(topic).tagFrom ?? this.common
    const known = this.byHeader.get(header)
    if (known !== undefined) return known
    const who = new Who({ header })
    this.byHeader.set(header, who)
    return who
  }
}

/** On requests with the application's names of topics. */
export const tagging = (names: Names, whose: Whose, notice: (kind: string, text: string) => void): Part => [
  key.produce,
  {
    request: (message) => {
      for (const topic of list(message, 'topicData')) {
        const name = text(topic, 'name')
        if (names.policy(name).lane === 'private') continue
        for (const partition of list(topic, 'partitionData')) {
          const records = bytesOrNull(partition, 'records')
          if (records === null) continue
          const { bytes, legacy } = tagRecords(records, names.lane.tenant, whose.of(name))
          partition['records'] = bytes
          if (legacy > 0)
            notice(
              `legacy ${name}`,
              `records for ${name} are written in a form from before Kafka 0.11, which has no headers: they go without the tag of ${names.lane.tenant}, to the baseline`,
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
          const { bytes } = filterRecords(records, whose.of(name), wanted, skipStyleOf(exchange.clientId))
          partition['records'] = bytes
        }
      }
    },
    wants: (direction) => direction === 'response',
  },
]

/** A tenant's own, and those without a tag where it wants them, too. */
export const ofTenant =
  (names: Names): Choose =>
  ({ topic }) => {
    const { lane, alsoUntagged } = names.policy(topic)
    if (lane === 'private') return undefined
    return { untagged: alsoUntagged, tagged: (tenant) => tenant === names.lane.tenant }
  }
