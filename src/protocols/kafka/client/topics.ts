/** The topics that a client of ours knows: how many partitions they have, and which broker leads each. */
import { flag, int, list, type Message, text } from '../messages/index.ts'
import type { Address } from '../session/brokers.ts'

/** Leaders by partition. */
export type Leaders = ReadonlyMap<number, Address>

/** Error codes after which the same question may be answered otherwise in a moment (https://kafka.apache.org/protocol#protocol_error_codes). */
export const passing: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 75, 76, 100])

const names: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  10: 'MESSAGE_TOO_LARGE',
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  37: 'INVALID_PARTITIONS',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  87: 'INVALID_RECORD',
}

/** For people. */
export const errorName = (code: number): string => names[code] ?? `error ${code}`

/** Thrown where a broker refuses. */
export class KafkaRefusal extends Error {
  readonly code: number

  constructor(what: string, code: number) {
    super(`${what}: ${errorName(code)}`)
    this.code = code
  }
}

export interface KnownTopic {
  readonly name: string
  readonly code: number
  readonly internal: boolean
  readonly leaders: Leaders
}

/** Of a Metadata response. */
export const topicsIn = (metadata: Message): readonly KnownTopic[] => {
  const brokers = new Map(
    list(metadata, 'brokers').map((one): [number, Address] => [
      int(one, 'nodeId'),
      { host: text(one, 'host'), port: int(one, 'port') },
    ]),
  )
  return list(metadata, 'topics').map((topic) => ({
    name: text(topic, 'name'),
    code: int(topic, 'errorCode'),
    internal: flag(topic, 'isInternal'),
    leaders: new Map(
      list(topic, 'partitions').flatMap((one): readonly [number, Address][] => {
        const leader = brokers.get(int(one, 'leaderId'))
        return leader === undefined ? [] : [[int(one, 'partitionIndex'), leader]]
      }),
    ),
  }))
}
