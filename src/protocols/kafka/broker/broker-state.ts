/** What the handlers of all APIs work on. */
import type { Groups } from './groups/groups.ts'
import type { Time } from './time.ts'
import type { Topics } from './topics/topics.ts'
import type { Transactions } from './transactions/transactions.ts'

/** The only broker there is: leader of every partition, coordinator of every group, controller. */
export const nodeId = 1

/** No leader has ever changed. */
export const leaderEpoch = 0

export interface Advertised {
  readonly host: string
  readonly port: number
}

export interface BrokerState {
  readonly time: Time
  /** 22 characters, as Kafka's own. */
  readonly clusterId: string
  readonly advertised: Advertised
  /** Metadata creates topics that are asked for, where the client allows it. */
  readonly autoCreateTopics: boolean
  readonly topics: Topics
  readonly groups: Groups
  readonly transactions: Transactions
  /** A producer id that nobody else has. */
  newProducerId(): bigint
}
