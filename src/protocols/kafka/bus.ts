/** The message bus that commands of ours use: sessions of the service in this process, in the lane of the tenant. */
import type { Tenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { BusMessage, MessageBus, ReadMessages } from '../../core/message-bus.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import type { OwnClient } from './client/own-clients.ts'
import { KafkaRefusal } from './client/topics.ts'
import { FormatError } from './formats/format.ts'
import type { Formats } from './formats/topic-formats.ts'
import { topicProblem } from './mock/topic.ts'

export interface BusService {
  /** When what the tenant's lane begins with is there. */
  own(tenant: Tenant): Promise<OwnClient>
  readonly formats: Formats
}

/** `of`: a service's. */
export const kafkaBus = (of: (service: ServiceEntry) => BusService): MessageBus => ({
  send: (service, tenant, message) =>
    told(service, async () => {
      refuseTopic(message.topic)
      const { own, formats } = of(service)
      const value = await bytesToSend(message, formats)
      const { topic, key, headers, partition } = message
      const { producer } = await own(tenant)
      return producer.send({
        topic,
        key,
        value,
        headers,
        partition,
        timestamp: message.timestamp ?? Date.now(),
      })
    }),
  read: (service, tenant, topic, from, waitMs) =>
    told(service, async (): Promise<ReadMessages> => {
      refuseTopic(topic)
      const { own, formats } = of(service)
      const { reader, client } = await own(tenant)
      if (typeof from === 'string') {
        try {
          return { messages: [], next: await reader.offsets(topic, from) }
        } catch (error) {
          throw error instanceof KafkaRefusal && error.code === 3
            ? noTopic(
                topic,
                (await client.metadata(undefined))
                  .filter(({ internal }) => !internal)
                  .map(({ name }) => name),
              )
            : error
        }
      }
      const { records, next } = await reader.fetch(topic, from, waitMs)
      const read = formats.reader(topic)
      const messages = await Promise.all(
        records.map(async (record) => ({
          topic,
          ...record,
          json:
            read === undefined || record.value === null
              ? undefined
              : await Promise.resolve(record.value)
                  .then(read)
                  .catch(() => undefined),
        })),
      )
      return { messages, next }
    }),
})

const bytesToSend = async (
  { topic, value, typed }: BusMessage,
  formats: Formats,
): Promise<Uint8Array | null> => {
  if (value === null || !typed) return value
  return formats.encodeText(topic, value)
}

const refuseTopic = (topic: string): void => {
  const problem = topicProblem(topic)
  if (problem !== undefined)
    throw new SvcMockError('FLAG_INVALID', `${JSON.stringify(topic)} is no topic: ${problem}`)
}

const noTopic = (topic: string, others: readonly string[]): SvcMockError =>
  new SvcMockError('FLAG_INVALID', `there is no topic ${topic}`, {
    hint: others.length === 0 ? 'there is none at all yet' : `topics: ${others.toSorted().join(', ')}`,
  })

/** What went wrong at the broker, as an error of the service. */
const told = async <T>({ name }: ServiceEntry, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SvcMockError) throw error
    if (error instanceof FormatError) throw new SvcMockError('FLAG_INVALID', error.message, { cause: error })
    throw new SvcMockError('UPSTREAM_UNREACHABLE', `${name}: ${(error as Error).message}`, {
      cause: error,
      hint: 'check the upstream of the service in svc-mock.yaml, and sasl if its brokers want it',
    })
  }
}
