/** Fetch: reads batches from logs, and waits for more when there is too little. */
import { int, list, long, type Message, text } from '../../messages/index.ts'
import { BrokerError, errors } from '../error-codes.ts'
import type { StoredBatch } from '../log/segment.ts'
import { type Partition, readCommitted } from '../topics/partition.ts'
import {
  type ApiHandler,
  checkLeaderEpoch,
  failureOf,
  partitionOf,
  type RequestContext,
  topicOf,
} from './handler.ts'

interface Asked {
  readonly partitions: readonly { readonly topic: Message; readonly asked: Message }[]
  readonly isolationLevel: number
  readonly maxBytes: number
  readonly minBytes: number
}

interface Found {
  readonly answers: readonly { readonly topic: Message; readonly answer: Message }[]
  readonly bytes: number
  readonly failed: boolean
  readonly partitions: readonly Partition[]
}

export const fetch: ApiHandler = {
  key: 1,
  // Below 4 are clients that read no record batches.
  min: 4,
  handle: async (request, context) => {
    const { broker, signal } = context
    const asked: Asked = {
      partitions: list(request, 'topics').flatMap((topic) =>
        list(topic, 'partitions').map((partition) => ({ topic, asked: partition })),
      ),
      isolationLevel: int(request, 'isolationLevel'),
      maxBytes: int(request, 'maxBytes'),
      minBytes: int(request, 'minBytes'),
    }
    const until = broker.time.now + int(request, 'maxWaitMs')
    let found = read(asked, context)
    const waits = asked.partitions.length > 0
    while (waits && found.bytes < asked.minBytes && !found.failed && !signal.aborted) {
      const left = until - broker.time.now
      if (left <= 0) break
      await more(found.partitions, asked.minBytes - found.bytes, left, context)
      found = read(asked, context)
    }
    if (signal.aborted) return 'close'
    return answer(found)
  },
}

/** Resolves after so many bytes were appended, after `ms`, or when the client has gone. */
const more = (
  partitions: readonly Partition[],
  bytes: number,
  ms: number,
  { broker, signal }: RequestContext,
): Promise<void> =>
  new Promise((resolve) => {
    let left = bytes
    const done = (): void => {
      off()
      for (const unwatch of watched) unwatch()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const off = broker.time.after(ms, done)
    const watched = partitions.map(({ log }) =>
      log.watch((appended) => {
        left -= appended
        if (left <= 0) done()
      }),
    )
    signal.addEventListener('abort', done, { once: true })
  })

const read = (asked: Asked, context: RequestContext): Found => {
  let bytes = 0
  let failed = false
  const partitions: Partition[] = []
  const answers = asked.partitions.map(({ topic, asked: wanted }) => {
    const partitionIndex = int(wanted, 'partition')
    try {
      const partition = find(topic, wanted, context)
      partitions.push(partition)
      const limits = {
        bytes: Math.min(int(wanted, 'partitionMaxBytes'), asked.maxBytes - bytes),
        atLeastOne: bytes === 0,
        upTo: partition.readableEnd(asked.isolationLevel),
      }
      const offset = Number(long(wanted, 'fetchOffset'))
      const batches = partition.log.read(offset, limits)
      for (const batch of batches) bytes += batch.bytes.length
      return { topic, answer: partitionAnswer(partition, offset, batches, asked.isolationLevel) }
    } catch (error) {
      failed = true
      const { errorCode } = failureOf(error)
      return { topic, answer: { partitionIndex, errorCode, highWatermark: -1n, records: new Uint8Array(0) } }
    }
  })
  return { answers, bytes, failed, partitions }
}

/** Throws BrokerError. */
const find = (topic: Message, wanted: Message, { broker, version }: RequestContext): Partition => {
  const known = topicOf(broker, text(topic, 'topic'), version >= 13 ? text(topic, 'topicId') : undefined)
  const partition = partitionOf(known, int(wanted, 'partition'))
  checkLeaderEpoch(int(wanted, 'currentLeaderEpoch'))
  const offset = long(wanted, 'fetchOffset')
  const { startOffset, endOffset } = partition.log
  if (offset < startOffset || offset > endOffset) {
    throw new BrokerError(errors.offsetOutOfRange, `${offset} is not in ${startOffset}..${endOffset}`)
  }
  return partition
}

const partitionAnswer = (
  partition: Partition,
  offset: number,
  batches: readonly StoredBatch[],
  isolationLevel: number,
): Message => {
  const { log, transactions, index } = partition
  const last = batches.at(-1)
  return {
    partitionIndex: index,
    errorCode: errors.none,
    highWatermark: BigInt(log.endOffset),
    lastStableOffset: BigInt(transactions.lastStableOffset(log.endOffset)),
    logStartOffset: BigInt(log.startOffset),
    abortedTransactions:
      isolationLevel === readCommitted
        ? transactions
            .abortedWithin(offset, last === undefined ? offset : last.lastOffset + 1)
            .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
        : null,
    records: joined(batches),
  }
}

const joined = (batches: readonly StoredBatch[]): Uint8Array =>
  batches.length === 1 ? batches[0]!.bytes : Buffer.concat(batches.map(({ bytes }) => bytes))

/**
 * Sessions (KIP-227) are not kept: session id 0 tells the client to ask for everything every time. With one connection for
 * each client and all in one process they would save next to nothing.
 */
const answer = ({ answers }: Found): Message => {
  const responses: Message[] = []
  let before: Message | undefined
  let partitions: Message[] = []
  for (const { topic, answer: partition } of answers) {
    if (topic !== before) {
      partitions = []
      responses.push({ topic: text(topic, 'topic'), topicId: text(topic, 'topicId'), partitions })
      before = topic
    }
    partitions.push(partition)
  }
  return { errorCode: errors.none, sessionId: 0, responses }
}
