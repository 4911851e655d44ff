/** The embedded Kafka broker behind a service's port: records that kafkajs produces and consumes in batches of 100. */
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { startProxy } from '../lib/processes.ts'
import { median } from '../lib/ratio.ts'
import { floorRow, type Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const rounds = 3
const records = 200_000
const batch = 100
const partitions = 4
/** Records a second, each way; the client shares the machine. */
const budget = 100_000

export const embeddedKafka = async (): Promise<Row[]> => {
  const proxy = await startProxy(
    workspace({
      'svc-mock.yaml': 'services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    }),
    '--quiet',
  )
  try {
    const services = proxy.ready['services'] as readonly { readonly listen: string }[]
    const kafka = new Kafka({ brokers: [services[0]!.listen], logLevel: logLevel.ERROR })
    const produced: number[] = []
    const consumed: number[] = []
    for (let round = 0; round < rounds; round++) {
      const topic = `orders-${round}`
      const admin = kafka.admin()
      await admin.connect()
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
      await admin.disconnect()
      produced.push(await produce(kafka, topic))
      consumed.push(await consume(kafka, topic))
    }
    const what = `Kafka, embedded: records of 100 bytes in batches of ${batch}`
    return [
      floorRow(`${what}, produced by kafkajs`, median(produced) / 1_000, 'k/s', budget / 1_000),
      floorRow(`${what}, consumed by kafkajs`, median(consumed) / 1_000, 'k/s', budget / 1_000),
    ]
  } finally {
    await proxy.stop()
  }
}

/** Records a second. */
const produce = async (kafka: Kafka, topic: string): Promise<number> => {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const value = Buffer.alloc(100, 'x')
  const started = performance.now()
  await Promise.all(
    Array.from({ length: partitions }, async (_none, partition) => {
      const messages = Array.from({ length: batch }, () => ({ value, partition }))
      for (let sent = 0; sent < records / partitions; sent += batch) await producer.send({ topic, messages })
    }),
  )
  const seconds = (performance.now() - started) / 1_000
  await producer.disconnect()
  return records / seconds
}

/** Records a second, from the first that comes. */
const consume = async (kafka: Kafka, topic: string): Promise<number> => {
  const consumer = kafka.consumer({ groupId: topic })
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
