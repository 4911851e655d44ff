/** InitProducerId, and the APIs of transactions. */
import { flag, int, ints, list, long, type Message, text, textOrNull, texts } from '../../messages/index.ts'
import { BrokerError, errors } from '../error-codes.ts'
import type { Producer } from '../transactions/transactions.ts'
import { type ApiHandler, codeOf, failureOf, partitionOf, topicOf } from './handler.ts'
import { commitEach, refusalOf } from './offsets.ts'

const producerOf = (message: Message): Producer => ({
  producerId: long(message, 'producerId'),
  producerEpoch: int(message, 'producerEpoch'),
})

export const initProducerId: ApiHandler = {
  key: 22,
  handle: (request, { broker }) => {
    const id = textOrNull(request, 'transactionalId')
    // What is idempotent only gets a new id every time; its epochs are the client's own affair.
    if (id === null) return { producerId: broker.newProducerId(), producerEpoch: 0 }
    try {
      const said = producerOf(request)
      const known = said.producerId === -1n ? undefined : said
      const { producerId, epoch } = broker.transactions.init(id, int(request, 'transactionTimeoutMs'), known)
      return { producerId, producerEpoch: epoch }
    } catch (error) {
      return { errorCode: failureOf(error).errorCode, producerId: -1n, producerEpoch: -1 }
    }
  },
}

export const addPartitionsToTxn: ApiHandler = {
  key: 24,
  // From 4 on it is a request of brokers (KIP-890).
  max: 3,
  handle: (request, { broker }) => {
    const topics = list(request, 'v3AndBelowTopics').map((topic) => ({
      name: text(topic, 'name'),
      partitions: ints(topic, 'partitions'),
    }))
    const codes = topics.map(({ name, partitions }) =>
      partitions.map((index) => codeOf(() => partitionOf(topicOf(broker, name), index))),
    )
    const unknown = codes.flat().some((code) => code !== errors.none)
    const added = unknown
      ? errors.operationNotAttempted
      : codeOf(() =>
          broker.transactions.addPartitions(
            text(request, 'v3AndBelowTransactionalId'),
            {
              producerId: long(request, 'v3AndBelowProducerId'),
              producerEpoch: int(request, 'v3AndBelowProducerEpoch'),
            },
            topics,
          ),
        )
    return {
      resultsByTopicV3AndBelow: topics.map(({ name, partitions }, t) => ({
        name,
        resultsByPartition: partitions.map((partitionIndex, p) => ({
          partitionIndex,
          partitionErrorCode: codes[t]![p] === errors.none ? added : codes[t]![p]!,
        })),
      })),
    }
  },
}

export const addOffsetsToTxn: ApiHandler = {
  key: 25,
  handle: (request, { broker }) => ({
    errorCode: codeOf(() =>
      broker.transactions.addGroup(
        text(request, 'transactionalId'),
        producerOf(request),
        text(request, 'groupId'),
      ),
    ),
  }),
}

export const txnOffsetCommit: ApiHandler = {
  key: 28,
  // From 5 on it adds the group itself (KIP-890), which belongs to the second version of transactions.
  max: 4,
  handle: (request, { broker }) => {
    const groupId = text(request, 'groupId')
    const producer = producerOf(request)
    const generationId = int(request, 'generationId')
    const memberId = text(request, 'memberId')
    const refused = refusalOf(() => {
      broker.transactions.checkOffsets(text(request, 'transactionalId'), producer, groupId)
      const { classic } = broker.groups.open(groupId)
      // Producers that know of no group metadata say neither (before KIP-447).
      if (generationId >= 0 || memberId !== '') {
        classic.checkCommit(memberId, textOrNull(request, 'groupInstanceId'), generationId)
      }
    })
    const topics = commitEach(broker, list(request, 'topics'), refused, (topic, partition, offset) =>
      broker.groups.open(groupId).offsets.commitLater(producer.producerId, topic, partition, offset),
    )
    return { topics }
  },
}

export const endTxn: ApiHandler = {
  key: 26,
  // From 5 on every transaction has an epoch of its own (KIP-890).
  max: 4,
  handle: (request, { broker }) => ({
    errorCode: codeOf(() =>
      broker.transactions.finish(
        text(request, 'transactionalId'),
        producerOf(request),
        flag(request, 'committed'),
      ),
    ),
  }),
}

export const listTransactions: ApiHandler = {
  key: 66,
  // Version 2 filters by a regular expression of RE2.
  max: 1,
  handle: (request, { broker }) => {
    const states = texts(request, 'stateFilters')
    const producers = request['producerIdFilters'] as bigint[]
    const longerThan = long(request, 'durationFilter')
    const known = ['Empty', 'Ongoing', 'CompleteCommit', 'CompleteAbort']
    return {
      unknownStateFilters: states.filter((state) => !known.includes(state)),
      transactionStates: broker.transactions
        .all()
        .filter(
          ({ state, producerId, startedAt }) =>
            (states.length === 0 || states.includes(state)) &&
            (producers.length === 0 || producers.includes(producerId)) &&
            (longerThan < 0n || (startedAt >= 0 && broker.time.now - startedAt > longerThan)),
        )
        .map(({ id, producerId, state }) => ({ transactionalId: id, producerId, transactionState: state })),
    }
  },
}

export const describeTransactions: ApiHandler = {
  key: 65,
  handle: (request, { broker }) => ({
    transactionStates: texts(request, 'transactionalIds').map((transactionalId): Message => {
      const known = broker.transactions.get(transactionalId)
      if (known === undefined) return { transactionalId, errorCode: errors.transactionalIdNotFound }
      return {
        errorCode: errors.none,
        transactionalId,
        transactionState: known.state,
        transactionTimeoutMs: known.timeoutMs,
        transactionStartTimeMs: BigInt(known.startedAt),
        producerId: known.producerId,
        producerEpoch: known.epoch,
        topics: [...known.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
      }
    }),
  }),
}

export const describeProducers: ApiHandler = {
  key: 61,
  handle: (request, { broker }) => ({
    topics: list(request, 'topics').map((asked) => {
      const name = text(asked, 'name')
      return {
        name,
        partitions: ints(asked, 'partitionIndexes').map((partitionIndex): Message => {
          try {
            const { producers, transactions } = partitionOf(topicOf(broker, name), partitionIndex)
            return {
              partitionIndex,
              errorCode: errors.none,
              activeProducers: producers
                .active()
                .map(({ producerId, epoch, lastSequence, lastTimestamp }) => ({
                  producerId,
                  producerEpoch: epoch,
                  lastSequence,
                  lastTimestamp: BigInt(lastTimestamp),
                  coordinatorEpoch: 0,
                  currentTxnStartOffset: BigInt(transactions.firstOffsetOf(producerId) ?? -1),
                })),
            }
          } catch (error) {
            if (!(error instanceof BrokerError)) throw error
            return { partitionIndex, errorCode: error.code, errorMessage: error.message }
          }
        }),
      }
    }),
  }),
}
