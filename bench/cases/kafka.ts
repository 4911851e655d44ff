/** Kafka through the proxy, against the same broker without it. */
import { kafkaJars, startKafka } from '../../test/support/kafka.ts'
import { batchOf, KafkaClient } from '../lib/kafka-client.ts'
import { type Server, startProxy } from '../lib/processes.ts'
import { ratio } from '../lib/ratio.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import type { Ratio } from '../lib/wrk.ts'

const rounds = 5
const perBatch = 100
const batches = 400

export const kafka = async (): Promise<Row[]> => {
  const jars = kafkaJars()
  if (jars === undefined) return []
  const broker = await startKafka(jars)
  const upstream = `127.0.0.1:${broker.port}`
  const plain = await startProxy(space(upstream), '--quiet')
  const tenant = await startProxy(space(upstream, 'tenant: alice\n'), '--quiet')
  try {
    return [
      ...(await batched(broker.port, portOf(plain), portOf(tenant))),
      await latency(broker.port, portOf(plain)),
    ]
  } finally {
    await Promise.all([plain.stop(), tenant.stop()])
    await broker.stop()
  }
}

const space = (upstream: string, more = ''): string =>
  workspace({
    'svc-mock.yaml': `${more}services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${upstream}' }\n`,
  })

interface Round {
  readonly produced: { readonly direct: number; readonly plain: number; readonly tagged: number }
  readonly consumed: { readonly direct: number; readonly plain: number; readonly filtered: number }
  readonly requests: { readonly direct: number; readonly filtered: number }
}

const batched = async (direct: number, plain: number, tenant: number): Promise<Row[]> => {
  const found: Round[] = []
  // The first warms everything up, the broker above all.
  for (let round = 0; round <= rounds; round++) {
    const one = await inTurns(`bench-${round}`, direct, plain, tenant)
    if (round > 0) found.push(one)
  }
  const of = (pair: (round: Round) => readonly [number, number]): Ratio => ratio(found.map(pair))
  const fewer = [...found].sort((a, b) => surplus(a) - surplus(b))[Math.floor(found.length / 2)]!
  return [
    ratioRow(
      'Kafka: produce 1 kB in batches of 100, against the broker itself',
      of(({ produced }) => [produced.plain, produced.direct]),
      0.8,
    ),
    ratioRow(
      'Kafka: consume them, against the broker itself',
      of(({ consumed }) => [consumed.plain, consumed.direct]),
      0.8,
    ),
    ratioRow(
      'Kafka: produce with the tag of a tenant, against the broker itself',
      of(({ produced }) => [produced.tagged, produced.direct]),
      0.5,
    ),
    ratioRow(
      "Kafka: consume where 1 % of the records are the tenant's, against reading all from the broker",
      of(({ consumed }) => [consumed.filtered, consumed.direct]),
      0.5,
    ),
    limitRow('Kafka: fetches that this took more than reading all', surplus(fewer), 'fetches', 0),
  ]
}

const surplus = ({ requests }: Round): number => Math.max(0, requests.filtered - requests.direct)

const inTurns = async (name: string, direct: number, plain: number, tenant: number): Promise<Round> => {
  const clients = {
    direct: await KafkaClient.connect(direct),
    plain: await KafkaClient.connect(plain),
    tenant: await KafkaClient.connect(tenant),
  }
  const all = batches * perBatch
  const batch = batchOf(perBatch)
  const produce = async (client: KafkaClient, topic: string): Promise<number> => {
    await clients.direct.createTopic(topic)
    await client.produce(topic, batch, 10)
    return perSecond(all, () => client.produce(topic, batch, batches))
  }
  const produced = {
    direct: await produce(clients.direct, `${name}-direct`),
    plain: await produce(clients.plain, `${name}-plain`),
    tagged: await produce(clients.tenant, `${name}-tagged`),
  }
  const mixed = `${name}-mixed`
  await clients.direct.createTopic(mixed)
  const tag = Buffer.from('alice')
  await clients.direct.produce(
    mixed,
    batchOf(perBatch, (place) => [['svcm-tenant', place === 50 ? tag : Buffer.from('bob')]]),
    batches,
  )
  const requests = { direct: 0, plain: 0, tenant: 0 }
  const consume = async (who: keyof typeof clients, wanted: number): Promise<number> =>
    perSecond(all, async () => {
      const fetched = await clients[who].consume(mixed, BigInt(all))
      if (fetched.records !== wanted) throw new Error(`${who} got ${fetched.records} records, not ${wanted}`)
      requests[who] = fetched.requests
    })
  await clients.direct.consume(mixed, BigInt(all))
  const consumed = {
    direct: await consume('direct', all),
    plain: await consume('plain', all),
    filtered: await consume('tenant', batches),
  }
  for (const client of Object.values(clients)) client.close()
  return { produced, consumed, requests: { direct: requests.direct, filtered: requests.tenant } }
}

const perSecond = async (records: number, work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now()
  await work()
  return records / ((performance.now() - begin) / 1000)
}

const steadyRate = 1_000
const steadySeconds = 5

/** From sending a record to having it, both through the proxy; what the proxy adds to the 99th percentile. */
const latency = async (direct: number, plain: number): Promise<Row> => {
  const grown: number[] = []
  await endToEnd('bench-warm', direct)
  await endToEnd('bench-warm-too', plain)
  for (let round = 0; round < 3; round++) {
    const base = await endToEnd(`bench-steady-${round}`, direct)
    grown.push((await endToEnd(`bench-steady-through-${round}`, plain)) - base)
  }
  grown.sort((a, b) => a - b)
  return limitRow(
    'Kafka: 1,000 records/s, from producer to consumer: p99 grows by',
    Math.max(0, grown[1]!),
    'ms',
    3,
  )
}

/** Milliseconds, the 99th percentile. */
const endToEnd = async (topic: string, port: number): Promise<number> => {
  const [producer, consumer] = [await KafkaClient.connect(port), await KafkaClient.connect(port)]
  await producer.createTopic(topic)
  const single = batchOf(1)
  await producer.produce(topic, single, 1)
  const total = steadyRate * steadySeconds
  const sentAt: number[] = []
  const took: number[] = []
  const read = async (): Promise<void> => {
    let offset = 1n
    while (offset <= BigInt(total)) {
      const fetched = await consumer.fetch(topic, offset)
      const now = performance.now()
      for (const { baseOffset, lastOffset } of fetched) {
        for (let at = baseOffset; at <= lastOffset; at++) took.push(now - sentAt[Number(at) - 1]!)
        offset = lastOffset + 1n
      }
    }
  }
  const write = (): Promise<void> =>
    new Promise((resolve) => {
      const begin = performance.now()
      const timer = setInterval(() => {
        const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * steadyRate))
        while (sentAt.length < due) {
          sentAt.push(performance.now())
          void producer.produce(topic, single, 1)
        }
        if (sentAt.length < total) return
        clearInterval(timer)
        resolve()
      }, 1)
    })
  await Promise.all([write(), read()])
  producer.close()
  consumer.close()
  took.sort((a, b) => a - b)
  return took[Math.floor(took.length * 0.99)]!
}

const portOf = ({ ready }: Server): number => {
  const services = ready['services'] as readonly { readonly listen: string }[]
  return Number(services[0]!.listen.split(':').at(-1))
}
