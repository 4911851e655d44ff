/** What answers the requests of one API. */
import type { Message } from '../../messages/index.ts'
import type { BrokerState } from '../broker-state.ts'
import { BrokerError, type ErrorCode, errors } from '../error-codes.ts'
import type { Partition } from '../topics/partition.ts'
import type { Topic } from '../topics/topics.ts'

export interface RequestContext {
  readonly broker: BrokerState
  readonly version: number
  /** '' when the client says none. */
  readonly clientId: string
  /** As DescribeGroups shows it. */
  readonly clientHost: string
  /** The client has gone, or the broker ends. */
  readonly signal: AbortSignal
}

/** `nothing`: the request has no response; `close`: the connection ends without one. */
export type Answer = Message | 'nothing' | 'close'

export interface ApiHandler {
  readonly key: number
  /** Last version that is spoken; undefined: the last one that is known. */
  readonly max?: number
  /** First version that is spoken; undefined: the first one that is known. */
  readonly min?: number
  /** May throw MalformedMessage, which ends the connection. */
  handle(request: Message, context: RequestContext): Answer | Promise<Answer>
}

/** The code and the words of a failure. Throws on what is no BrokerError. */
export const failureOf = (
  error: unknown,
): { readonly errorCode: ErrorCode; readonly errorMessage: string } => {
  if (!(error instanceof BrokerError)) throw error
  return { errorCode: error.code, errorMessage: error.message }
}

/** Runs it for its error code. */
export const codeOf = (run: () => void): ErrorCode => {
  try {
    run()
    return errors.none
  } catch (error) {
    return failureOf(error).errorCode
  }
}

/** An id of a topic that is not given. */
export const noId = '0'.repeat(32)

/** Throws BrokerError UNKNOWN_TOPIC_OR_PARTITION or UNKNOWN_TOPIC_ID. */
export const topicOf = (broker: BrokerState, name: string | null, id: string = noId): Topic => {
  const topic = id === noId ? broker.topics.get(name ?? '') : broker.topics.withId(id)
  if (topic !== undefined) return topic
  throw new BrokerError(
    id === noId ? errors.unknownTopicOrPartition : errors.unknownTopicId,
    'This server does not host this topic-partition.',
  )
}

/** Throws BrokerError UNKNOWN_TOPIC_OR_PARTITION. */
export const partitionOf = (topic: Topic, index: number): Partition => {
  const partition = topic.partitions[index]
  if (partition !== undefined) return partition
  throw new BrokerError(errors.unknownTopicOrPartition, 'This server does not host this topic-partition.')
}

/** What a client says of the leader it knows (KIP-320). Throws BrokerError. */
export const checkLeaderEpoch = (said: number): void => {
  if (said > 0)
    throw new BrokerError(errors.unknownLeaderEpoch, `There has been no leader epoch ${said} yet.`)
}

/** A promise with what settles it when the client goes. */
export const untilGone = <Result>(
  signal: AbortSignal,
  start: (done: (result: Result) => void) => void,
): Promise<Result | 'close'> =>
  new Promise((resolve) => {
    const gone = (): void => resolve('close')
    if (signal.aborted) return gone()
    signal.addEventListener('abort', gone, { once: true })
    start((result) => {
      signal.removeEventListener('abort', gone)
      resolve(result)
    })
  })
