/** Clients of Kafka for tests, which end with the test; and a topic of the test's own. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { expect, onTestFinished } from 'vitest'
import { ClusterClient } from '../../src/protocols/kafka/groups/cluster-client.ts'

export const kafkaJs = (port: number, more: object = {}): Kafka =>
  new Kafka({
    clientId: 'test',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 20 },
    ...more,
  })

export const producer = async (kafka: Kafka, options: object = {}): Promise<Producer> => {
  const made = kafka.producer({ allowAutoTopicCreation: false, ...options })
  await made.connect()
  onTestFinished(() => made.disconnect())
  return made
}

/** A topic that nobody else has, made at the real broker. */
export const newTopic = async (port: number, numPartitions = 1, prefix = 'orders'): Promise<string> => {
  const topic = `${prefix}.${randomUUID().slice(0, 8)}`
  const admin = kafkaJs(port).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true })
  await admin.disconnect()
  return topic
}

/** Commits an offset of partition 0 at the real broker, for a group without members, by its name there. */
export const commitAt = async (
  port: number,
  group: string,
  topic: string,
  offset: bigint,
  metadata = '',
): Promise<void> => {
  const client = new ClusterClient(
    async (broker) => {
      const socket = connect(broker?.port ?? port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    undefined,
    undefined,
  )
  expect(await client.commit(group, [{ topic, partition: 0, offset }], metadata)).toBe(0)
  client.close()
}

export interface Reading {
  readonly consumer: Consumer
  /** Values that came, in their order. */
  readonly values: string[]
  /** Fetch responses that came. */
  fetches(): number
  /** Resolves when so many values are there. */
  until(count: number): Promise<string[]>
}

/** In a group, from the beginning unless `options` say otherwise. Resolves when it has its partitions. */
export const reading = async (
  kafka: Kafka,
  topic: string,
  groupId: string,
  {
    fromBeginning = true,
    autoCommit = true,
    ...options
  }: {
    fromBeginning?: boolean
    autoCommit?: boolean
  } & Record<string, unknown> = {},
): Promise<Reading> => {
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 200,
    heartbeatInterval: 300,
    rebalanceTimeout: 2_000,
    sessionTimeout: 6_000,
    ...options,
  })
  const values: string[] = []
  let fetches = 0
  let changed = Promise.withResolvers<void>()
  const joined = Promise.withResolvers<void>()
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve())
  consumer.on(consumer.events.FETCH, () => {
    fetches++
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    // What it can recover from it tries again by itself.
    if (!payload.restart) joined.reject(payload.error)
  })
  await consumer.connect()
  onTestFinished(() => consumer.disconnect())
  await consumer.subscribe({ topic, fromBeginning })
  await consumer.run({
    autoCommit,
    eachMessage: async ({ message }) => {
      values.push(message.value?.toString() ?? 'null')
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  await joined.promise
  return {
    consumer,
    values,
    fetches: () => fetches,
    until: async (count) => {
      while (values.length < count) await changed.promise
      return values
    },
  }
}
