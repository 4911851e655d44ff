/** Metadata and DescribeTopicPartitions: which topics there are; topics that are asked for are made. */
import { flag, int, list, listOrNull, type Message, part, text, textOrNull } from '../../messages/index.ts'
import { type BrokerState, leaderEpoch, nodeId } from '../broker-state.ts'
import { errors } from '../error-codes.ts'
import type { Partition } from '../topics/partition.ts'
import type { Topic } from '../topics/topics.ts'
import { type ApiHandler, failureOf, noId, topicOf } from './handler.ts'
import { operationsOf } from './operations.ts'

export const brokerOf = ({ advertised }: BrokerState): Message => ({
  nodeId,
  host: advertised.host,
  port: advertised.port,
  rack: null,
})

export const metadata: ApiHandler = {
  key: 3,
  handle: (request, { broker, version }) => {
    // Before version 1 an empty list asked for all topics.
    const asked = listOrNull(request, 'topics')
    const all = asked === null || (version === 0 && asked.length === 0)
    const create = broker.autoCreateTopics && flag(request, 'allowAutoTopicCreation')
    const operations = flag(request, 'includeTopicAuthorizedOperations')
      ? { topicAuthorizedOperations: operationsOf.topic }
      : {}
    const cluster = flag(request, 'includeClusterAuthorizedOperations')
      ? { clusterAuthorizedOperations: operationsOf.cluster }
      : {}
    return {
      brokers: [brokerOf(broker)],
      clusterId: broker.clusterId,
      controllerId: nodeId,
      ...cluster,
      topics: all
        ? broker.topics.all().map((topic) => ({ ...describe(topic), ...operations }))
        : asked.map((topic) => ({ ...ask(broker, topic, create, version), ...operations })),
    }
  },
}

const ask = (broker: BrokerState, asked: Message, create: boolean, version: number): Message => {
  const id = text(asked, 'topicId')
  const name = textOrNull(asked, 'name')
  try {
    if (create && name !== null && id === noId && broker.topics.get(name) === undefined) {
      return describe(broker.topics.create({ name, partitions: -1, configs: new Map() }))
    }
    return describe(topicOf(broker, name, id))
  } catch (error) {
    const { errorCode } = failureOf(error)
    return { errorCode, name: name ?? (version >= 12 ? null : ''), topicId: id, partitions: [] }
  }
}

const describe = (topic: Topic): Message => ({
  errorCode: errors.none,
  name: topic.name,
  topicId: topic.id,
  isInternal: false,
  partitions: topic.partitions.map(describePartition),
})

const describePartition = ({ index }: Partition): Message => ({
  errorCode: errors.none,
  partitionIndex: index,
  leaderId: nodeId,
  leaderEpoch,
  replicaNodes: [nodeId],
  isrNodes: [nodeId],
  offlineReplicas: [],
})

/** Page by page, in order of the names (KIP-966). */
export const describeTopicPartitions: ApiHandler = {
  key: 75,
  handle: (request, { broker }) => {
    const names = list(request, 'topics').map((topic) => text(topic, 'name'))
    const cursor = request['cursor'] === null ? undefined : part(request, 'cursor')
    const from = cursor === undefined ? '' : text(cursor, 'topicName')
    const wanted = (
      names.length === 0 ? broker.topics.all().map(({ name }) => name) : [...new Set(names)].sort()
    ).filter((name) => name >= from)
    let left = Math.max(1, int(request, 'responsePartitionLimit'))
    const topics: Message[] = []
    for (const name of wanted) {
      const first = cursor !== undefined && name === from ? Math.max(0, int(cursor, 'partitionIndex')) : 0
      const topic = broker.topics.get(name)
      if (topic === undefined) {
        topics.push({ errorCode: errors.unknownTopicOrPartition, name, topicId: noId, partitions: [] })
        continue
      }
      if (left === 0) return { topics, nextCursor: { topicName: name, partitionIndex: first } }
      const shown = topic.partitions.slice(first, first + left)
      left -= shown.length
      topics.push({
        ...describe(topic),
        partitions: shown.map((partition) => ({
          ...describePartition(partition),
          eligibleLeaderReplicas: [],
          lastKnownElr: [],
        })),
        topicAuthorizedOperations: operationsOf.topic,
      })
      if (first + shown.length < topic.partitions.length) {
        return { topics, nextCursor: { topicName: name, partitionIndex: first + shown.length } }
      }
    }
    return { topics, nextCursor: null }
  },
}
