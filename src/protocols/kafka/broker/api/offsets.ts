/** OffsetCommit, OffsetFetch and OffsetDelete: how far groups have read. */
import {
  flag,
  int,
  ints,
  list,
  listOrNull,
  long,
  type Message,
  text,
  textOrNull,
} from '../../messages/index.ts'
import type { BrokerState } from '../broker-state.ts'
import { BrokerError, errors } from '../error-codes.ts'
import type { CommittedOffset } from '../groups/committed-offsets.ts'
import { subscribedTopics } from '../groups/subscription.ts'
import { type ApiHandler, codeOf, failureOf, noId, partitionOf, topicOf } from './handler.ts'

/** Kafka's offset.metadata.max.bytes. */
const longestMetadata = 4_096

/** What is to be committed for one partition. Throws BrokerError OFFSET_METADATA_TOO_LARGE. */
const committedOf = (partition: Message): CommittedOffset => {
  const metadata = textOrNull(partition, 'committedMetadata')
  if (metadata !== null && metadata.length > longestMetadata) {
    throw new BrokerError(errors.offsetMetadataTooLarge, 'The metadata of the offset is too long.')
  }
  return {
    offset: long(partition, 'committedOffset'),
    leaderEpoch: int(partition, 'committedLeaderEpoch'),
    metadata,
  }
}

/**
 * Commits each partition of the request by itself; `refused`: why none of them can be. OffsetCommit and TxnOffsetCommit
 * name them alike.
 */
export const commitEach = (
  broker: BrokerState,
  topics: readonly Message[],
  refused: BrokerError | undefined,
  commit: (topic: string, partition: number, offset: CommittedOffset) => void,
): Message[] =>
  topics.map((topic) => {
    const topicId = topic['topicId'] === undefined ? noId : text(topic, 'topicId')
    const name = text(topic, 'name')
    return {
      name,
      topicId,
      partitions: list(topic, 'partitions').map((partition) => {
        const partitionIndex = int(partition, 'partitionIndex')
        const errorCode = codeOf(() => {
          if (refused !== undefined) throw refused
          const known = topicOf(broker, name, topicId)
          partitionOf(known, partitionIndex)
          commit(known.name, partitionIndex, committedOf(partition))
        })
        return { partitionIndex, errorCode }
      }),
    }
  })

export const refusalOf = (check: () => void): BrokerError | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof BrokerError) return error
    throw error
  }
}

export const offsetCommit: ApiHandler = {
  key: 8,
  handle: (request, { broker }) => {
    const groupId = text(request, 'groupId')
    const generationId = int(request, 'generationIdOrMemberEpoch')
    const refused = refusalOf(() => {
      if (groupId === '') throw new BrokerError(errors.invalidGroupId, 'The group id must not be empty.')
      const group = broker.groups.get(groupId)
      if (group === undefined && generationId >= 0) {
        throw new BrokerError(errors.illegalGeneration, 'The group has no generation yet.')
      }
      group?.classic.checkCommit(
        text(request, 'memberId'),
        textOrNull(request, 'groupInstanceId'),
        generationId,
      )
    })
    const topics = commitEach(broker, list(request, 'topics'), refused, (topic, partition, offset) =>
      broker.groups.open(groupId).offsets.commit(topic, partition, offset),
    )
    return { topics }
  },
}

export const offsetFetch: ApiHandler = {
  key: 9,
  // Version 0 read what consumers had committed to ZooKeeper.
  min: 1,
  handle: (request, { broker, version }) => {
    const stable = flag(request, 'requireStable')
    if (version < 8) {
      const { topics } = fetchFor(broker, request, stable)
      return { topics, errorCode: errors.none }
    }
    return { groups: list(request, 'groups').map((group) => fetchFor(broker, group, stable)) }
  },
}

const fetchFor = (broker: BrokerState, asked: Message, stable: boolean) => {
  const groupId = text(asked, 'groupId')
  const offsets = broker.groups.get(groupId)?.offsets
  const committed = (topic: string, partitionIndex: number): Message => {
    if (stable && offsets?.isUndecided(topic, partitionIndex) === true) {
      return { ...uncommitted, partitionIndex, errorCode: errors.unstableOffsetCommit }
    }
    const known = offsets?.get(topic, partitionIndex)
    if (known === undefined) return { ...uncommitted, partitionIndex }
    return {
      partitionIndex,
      committedOffset: known.offset,
      committedLeaderEpoch: known.leaderEpoch,
      metadata: known.metadata ?? '',
      errorCode: errors.none,
    }
  }
  const topics = listOrNull(asked, 'topics')
  const wanted: { topic: Message; partitions: readonly number[] }[] =
    topics === null
      ? [...(offsets?.all() ?? [])].map(([name, partitions]) => ({
          topic: { name, topicId: broker.topics.get(name)?.id ?? noId },
          partitions,
        }))
      : topics.map((topic) => ({ topic, partitions: ints(topic, 'partitionIndexes') }))
  return {
    groupId,
    errorCode: errors.none,
    topics: wanted.map(({ topic, partitions }): Message => {
      const topicId = topic['topicId'] === undefined ? noId : text(topic, 'topicId')
      const name = topicId === noId ? text(topic, 'name') : broker.topics.withId(topicId)?.name
      if (name === undefined) {
        const unknown = { ...uncommitted, errorCode: errors.unknownTopicId }
        return { topicId, partitions: partitions.map((partitionIndex) => ({ ...unknown, partitionIndex })) }
      }
      return { name, topicId, partitions: partitions.map((index) => committed(name, index)) }
    }),
  }
}

const uncommitted = {
  committedOffset: -1n,
  committedLeaderEpoch: -1,
  metadata: '',
  errorCode: errors.none,
} as const

export const offsetDelete: ApiHandler = {
  key: 47,
  handle: (request, { broker }) => {
    const groupId = text(request, 'groupId')
    const group = broker.groups.get(groupId)
    try {
      if (group === undefined) throw new BrokerError(errors.groupIdNotFound, `Group ${groupId} not found.`)
      const { classic, offsets } = group
      // What another kind of member reads cannot be told.
      if (!classic.empty && classic.protocolType !== 'consumer') {
        throw new BrokerError(errors.nonEmptyGroup, `Group ${groupId} is not empty.`)
      }
      const subscribed = subscribedTopics(classic)
      return {
        errorCode: errors.none,
        topics: list(request, 'topics').map((topic) => {
          const name = text(topic, 'name')
          return {
            name,
            partitions: list(topic, 'partitions').map((partition) => {
              const partitionIndex = int(partition, 'partitionIndex')
              if (subscribed.has(name)) return { partitionIndex, errorCode: errors.groupSubscribedToTopic }
              offsets.delete(name, partitionIndex)
              return { partitionIndex, errorCode: errors.none }
            }),
          }
        }),
      }
    } catch (error) {
      return { errorCode: failureOf(error).errorCode, topics: [] }
    }
  },
}
