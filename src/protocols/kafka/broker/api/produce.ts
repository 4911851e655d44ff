/** Produce: batches are checked, and appended as they came. */
import { bytesOrNull, int, list, type Message, text } from '../../messages/index.ts'
import { BrokerError, errors } from '../error-codes.ts'
import { checkBatches } from '../log/check-batches.ts'
import { type ApiHandler, failureOf, partitionOf, type RequestContext, topicOf } from './handler.ts'

export const produce: ApiHandler = {
  key: 0,
  handle: (request, context) => {
    const acks = int(request, 'acks')
    let failed = false
    const responses = list(request, 'topicData').map((topic) => ({
      name: text(topic, 'name'),
      topicId: text(topic, 'topicId'),
      partitionResponses: list(topic, 'partitionData').map((data) => {
        const response = append(topic, data, acks, context)
        failed ||= response['errorCode'] !== errors.none
        return response
      }),
    }))
    if (acks !== 0) return { responses }
    // Nobody waits for a response, so that closing is the only way to say that it went wrong; Kafka does the same.
    return failed ? 'close' : 'nothing'
  },
}

const append = (
  topicData: Message,
  data: Message,
  acks: number,
  { broker, version }: RequestContext,
): Message => {
  const index = int(data, 'index')
  try {
    if (acks < -1 || acks > 1)
      throw new BrokerError(errors.invalidRequiredAcks, `acks ${acks} is not -1, 0 or 1`)
    const topic = topicOf(
      broker,
      text(topicData, 'name'),
      version >= 13 ? text(topicData, 'topicId') : undefined,
    )
    const partition = partitionOf(topic, index)
    const batch = checkBatches(bytesOrNull(data, 'records'), topic.configs, broker.time.now)
    if (batch.transactional) broker.transactions.checkWrite(batch, topic.name, index)
    const { baseOffset, timestamp } = broker.topics.append(topic, partition, batch)
    return {
      index,
      errorCode: errors.none,
      baseOffset: BigInt(baseOffset),
      logAppendTimeMs: BigInt(timestamp),
      logStartOffset: BigInt(partition.log.startOffset),
    }
  } catch (error) {
    return { index, ...failureOf(error), baseOffset: -1n }
  }
}
