/** The embedded Kafka broker behind a service's port: records that kafkajs produces and consumes in batches of 100. */
import { Kafka, logLevel } from 'kafkajs'
import { consume, perBatch, produce } from '../lib/kafkajs.ts'
import { startProxy } from '../lib/processes.ts'
import { median } from '../lib/ratio.ts'
import { floorRow, type Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const rounds = 3
const records = 200_000
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
      const load = { topic, partitions, records, size: 100 }
      produced.push(await produce(kafka, load))
      consumed.push(await consume(kafka, load, topic))
    }
    const what = `Kafka, embedded: records of 100 bytes in batches of ${perBatch}`
    return [
      floorRow(`${what}, produced by kafkajs`, median(produced) / 1_000, 'k/s', budget / 1_000),
      floorRow(`${what}, consumed by kafkajs`, median(consumed) / 1_000, 'k/s', budget / 1_000),
    ]
  } finally {
    await proxy.stop()
  }
}
