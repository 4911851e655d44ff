/** A proxy before a broker in memory, with mocks of messages, and a kafkajs client on each side. */
import type { Kafka, KafkaMessage, Producer } from 'kafkajs'
import { onTestFinished } from 'vitest'
import { embeddedBroker } from './embedded-broker.ts'
import { kafkaJs, producer } from './kafka-clients.ts'
import { proxy, type TestProxy, type TestProxyOptions } from './proxy.ts'

export interface MessageProxy extends TestProxy {
  /** Through the proxy, as the service under test has it. */
  readonly kafka: Kafka
  /** Straight to the broker, if it has a port of its own. */
  readonly direct: Kafka
  readonly producer: Producer
}

/** `mocks`: the list under `mocks:`; `settings`: more of the service in svc-mock.yaml, `, topics: …`. */
export const messageProxy = async (
  mocks: string,
  {
    upstream = 'embedded',
    settings = '',
    head = '',
    files = {},
    ...options
  }: {
    readonly upstream?: 'embedded' | 'broker'
    readonly settings?: string
    readonly head?: string
    readonly files?: Readonly<Record<string, string>>
  } & TestProxyOptions = {},
): Promise<MessageProxy> => {
  const broker = upstream === 'broker' ? await embeddedBroker() : undefined
  const started = await proxy(
    {
      'svc-mock.yaml': `${head}services:
  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: ${broker === undefined ? 'embedded' : `'127.0.0.1:${broker.port}'`}${settings} }
`,
      'mocks/events/events.yaml': `service: events\nprotocol: kafka\nmocks:${mocks === '' ? ' []' : mocks}\n`,
      ...files,
    },
    options,
  )
  const kafka = kafkaJs(started.ownPort('events'))
  return {
    ...started,
    kafka,
    direct: broker === undefined ? kafka : kafkaJs(broker.port),
    producer: await producer(kafka, { allowAutoTopicCreation: true }),
  }
}

export interface Seen {
  readonly partition: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

export interface Listening {
  /** All that came, in their order. */
  readonly seen: Seen[]
  /** Resolves when so many have come. */
  until(count: number): Promise<readonly Seen[]>
  /** Before what it is connected to ends: else kafkajs tries for long. */
  leave(): Promise<void>
}

let groups = 0

/** Reads topics from their beginning. */
export const listening = async (kafka: Kafka, ...topics: readonly string[]): Promise<Listening> => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: topics.map((topic) => ({ topic })) }).catch(() => undefined)
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `listening-${++groups}`, maxWaitTimeInMs: 100 })
  const seen: Seen[] = []
  let changed = Promise.withResolvers<void>()
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      seen.push(seenOf(partition, message))
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  return {
    seen,
    leave: () => consumer.disconnect(),
    until: async (count) => {
      while (seen.length < count) await changed.promise
      return seen
    },
  }
}

const seenOf = (partition: number, { key, value, headers = {} }: KafkaMessage): Seen => ({
  partition,
  key: key?.toString() ?? null,
  value: value?.toString() ?? null,
  headers: Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, String(one)])),
})
