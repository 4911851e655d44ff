/** CreateTopics, DeleteTopics and CreatePartitions. */
import {
  flag,
  int,
  ints,
  list,
  listOrNull,
  type Message,
  text,
  textOrNull,
  texts,
} from '../../messages/index.ts'
import type { BrokerState } from '../broker-state.ts'
import { nodeId } from '../broker-state.ts'
import { BrokerError, errors } from '../error-codes.ts'
import { type TopicConfigs, topicConfigKeys } from '../topics/topic-configs.ts'
import type { NewTopic } from '../topics/topics.ts'
import { configSources } from './configs.ts'
import { type ApiHandler, failureOf, noId, topicOf } from './handler.ts'

/** Replicas are asked for as on a real cluster, and there is one of each partition. */
const replicationFactor = 1

export const createTopics: ApiHandler = {
  key: 19,
  handle: (request, { broker }) => {
    const asked = list(request, 'topics')
    const names = asked.map((topic) => text(topic, 'name'))
    return {
      topics: asked.map((topic): Message => {
        const name = text(topic, 'name')
        try {
          if (names.indexOf(name) !== names.lastIndexOf(name)) {
            throw new BrokerError(errors.invalidRequest, 'Duplicate topic name.')
          }
          const wanted = wantedTopic(topic)
          const plan = broker.topics.plan(wanted)
          const made = flag(request, 'validateOnly') ? undefined : broker.topics.create(wanted)
          return {
            name,
            topicId: made?.id ?? noId,
            errorCode: errors.none,
            errorMessage: null,
            numPartitions: plan.count,
            replicationFactor,
            configs: describeConfigs(plan.configs),
          }
        } catch (error) {
          return { name, topicId: noId, ...failureOf(error), configs: [] }
        }
      }),
    }
  },
}

/** Throws BrokerError. */
const wantedTopic = (topic: Message): NewTopic => {
  const factor = int(topic, 'replicationFactor')
  const assignments = list(topic, 'assignments')
  const partitions = int(topic, 'numPartitions')
  if (factor === 0 || factor < -1) {
    throw new BrokerError(
      errors.invalidReplicationFactor,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (assignments.length > 0) {
    const indexes = assignments.map((each) => int(each, 'partitionIndex')).sort((a, b) => a - b)
    if (partitions !== -1 || factor !== -1) {
      throw new BrokerError(
        errors.invalidRequest,
        'Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same time.',
      )
    }
    if (indexes.some((partition, index) => partition !== index)) {
      throw new BrokerError(
        errors.invalidReplicaAssignment,
        'Partitions should be a consecutive 0-based integer sequence.',
      )
    }
    if (assignments.some((each) => !ints(each, 'brokerIds').includes(nodeId))) {
      throw new BrokerError(
        errors.invalidReplicaAssignment,
        `The embedded broker is node ${nodeId}, and there is no other.`,
      )
    }
  }
  return {
    name: text(topic, 'name'),
    partitions: assignments.length > 0 ? assignments.length : partitions,
    configs: new Map(
      list(topic, 'configs').map((config) => [text(config, 'name'), textOrNull(config, 'value')]),
    ),
  }
}

const describeConfigs = (configs: TopicConfigs): Message[] =>
  topicConfigKeys.map(({ name }) => ({
    name,
    value: configs.get(name),
    readOnly: false,
    configSource: configs.isSet(name) ? configSources.topic : configSources.default,
    isSensitive: false,
  }))

export const deleteTopics: ApiHandler = {
  key: 20,
  handle: (request, { broker, version }) => {
    const asked: readonly { name: string | null; topicId: string }[] =
      version >= 6
        ? list(request, 'topics').map((topic) => ({
            name: textOrNull(topic, 'name'),
            topicId: text(topic, 'topicId'),
          }))
        : texts(request, 'topicNames').map((name) => ({ name, topicId: noId }))
    return { responses: asked.map(({ name, topicId }) => remove(broker, name, topicId)) }
  },
}

const remove = (broker: BrokerState, name: string | null, topicId: string): Message => {
  try {
    const topic = topicOf(broker, name, topicId)
    broker.topics.delete(topic)
    broker.groups.topicDeleted(topic.name)
    return { name: topic.name, topicId: topic.id, errorCode: errors.none, errorMessage: null }
  } catch (error) {
    return { name, topicId, ...failureOf(error) }
  }
}

export const createPartitions: ApiHandler = {
  key: 37,
  handle: (request, { broker }) => ({
    results: list(request, 'topics').map((asked): Message => {
      const name = text(asked, 'name')
      const count = int(asked, 'count')
      try {
        const topic = topicOf(broker, name)
        const given = listOrNull(asked, 'assignments')
        broker.topics.checkGrowth(topic, count)
        if (given !== null && given.length !== count - topic.partitions.length) {
          throw new BrokerError(
            errors.invalidReplicaAssignment,
            `Increasing the number of partitions by ${count - topic.partitions.length} but ${given.length} assignments provided.`,
          )
        }
        if (!flag(request, 'validateOnly')) broker.topics.grow(topic, count)
        return { name, errorCode: errors.none, errorMessage: null }
      } catch (error) {
        return { name, ...failureOf(error) }
      }
    }),
  }),
}
