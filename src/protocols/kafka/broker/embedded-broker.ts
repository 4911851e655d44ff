/**
 * A Kafka broker in this process, in memory: good enough to run services against. One node, which leads all partitions and coordinates all
 * groups; it knows no tenants. What it holds is gone when it ends.
 */

import type { Duplex } from 'node:stream'
import type { Chance } from '../../../core/clock.ts'
import { duplexPair } from '../../../core/duplex-pair.ts'
import type { Advertised, BrokerState } from './broker-state.ts'
import { Connection } from './connection.ts'
import { Groups } from './groups/groups.ts'
import { newClusterId, newHexId, newUuid } from './ids.ts'
import { realTime, type Time } from './time.ts'
import { Topics } from './topics/topics.ts'
import { Transactions } from './transactions/transactions.ts'

export interface EmbeddedBrokerOptions {
  /** Where clients are told to connect; the session in front of the broker replaces it. Default `embedded:9092`. */
  readonly advertised?: Advertised
  readonly time?: Time
  readonly chance?: Chance
  /** Bytes of records that all topics keep together; the oldest of the largest partition go first. Default 512 MiB. */
  readonly bytes?: number
  /** Largest size of what is dropped at once. Default 1 MiB. */
  readonly segmentBytes?: number
  /** Default 10,000. */
  readonly mostPartitions?: number
  /** Of topics whose creator does not say. Default 1, as Kafka's num.partitions. */
  readonly defaultPartitions?: number
  /** Whether asking for a topic makes it. Default true, as Kafka's auto.create.topics.enable. */
  readonly autoCreateTopics?: boolean
  /** Defaults 6 s and 30 min, as Kafka's group.min.session.timeout.ms and group.max.session.timeout.ms. */
  readonly minSessionTimeoutMs?: number
  readonly maxSessionTimeoutMs?: number
  /** Why a connection was closed. */
  readonly notice?: (what: string) => void
}

export class EmbeddedBroker {
  private readonly state: BrokerState
  private readonly notice: (what: string) => void
  private readonly sockets = new Set<Duplex>()

  constructor(options: EmbeddedBrokerOptions = {}) {
    const { time = realTime, chance = Math.random } = options
    let producers = 0n
    const newProducerId = (): bigint => producers++
    const topics = new Topics({
      time,
      newId: () => newHexId(chance),
      bytes: options.bytes ?? 512 * 1024 * 1024,
      segmentBytes: options.segmentBytes ?? 1024 * 1024,
      defaultPartitions: options.defaultPartitions ?? 1,
      mostPartitions: options.mostPartitions ?? 10_000,
    })
    const groups = new Groups({
      time,
      newId: () => newUuid(chance),
      minSessionTimeoutMs: options.minSessionTimeoutMs ?? 6_000,
      maxSessionTimeoutMs: options.maxSessionTimeoutMs ?? 1_800_000,
    })
    this.state = {
      time,
      clusterId: newClusterId(chance),
      advertised: options.advertised ?? { host: 'embedded', port: 9092 },
      autoCreateTopics: options.autoCreateTopics ?? true,
      topics,
      groups,
      transactions: new Transactions({ time, topics, groups, newProducerId, maxTimeoutMs: 900_000 }),
      newProducerId,
    }
    this.notice = options.notice ?? (() => undefined)
  }

  /** One connection, as a socket to a broker would be. */
  connect(): Duplex {
    const [ours, theirs] = duplexPair(false)
    this.accept(ours)
    return theirs
  }

  /** Serves a client on this connection. `clientHost`: its address, as DescribeGroups shows it. */
  accept(socket: Duplex, clientHost = '127.0.0.1'): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    new Connection({ socket, broker: this.state, clientHost: `/${clientHost}`, failed: this.notice })
  }

  /**
   * Removes all records of these topics. Offsets go on, as after DeleteRecords, and so do groups: those that were behind go on with what comes next.
   * Returns how many offsets were taken.
   */
  empty(these: (topic: string) => boolean): number {
    const { topics, groups } = this.state
    let held = 0
    for (const { name, partitions } of topics.all()) {
      if (!these(name)) continue
      for (const partition of partitions) {
        const { startOffset, endOffset } = partition.log
        held += endOffset - startOffset
        topics.deleteRecords(partition, endOffset)
        partition.transactions.forgetBefore(endOffset)
        for (const { offsets } of groups.all()) offsets.raise(name, partition.index, BigInt(endOffset))
      }
    }
    return held
  }

  /** Ends all connections and timers. */
  close(): void {
    for (const socket of this.sockets) socket.destroy()
    this.state.groups.close()
    this.state.transactions.close()
  }
}
