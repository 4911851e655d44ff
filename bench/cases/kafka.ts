/** Kafka through the proxy, against the same broker without it; and what a bare pipe of the same runtime leaves of that. */
import { Kafka, logLevel } from 'kafkajs'
import { kafkaJars, startKafka } from '../../test/support/kafka.ts'
import { batchOf, KafkaClient } from '../lib/kafka-client.ts'
import { consume, produce } from '../lib/kafkajs.ts'
import { type Server, start, startProxy } from '../lib/processes.ts'
import { ratio } from '../lib/ratio.ts'
import { limitRow, noteRow, type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import type { Ratio } from '../lib/wrk.ts'

const rounds = 5
const perBatch = 100
/** In one turn. */
const batches = 200
const turns = 8

export const kafka = async (): Promise<Row[]> => {
  const jars = kafkaJars()
  if (jars === undefined) return []
  const broker = await startKafka(jars)
  const upstream = `127.0.0.1:${broker.port}`
  const plain = await startProxy(space(upstream), '--quiet')
  const tenant = await startProxy(space(upstream, 'tenant: alice\n'), '--quiet')
  const pipe = await start(['bench/lib/bare-pipe.ts', String(broker.port)])
  try {
    return [
      ...(await batched({
        direct: broker.port,
        pipe: Number(pipe.address.split(':').at(-1)),
        plain: portOf(plain),
        tenant: portOf(tenant),
      })),
      ...(await byKafkajs(broker.port, portOf(plain))),
      await latency(broker.port, portOf(plain)),
    ]
  } finally {
    await Promise.all([plain.stop(), tenant.stop(), pipe.stop()])
    await broker.stop()
  }
}

const space = (upstream: string, more = ''): string =>
  workspace({
    'svc-mock.yaml': `${more}services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${upstream}' }\n`,
  })

/** Ports. */
type Ways = Readonly<Record<Way, number>>

interface Round {
  /** Records a second. */
  readonly produced: Readonly<Record<Way, number>>
  readonly consumed: Readonly<Record<Way, number>>
  readonly requests: Readonly<Record<Way, number>>
}

const batched = async (ways: Ways): Promise<Row[]> => {
  const found: Round[] = []
  // The first warms everything up, the broker above all.
  for (let round = 0; round <= rounds; round++) {
    const one = await inTurns(`bench-${round}`, ways)
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
    noteRow(
      'Kafka: the same through a bare pipe, against the broker itself',
      of(({ produced }) => [produced.pipe, produced.direct]),
    ),
    ratioRow(
      'Kafka: consume them, against the broker itself',
      of(({ consumed }) => [consumed.plain, consumed.direct]),
      0.8,
    ),
    noteRow(
      'Kafka: the same through a bare pipe, against the broker itself',
      of(({ consumed }) => [consumed.pipe, consumed.direct]),
    ),
    ratioRow(
      'Kafka: produce with the tag of a tenant, against the broker itself',
      of(({ produced }) => [produced.tenant, produced.direct]),
      0.5,
    ),
    ratioRow(
      "Kafka: consume where 1 % of the records are the tenant's, against reading all from the broker",
      of(({ consumed }) => [consumed.tenant, consumed.direct]),
      0.5,
    ),
    limitRow('Kafka: fetches that this took more than reading all', surplus(fewer), 'fetches', 0),
  ]
}

const surplus = ({ requests }: Round): number => Math.max(0, requests.tenant - requests.direct)

/** All ways take turns, a tenth of a second each, so that a busy machine meets all of them. */
const inTurns = async (name: string, ways: Ways): Promise<Round> => {
  const clients = {
    direct: await KafkaClient.connect(ways.direct),
    pipe: await KafkaClient.connect(ways.pipe),
    plain: await KafkaClient.connect(ways.plain),
    tenant: await KafkaClient.connect(ways.tenant),
  }
  const { direct } = clients
  const batch = batchOf(perBatch)
  for (const way of names) {
    await direct.createTopic(`${name}-${way}`)
    await clients[way].produce(`${name}-${way}`, batch, 10)
  }
  const produced = await rates((way) => clients[way].produce(`${name}-${way}`, batch, batches))
  const mixed = `${name}-mixed`
  await direct.createTopic(mixed)
  const tag = Buffer.from('alice')
  const tagged = batchOf(perBatch, (place) => [['svcm-tenant', place === 50 ? tag : Buffer.from('bob')]])
  await direct.produce(mixed, tagged, batches)
  const requests = { direct: 0, pipe: 0, plain: 0, tenant: 0 }
  const consumed = await rates(async (way) => {
    const fetched = await clients[way].consume(mixed, BigInt(batches * perBatch))
    const wanted = way === 'tenant' ? batches : batches * perBatch
    if (fetched.records !== wanted) throw new Error(`${way} got ${fetched.records} records, not ${wanted}`)
    requests[way] += fetched.requests
  })
  for (const client of Object.values(clients)) client.close()
  return { produced, consumed, requests }
}

const names = ['direct', 'pipe', 'plain', 'tenant'] as const
type Way = (typeof names)[number]

const rates = async (work: (way: Way) => Promise<unknown>): Promise<Record<Way, number>> => {
  const took = { direct: 0, pipe: 0, plain: 0, tenant: 0 }
  for (let turn = 0; turn < turns; turn++) {
    for (const way of names) {
      const begin = performance.now()
      await work(way)
      took[way] += performance.now() - begin
    }
  }
  const records = turns * batches * perBatch
  return {
    direct: records / (took.direct / 1000),
    pipe: records / (took.pipe / 1000),
    plain: records / (took.plain / 1000),
    tenant: records / (took.tenant / 1000),
  }
}

/** The same as a service of Node has it, whose client takes most of the time itself. Each way reads what both have written, in turns. */
const byKafkajs = async (direct: number, plain: number): Promise<Row[]> => {
  const at = (port: number): Kafka =>
    new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
  const [base, own] = [at(direct), at(plain)]
  const load = { partitions: 4, records: 200_000, size: 1_000 }
  const produced: [number, number][] = []
  const consumed: [number, number][] = []
  for (let round = 0; round <= rounds; round++) {
    const topics = [`kafkajs-direct-${round}`, `kafkajs-plain-${round}`] as const
    await create(base, topics, load.partitions)
    const wrote = await produce(base, { ...load, topic: topics[0] })
    const pair: [number, number] = [await produce(own, { ...load, topic: topics[1] }), wrote]
    const took = { base: 0, own: 0 }
    for (const topic of topics) {
      took.base += 1 / (await consume(base, { ...load, topic }, `${topic}-direct`))
      took.own += 1 / (await consume(own, { ...load, topic }, `${topic}-plain`))
    }
    // The first warms everything up.
    if (round === 0) continue
    produced.push(pair)
    consumed.push([topics.length / took.own, topics.length / took.base])
  }
  const what = 'Kafka: 1 kB in batches of 100 by kafkajs'
  return [
    ratioRow(`${what}, produced, against the broker itself`, ratio(produced), 0.8),
    ratioRow(`${what}, consumed, against the broker itself`, ratio(consumed), 0.8),
  ]
}

const create = async (kafka: Kafka, names: readonly string[], numPartitions: number): Promise<void> => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: names.map((topic) => ({ topic, numPartitions })),
    waitForLeaders: true,
  })
  await admin.disconnect()
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
