/** ListOffsets, OffsetForLeaderEpoch and DeleteRecords: places in a log. */
import { int, list, long, type Message, text } from '../../messages/index.ts'
import { leaderEpoch } from '../broker-state.ts'
import { BrokerError, errors } from '../error-codes.ts'
import { recordTimes } from '../log/record-times.ts'
import type { Partition } from '../topics/partition.ts'
import { type ApiHandler, checkLeaderEpoch, failureOf, partitionOf, topicOf } from './handler.ts'

/** Questions that are no times (KIP-79, KIP-734, KIP-405, KIP-1005). */
const latest = -1n
const earliest = -2n
const newest = -3n
const earliestLocal = -4n
const latestTiered = -5n

interface Place {
  readonly offset: number
  readonly timestamp: number
}

const nowhere: Place = { offset: -1, timestamp: -1 }

export const listOffsets: ApiHandler = {
  key: 2,
  // Version 0 asked for the segments of the log.
  min: 1,
  handle: (request, { broker }) => ({
    topics: list(request, 'topics').map((topic) => {
      const name = text(topic, 'name')
      return {
        name,
        partitions: list(topic, 'partitions').map((asked) => {
          const partitionIndex = int(asked, 'partitionIndex')
          try {
            const partition = partitionOf(topicOf(broker, name), partitionIndex)
            checkLeaderEpoch(int(asked, 'currentLeaderEpoch'))
            const { offset, timestamp } = find(
              partition,
              long(asked, 'timestamp'),
              int(request, 'isolationLevel'),
            )
            return {
              partitionIndex,
              errorCode: errors.none,
              timestamp: BigInt(timestamp),
              offset: BigInt(offset),
              leaderEpoch: offset === -1 ? -1 : leaderEpoch,
            }
          } catch (error) {
            return { partitionIndex, errorCode: failureOf(error).errorCode }
          }
        }),
      }
    }),
  }),
}

const find = (partition: Partition, timestamp: bigint, isolationLevel: number): Place => {
  const { log } = partition
  const end = partition.readableEnd(isolationLevel)
  switch (timestamp) {
    case latest:
      return { offset: end, timestamp: -1 }
    case earliest:
    case earliestLocal:
      return { offset: log.startOffset, timestamp: -1 }
    case latestTiered:
      return nowhere
    case newest: {
      const batch = log.newest()
      if (batch === undefined) return nowhere
      return first(
        batch.bytes,
        (place) => place.timestamp === batch.maxTimestamp && place.offset >= log.startOffset,
      )
    }
    default:
      return since(partition, Number(timestamp), end)
  }
}

/** The first record of that time or later. */
const since = ({ log }: Partition, timestamp: number, end: number): Place => {
  if (timestamp < 0) throw new BrokerError(errors.unsupportedVersion, `${timestamp} is no time`)
  for (const batch of log.since(timestamp)) {
    if (batch.baseOffset >= end) break
    const place = first(batch.bytes, (each) => each.timestamp >= timestamp && each.offset >= log.startOffset)
    if (place !== nowhere) return place
  }
  return nowhere
}

const first = (batch: Uint8Array, wanted: (place: Place) => boolean): Place => {
  for (const place of recordTimes(batch)) if (wanted(place)) return place
  return nowhere
}

export const offsetForLeaderEpoch: ApiHandler = {
  key: 23,
  handle: (request, { broker }) => ({
    topics: list(request, 'topics').map((asked) => {
      const topic = text(asked, 'topic')
      return {
        topic,
        partitions: list(asked, 'partitions').map((each): Message => {
          const index = int(each, 'partition')
          try {
            const { log } = partitionOf(topicOf(broker, topic), index)
            checkLeaderEpoch(int(each, 'currentLeaderEpoch'))
            const known = int(each, 'leaderEpoch') === leaderEpoch
            return {
              errorCode: errors.none,
              partition: index,
              leaderEpoch: known ? leaderEpoch : -1,
              endOffset: known ? BigInt(log.endOffset) : -1n,
            }
          } catch (error) {
            return {
              errorCode: failureOf(error).errorCode,
              partition: index,
              leaderEpoch: -1,
              endOffset: -1n,
            }
          }
        }),
      }
    }),
  }),
}

/** As the offset: everything there is. */
const highWatermark = -1n

export const deleteRecords: ApiHandler = {
  key: 21,
  handle: (request, { broker }) => ({
    topics: list(request, 'topics').map((asked) => {
      const name = text(asked, 'name')
      return {
        name,
        partitions: list(asked, 'partitions').map((each): Message => {
          const partitionIndex = int(each, 'partitionIndex')
          try {
            const topic = topicOf(broker, name)
            const partition = partitionOf(topic, partitionIndex)
            if (topic.configs.compacted && topic.configs.retention.ms === undefined) {
              throw new BrokerError(
                errors.policyViolation,
                'cleanup.policy of the topic does not contain delete',
              )
            }
            const { log } = partition
            const said = long(each, 'offset')
            const before = said === highWatermark ? log.endOffset : Number(said)
            if (before < 0 || before > log.endOffset) {
              throw new BrokerError(errors.offsetOutOfRange, `${before} is not in the log`)
            }
            broker.topics.deleteRecords(partition, before)
            return { partitionIndex, lowWatermark: BigInt(log.startOffset), errorCode: errors.none }
          } catch (error) {
            return { partitionIndex, lowWatermark: -1n, errorCode: failureOf(error).errorCode }
          }
        }),
      }
    }),
  }),
}
