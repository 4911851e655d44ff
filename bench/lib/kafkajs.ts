/** What kafkajs, the client of most Node services, produces and consumes in batches of 100. */
import { type Kafka, Partitioners } from 'kafkajs'

export interface KafkajsLoad {
  readonly topic: string
  readonly partitions: number
  readonly records: number
  /** Bytes of a value. */
  readonly size: number
}

export const perBatch = 100

/** Records a second; one request of each partition is on its way at once. */
export const produce = async (
  kafka: Kafka,
  { topic, partitions, records, size }: KafkajsLoad,
): Promise<number> => {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const value = Buffer.alloc(size, 'x')
  const started = performance.now()
  await Promise.all(
    Array.from({ length: partitions }, async (_none, partition) => {
      const messages = Array.from({ length: perBatch }, () => ({ value, partition }))
      for (let sent = 0; sent < records / partitions; sent += perBatch)
        await producer.send({ topic, messages })
    }),
  )
  const seconds = (performance.now() - started) / 1_000
  await producer.disconnect()
  return records / seconds
}

/** Records a second, from the first that comes. `groupId`: a new one. */
export const consume = async (
  kafka: Kafka,
  { topic, records }: KafkajsLoad,
  groupId: string,
): Promise<number> => {
  const consumer = kafka.consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let count = 0
  let started: number | undefined
  const all = Promise.withResolvers<void>()
  await consumer.run({
    eachBatch: async ({ batch: { messages } }) => {
      started ??= performance.now()
      count += messages.length
      if (count >= records) all.resolve()
    },
  })
  await all.promise
  const seconds = (performance.now() - started!) / 1_000
  await consumer.disconnect()
  return records / seconds
}
