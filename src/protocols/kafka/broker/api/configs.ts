/** DescribeConfigs, AlterConfigs and IncrementalAlterConfigs: of topics; the broker's own are shown and fixed. */
import { flag, int, list, type Message, text, textOrNull, texts } from '../../messages/index.ts'
import { type BrokerState, nodeId } from '../broker-state.ts'
import { BrokerError, errors } from '../error-codes.ts'
import type { TopicConfigs } from '../topics/topic-configs.ts'
import { configTypes, topicConfigKeys } from '../topics/topic-configs.ts'
import { type ApiHandler, failureOf, topicOf } from './handler.ts'

/** ConfigSource of DescribeConfigs. */
export const configSources = { topic: 1, staticBroker: 4, default: 5 } as const

/** ConfigResource.Type. */
const topicResource = 2
const brokerResource = 4

interface Shown {
  readonly name: string
  readonly value: string
  readonly source: number
  readonly type: number
  readonly readOnly: boolean
}

export const describeConfigs: ApiHandler = {
  key: 32,
  handle: (request, { broker }) => ({
    results: list(request, 'resources').map((resource): Message => {
      const resourceType = int(resource, 'resourceType')
      const resourceName = text(resource, 'resourceName')
      const keys = resource['configurationKeys'] === null ? undefined : texts(resource, 'configurationKeys')
      try {
        const shown = configsOf(broker, resourceType, resourceName)
        return {
          errorCode: errors.none,
          errorMessage: null,
          resourceType,
          resourceName,
          configs: shown
            // No keys at all: everything, as Java's Admin asks.
            .filter(({ name }) => keys === undefined || keys.length === 0 || keys.includes(name))
            .map((config) => describe(config, flag(request, 'includeSynonyms'))),
        }
      } catch (error) {
        return { ...failureOf(error), resourceType, resourceName, configs: [] }
      }
    }),
  }),
}

const describe = ({ name, value, source, type, readOnly }: Shown, synonyms: boolean): Message => ({
  name,
  value,
  readOnly,
  configSource: source,
  isSensitive: false,
  synonyms: synonyms ? [{ name, value, source }] : [],
  configType: type,
  documentation: null,
})

/** Throws BrokerError. */
const configsOf = (broker: BrokerState, type: number, name: string): Shown[] => {
  if (type === topicResource) {
    const { configs } = topicOf(broker, name)
    return topicConfigKeys.map((key) => ({
      name: key.name,
      value: configs.get(key.name),
      source: configs.isSet(key.name) ? configSources.topic : configSources.default,
      type: configTypes[key.type],
      readOnly: false,
    }))
  }
  if (type === brokerResource) {
    if (name !== '' && name !== String(nodeId)) {
      throw new BrokerError(
        errors.invalidRequest,
        `Unexpected broker id, expected ${nodeId} or empty string, but received ${name}`,
      )
    }
    if (name === '') return []
    const fixed = (key: string, value: string, type: number): Shown => ({
      name: key,
      value,
      source: configSources.staticBroker,
      type,
      readOnly: true,
    })
    return [
      fixed('auto.create.topics.enable', String(broker.autoCreateTopics), configTypes.boolean),
      fixed('default.replication.factor', '1', configTypes.int),
      fixed('delete.topic.enable', 'true', configTypes.boolean),
      fixed('message.max.bytes', '1048588', configTypes.int),
      fixed('node.id', String(nodeId), configTypes.int),
      fixed('num.partitions', String(broker.topics.defaultPartitions), configTypes.int),
    ]
  }
  throw new BrokerError(
    errors.invalidRequest,
    `The embedded broker has no configuration of resource type ${type}.`,
  )
}

const alter = (
  broker: BrokerState,
  resource: Message,
  validateOnly: boolean,
  change: (configs: TopicConfigs) => ReadonlyMap<string, string | null>,
): Message => {
  const resourceType = int(resource, 'resourceType')
  const resourceName = text(resource, 'resourceName')
  try {
    if (resourceType !== topicResource) {
      throw new BrokerError(
        errors.invalidRequest,
        'The embedded broker changes the configuration of topics only.',
      )
    }
    const topic = topicOf(broker, resourceName)
    const configs = broker.topics.configs(change(topic.configs))
    if (!validateOnly) broker.topics.configure(topic, configs)
    return { errorCode: errors.none, errorMessage: null, resourceType, resourceName }
  } catch (error) {
    return { ...failureOf(error), resourceType, resourceName }
  }
}

/** What is not named goes back to its default. */
export const alterConfigs: ApiHandler = {
  key: 33,
  handle: (request, { broker }) => ({
    responses: list(request, 'resources').map((resource) =>
      alter(
        broker,
        resource,
        flag(request, 'validateOnly'),
        () =>
          new Map(
            list(resource, 'configs').map((config) => [text(config, 'name'), textOrNull(config, 'value')]),
          ),
      ),
    ),
  }),
}

export const incrementalAlterConfigs: ApiHandler = {
  key: 44,
  handle: (request, { broker }) => ({
    responses: list(request, 'resources').map((resource) =>
      alter(broker, resource, flag(request, 'validateOnly'), (configs) =>
        configs.changed(
          list(resource, 'configs').map((config) => ({
            name: text(config, 'name'),
            operation: int(config, 'configOperation'),
            value: textOrNull(config, 'value'),
          })),
        ),
      ),
    ),
  }),
}
