/** FindCoordinator, DescribeCluster, DescribeLogDirs and ListPartitionReassignments: it is all this one broker. */
import { flag, int, ints, listOrNull, type Message, text, texts } from '../../messages/index.ts'
import { nodeId } from '../broker-state.ts'
import { errors } from '../error-codes.ts'
import type { ApiHandler } from './handler.ts'
import { brokerOf } from './metadata.ts'
import { operationsOf } from './operations.ts'

/** Groups and transactional ids; share groups (2) there are none. */
const mostKeyType = 1

export const findCoordinator: ApiHandler = {
  key: 10,
  handle: (request, { broker, version }) => {
    const known = int(request, 'keyType') <= mostKeyType
    const coordinator: Message = known
      ? { ...brokerOf(broker), errorCode: errors.none, errorMessage: null }
      : {
          nodeId: -1,
          host: '',
          port: -1,
          errorCode: errors.invalidRequest,
          errorMessage: 'The embedded broker coordinates groups and transactions only.',
        }
    if (version < 4) return coordinator
    return { coordinators: texts(request, 'coordinatorKeys').map((key) => ({ key, ...coordinator })) }
  },
}

export const describeCluster: ApiHandler = {
  key: 60,
  handle: (request, { broker }) => {
    const endpointType = int(request, 'endpointType')
    const common = { endpointType, clusterId: broker.clusterId }
    if (endpointType !== 1) {
      return {
        ...common,
        errorCode: errors.mismatchedEndpointType,
        errorMessage: 'This endpoint is a broker.',
        brokers: [],
      }
    }
    const { nodeId: brokerId, ...address } = brokerOf(broker)
    return {
      ...common,
      controllerId: nodeId,
      brokers: [{ brokerId: brokerId!, ...address, isFenced: false }],
      ...(flag(request, 'includeClusterAuthorizedOperations')
        ? { clusterAuthorizedOperations: operationsOf.cluster }
        : {}),
    }
  },
}

export const describeLogDirs: ApiHandler = {
  key: 35,
  handle: (request, { broker }) => {
    const asked = listOrNull(request, 'topics')
    const wanted =
      asked && new Map(asked.map((topic) => [text(topic, 'topic'), new Set(ints(topic, 'partitions'))]))
    return {
      results: [
        {
          errorCode: errors.none,
          logDir: 'memory',
          topics: broker.topics
            .all()
            .filter(({ name }) => wanted === null || wanted.has(name))
            .map(({ name, partitions }) => ({
              name,
              partitions: partitions
                .filter(({ index }) => wanted === null || wanted.get(name)!.has(index))
                .map(({ index, log }) => ({
                  partitionIndex: index,
                  partitionSize: BigInt(log.bytes),
                  offsetLag: 0n,
                  isFutureKey: false,
                })),
            })),
        },
      ],
    }
  },
}

export const listPartitionReassignments: ApiHandler = {
  key: 46,
  handle: () => ({ errorMessage: null, topics: [] }),
}
