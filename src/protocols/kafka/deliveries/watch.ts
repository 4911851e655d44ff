/** Where sessions look at what clients produce: before the request leaves, and when the broker has answered. */
import type { Tenant } from '../../../core/call.ts'
import { flag, int, list, long, type Message, text } from '../messages/index.ts'
import { readBatches } from '../records/index.ts'
import * as key from '../session/keys.ts'
import type { Exchange, Treatment } from '../session/treatment.ts'
import type { Deliveries } from './deliveries.ts'
import { type Acknowledged, acknowledgedIn, type HeldPartition, heldIn } from './held.ts'

type Part = readonly [number, Treatment]

interface Uncommitted {
  readonly held: HeldPartition
  readonly at: Acknowledged | undefined
  readonly tenant: Tenant
  readonly depth: number
}

const mostTransactions = 1_000

/** The depth of connections whose records no mock sees: presets were there before anybody looked. */
export const unwatched = -1

/** Records count when they are committed (by producer id); a transaction ends on another connection than it is filled by. */
export class OpenTransactions {
  private readonly open = new Map<bigint, Uncommitted[]>()

  add(producer: bigint, one: Uncommitted): void {
    const known = this.open.get(producer)
    if (known !== undefined) {
      known.push(one)
      return
    }
    // Those whose producer died are ended by the broker, which tells nobody.
    const [oldest] = this.open
    if (this.open.size >= mostTransactions && oldest !== undefined) this.open.delete(oldest[0])
    this.open.set(producer, [one])
  }

  take(producer: bigint): readonly Uncommitted[] {
    const taken = this.open.get(producer) ?? []
    this.open.delete(producer)
    return taken
  }
}

export interface WatchFacts {
  readonly deliveries: Deliveries
  readonly transactions: OpenTransactions
  /** Whose the connection is. */
  readonly tenant: Tenant
  /** See RecordFacts. */
  logOf(topic: string): string
}

/**
 * The first of them stand before all that changes requests, the last behind all that restores responses: both see the
 * application's own names.
 */
export const watching = ({
  deliveries,
  transactions,
  tenant,
  logOf,
}: WatchFacts): {
  readonly first: readonly Part[]
  readonly last: readonly Part[]
  /** Behind all others, of clients alone: what our own commands read is delivered to nobody. */
  readonly fetched: Part
} => {
  const requests = new WeakMap<Exchange, readonly HeldPartition[]>()
  const ending = new WeakMap<Exchange, bigint>()

  const arrived = async (
    partitions: readonly HeldPartition[],
    told: ReadonlyMap<string, Acknowledged> | undefined,
    depth: number,
  ): Promise<void> => {
    for (const held of partitions) {
      const at = told?.get(held.place)
      if (told !== undefined && at === undefined) continue
      const producer = transactionOf(held)
      if (producer === undefined) await deliveries.arrived(held, at, tenant, depth)
      else transactions.add(producer, { held, at, tenant, depth })
    }
  }

  const produce: Treatment = {
    wants: (direction) => direction === 'request' && deliveries.facts.operations.any,
    request: async (message, exchange) => {
      if (exchange.connection.depth === unwatched) return undefined
      const held = heldIn(message, (topic) => deliveries.wants(topic), logOf)
      if (held.length === 0) return undefined
      const { depth } = exchange.connection
      if (int(message, 'acks') === 0) {
        // Nobody will say whether the broker took them.
        await arrived(held, undefined, depth)
        return undefined
      }
      const refused = await deliveries.refuses(held, tenant, depth)
      if (refused !== undefined) return refusal(message, refused)
      requests.set(exchange, held)
      return undefined
    },
  }
  const produced: Treatment = {
    wants: (direction) => direction === 'response' && deliveries.facts.operations.any,
    response: (message, exchange) => {
      const held = requests.get(exchange)
      return held === undefined
        ? undefined
        : arrived(held, acknowledgedIn(message), exchange.connection.depth)
    },
  }
  const end: Treatment = {
    request: (message, exchange) => {
      const producer = long(message, 'producerId')
      if (flag(message, 'committed')) ending.set(exchange, producer)
      else transactions.take(producer)
    },
    response: async (message: Message, exchange) => {
      const producer = ending.get(exchange)
      if (producer === undefined || int(message, 'errorCode') !== 0) return
      for (const one of transactions.take(producer))
        await deliveries.arrived(one.held, one.at, one.tenant, one.depth)
    },
  }
  const fetched: Treatment = {
    wants: (direction) => direction === 'response' && deliveries.records,
    response: (message) => deliveries.delivered(message, tenant, logOf),
  }
  return {
    fetched: [key.fetch, fetched],
    first: [
      [key.produce, produce],
      [key.endTxn, end],
    ],
    last: [[key.produce, produced]],
  }
}

/** The producer whose transaction the records belong to; undefined: none. */
const transactionOf = ({ bytes }: HeldPartition): bigint | undefined => {
  const [batch] = readBatches(bytes)
  return batch?.transactional === true ? batch.producerId : undefined
}

/** Kafka's INVALID_RECORD, which clients do not try again. */
const invalidRecord = 87

/** Nothing of the request goes to the broker (KIP-467: `errorMessage` is what clients show). */
const refusal = (message: Message, errorMessage: string): Message => ({
  responses: list(message, 'topicData').map((topic) => ({
    name: text(topic, 'name'),
    partitionResponses: list(topic, 'partitionData').map((one) => ({
      index: int(one, 'index'),
      errorCode: invalidRecord,
      baseOffset: -1n,
      logAppendTimeMs: -1n,
      logStartOffset: -1n,
      recordErrors: [],
      errorMessage,
    })),
  })),
  throttleTimeMs: 0,
})
