/**
 * Nothing lost, nothing doubled, nothing foreign: random producers and consumers of three tenants and the baseline, on topics of every mode, while connections are cut,
 * members come and go, and svc-mock is restarted. What is in the topics in the end, read without a proxy, says who must have got what; and a right
 * reading of all bytes that consumers were sent says the same, whatever their client makes of them.
 * SVC_MOCK_SEED decides otherwise, SVC_MOCK_RECORDS sends more, SVC_MOCK_LONG=1 a million; then it says what it did.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Consumer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readClaims } from '../../../src/protocols/kafka/groups/claims.ts'
import { ClusterClient } from '../../../src/protocols/kafka/groups/cluster-client.ts'
import { type SomeKafka, someKafka, startMs } from '../../support/kafka.ts'
import { kafkaJs } from '../../support/kafka-clients.ts'
import { Connections, type Kind, member, Sender, type Sent } from '../../support/kafka-soak/clients.ts'
import { Deliveries } from '../../support/kafka-soak/deliveries.ts'
import { Lots } from '../../support/kafka-soak/lots.ts'
import { RightReading } from '../../support/kafka-soak/right-reading.ts'
import { type LogRecord, readTopic } from '../../support/kafka-soak/truth.ts'
import { proxy } from '../../support/proxy.ts'
import { freePort } from '../../support/redis.ts'

const long = process.env['SVC_MOCK_LONG'] === '1'
const told = ['SVC_MOCK_LONG', 'SVC_MOCK_SEED', 'SVC_MOCK_RECORDS'].some(
  (name) => process.env[name] !== undefined,
)
const total = Number(process.env['SVC_MOCK_RECORDS'] ?? (long ? 1_000_000 : 4_000))
const largestBatch = total > 100_000 ? 400 : 40
const seed = Number(process.env['SVC_MOCK_SEED'] ?? 1)
const tenants = ['alice', 'bob', 'carol'] as const
const everybody = ['base', ...tenants] as const
type Who = (typeof everybody)[number]
const kinds: readonly Kind[] = ['plain', 'idempotent', 'transactional']
const senders = everybody.length * kinds.length
/** A cluster may know earlier runs. */
const run = randomUUID().slice(0, 8)
const group = `soak-${run}`
const topics = ['mirror', 'held', 'open', 'own'].map((mode) => `${mode}.${run}`)
const partitions = 3
const policies =
  "{ 'mirror.*': { start: earliest }, 'held.*': { lane: guarded }, 'open.*': { alsoUntagged: true, start: earliest }, 'own.*': { lane: private } }"
/** Cuts, comings and goings in one run, and how many of these are restarts. */
const troubles = Math.max(12, Math.min(120, Math.round(total / 1_000)))
const perRestart = total > 100_000 ? 12 : 5
/** Nothing came for so long, and something is missing. */
const patienceMs = 20_000

const nameOf = (topic: string, who: Who): string =>
  topic.startsWith('own.') && who !== 'base' ? `svcm.${who}.${topic}` : topic

class Soak {
  readonly connections = new Connections()
  readonly lots = new Lots(seed)
  readonly deliveries = new Map<Who, Deliveries>(everybody.map((who) => [who, new Deliveries()]))
  readonly readings = new Map<Who, RightReading>(everybody.map((who) => [who, new RightReading()]))
  readonly sent: { who: Who; topic: string; sent: Sent }[] = []
  readonly notices: string[] = []
  readonly done = { restarts: 0, joins: 0, leaves: 0, cuts: 0, givenUp: 0 }
  private readonly members = new Map<Who, Consumer[]>(everybody.map((who) => [who, []]))
  private readonly ports = new Map<Who, number>()
  private readonly direct: number
  private running: Awaited<ReturnType<typeof proxy>> | undefined
  private count = 0
  private numbers = 0
  /** Members instead of those that have given up. */
  private replacing: Promise<unknown> = Promise.resolve()
  private wake = Promise.withResolvers<void>()

  /** `direct`: a port of the broker without any lane. */
  constructor(direct: number) {
    this.direct = direct
  }

  readonly stir = (): void => {
    this.wake.resolve()
    this.wake = Promise.withResolvers()
  }

  async begin(): Promise<void> {
    for (const who of everybody) this.ports.set(who, await freePort())
    await this.start()
    const admin = kafkaJs(this.direct).admin()
    await admin.connect()
    const names = new Set(topics.flatMap((topic) => everybody.map((who) => nameOf(topic, who))))
    await admin.createTopics({
      topics: [...names].map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
      waitForLeaders: true,
    })
    await admin.disconnect()
  }

  private async start(): Promise<void> {
    const services = everybody.map(
      (who) =>
        `  ${who}: { protocol: kafka, listen: 127.0.0.1:${this.ports.get(who)}, upstream: '127.0.0.1:${this.direct}', topics: ${policies}${who === 'base' ? '' : `, tenant: ${who}`} }\n`,
    )
    this.running = await proxy({ 'svc-mock.yaml': `services:\n${services.join('')}` })
  }

  async restart(): Promise<void> {
    this.done.restarts++
    this.notices.push(...this.running!.notices)
    await this.running!.running.close(0)
    await this.start()
  }

  async join(who: Who): Promise<void> {
    this.done.joins++
    const reading = this.readings.get(who)!
    for (let one: Consumer | undefined; one === undefined; ) {
      one = await member({
        // A guard tells groups apart by it.
        kafka: this.connections.kafka(`soak-${who}`, this.ports.get(who)!, reading),
        groupId: group,
        topics,
        who,
        deliveries: this.deliveries.get(who)!,
        reading,
        came: this.stir,
        gaveUp: (consumer) => this.replace(who, consumer),
      })
      if (one !== undefined) this.members.get(who)!.push(one)
    }
  }

  private replace(who: Who, consumer: Consumer): void {
    const left = this.members.get(who)!
    if (!left.includes(consumer)) return
    this.members.set(
      who,
      left.filter((one) => one !== consumer),
    )
    this.done.givenUp++
    this.replacing = Promise.all([this.replacing, this.join(who)])
  }

  async leave(who: Who): Promise<void> {
    this.done.leaves++
    const [first, ...rest] = this.members.get(who)!
    this.members.set(who, rest)
    await first?.disconnect()
  }

  membersOf(who: Who): number {
    return this.members.get(who)!.length
  }

  /** Sends its part of `total`. `number`: of the sender, from 0. */
  async produce(number: number): Promise<void> {
    const who = everybody[number % everybody.length]!
    const kind = kinds[Math.floor(number / everybody.length)]!
    const lots = new Lots(seed * senders + number)
    const name = `${who}-${kind}`
    const sender = new Sender(() => this.connections.kafka(name, this.ports.get(who)!), name, kind)
    for (let left = Math.ceil(total / senders); left > 0; ) {
      const topic = lots.pick(topics)
      const ids = Array.from({ length: 1 + lots.below(largestBatch) }, () => `${name}-${this.numbers++}`)
      this.count += ids.length
      left -= ids.length
      const abort = kind === 'transactional' && lots.below(3) === 0
      const sent = await sender.send(topic, lots.below(partitions), ids, lots.below(5), abort)
      this.sent.push({ who, topic, sent })
      this.stir()
    }
    await sender.close()
  }

  async until(count: number): Promise<void> {
    while (this.count < count) await this.wake.promise
  }

  async trouble(number: number): Promise<void> {
    if (number % perRestart === 0) return this.restart()
    const who = this.lots.pick(everybody)
    const what = this.lots.below(4)
    if (what === 0 && this.membersOf(who) > 1) return this.leave(who)
    if (what === 1 && this.membersOf(who) < 3) return this.join(who)
    this.done.cuts++
    this.connections.cut(this.lots)
  }

  /** What is in all topics. */
  async truth(): Promise<LogRecord[]> {
    const names = new Set(topics.flatMap((topic) => everybody.map((who) => nameOf(topic, who))))
    const found = await Promise.all([...names].map((name) => readTopic(this.direct, name, partitions)))
    return found.flat()
  }

  /** By tenant and place: from where on it has what is its. */
  async claims(): Promise<(tenant: string, record: LogRecord) => boolean> {
    const client = new ClusterClient(
      async (broker) => {
        const socket = connect(broker?.port ?? this.direct, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      },
      undefined,
      undefined,
    )
    const found = new Map<string, Awaited<ReturnType<typeof readClaims>>>()
    for (const tenant of tenants) found.set(tenant, await readClaims(client, `${group}.svcm-${tenant}`))
    client.close()
    return (tenant, { topic, partition, offset }) => {
      const claim = found.get(tenant)!.get(`${topic}\0${partition}`)
      if (claim === undefined)
        throw new Error(`${tenant} has not claimed ${topic}/${partition}\n${this.told().join('\n')}`)
      return offset >= Number(claim.offset)
    }
  }

  private told(): readonly string[] {
    const mistakes = everybody.flatMap((who) => this.deliveries.get(who)!.mistakes)
    return [...this.notices, ...this.running!.notices, ...mistakes]
  }

  /** Waits for what must come. */
  async drain(wanted: ReadonlyMap<Who, readonly LogRecord[]>): Promise<void> {
    let missing = everybody.flatMap((who) => wanted.get(who)!.map((record) => ({ who, record })))
    const look = (): void => {
      missing = missing.filter(({ who, record }) => this.times(who, record) === 0)
    }
    for (look(); missing.length > 0; look()) {
      const { promise, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `${missing.length} missing: ${JSON.stringify(missing.slice(0, 5))}\n${this.told().join('\n')}`,
            ),
          ),
        patienceMs,
      )
      await Promise.race([this.wake.promise, promise])
      clearTimeout(timer)
    }
  }

  /** By the consumer's own name of the topic. */
  times(who: Who, { topic, partition, offset }: LogRecord): number {
    const own = topic.replace(`svcm.${who}.`, '')
    return this.deliveries.get(who)!.times(own, partition, offset)
  }

  async end(): Promise<void> {
    await this.replacing
    for (const who of everybody) while (this.membersOf(who) > 0) await this.leave(who)
    this.notices.push(...this.running!.notices)
  }
}

/** Who must get a record, by the mode of its topic. */
const gets = (who: Who, record: LogRecord, claimed: (tenant: string, one: LogRecord) => boolean): boolean => {
  const { topic, tag } = record
  if (topic.startsWith('svcm.')) return topic.startsWith(`svcm.${who}.`)
  if (topic.startsWith('own.')) return who === 'base'
  if (topic.startsWith('held.')) {
    const hers = tag !== undefined && claimed(tag, record)
    return who === 'base' ? !hers : tag === who && hers
  }
  return who === 'base' || tag === who || (tag === undefined && topic.startsWith('open.'))
}

const soakIn = async (direct: number): Promise<void> => {
  const soak = new Soak(direct)
  onTestFinished(() => soak.end())
  await soak.begin()
  await Promise.all((['base', 'alice', 'carol'] as const).map((who) => soak.join(who)))
  const producing = Promise.all(Array.from({ length: senders }, (_none, number) => soak.produce(number)))
  const troubling = (async () => {
    for (let number = 1; number <= troubles; number++) {
      await soak.until((total * number) / (troubles + 1))
      // One that comes late: what was held for nobody before is the baseline's.
      if (number === Math.floor(troubles / 3)) await soak.join('bob')
      await soak.trouble(number)
    }
  })()
  await Promise.all([producing, troubling])
  const truth = await soak.truth()
  const claimed = await soak.claims()
  const wanted = new Map(
    everybody.map((who) => [who, truth.filter((record) => gets(who, record, claimed))] as const),
  )
  await soak.drain(wanted)

  // What was produced is there, once where the broker can see to it, with the tag of whoever produced it.
  const times = new Map<string, number>()
  for (const { id } of truth) times.set(id, (times.get(id) ?? 0) + 1)
  const wrong: string[] = []
  for (const { sent } of soak.sent)
    for (const id of sent.ids) {
      const found = times.get(id) ?? 0
      const fits =
        sent.outcome === 'unknown' ||
        (sent.outcome === 'aborted' ? found === 0 : sent.once ? found === 1 : found >= 1)
      if (!fits) wrong.push(`${id} ${sent.outcome}: ${found} times`)
    }
  for (const record of truth) {
    const [producer] = record.id.split('-')
    const tagged = record.topic.includes('own.') || producer === 'base' ? undefined : producer
    if (record.tag !== tagged) wrong.push(`${record.id} has the tag ${record.tag}`)
  }
  expect(wrong).toEqual([])

  await soak.end()
  expect(soak.notices).toEqual([])
  // And who consumed has got that and nothing else.
  for (const who of everybody) {
    const deliveries = soak.deliveries.get(who)!
    const own = ({ topic, partition, offset }: LogRecord): string =>
      `${topic.replace(`svcm.${who}.`, '')}/${partition} ${offset}`
    const known = new Map(truth.map((record) => [own(record), record]))
    const others = deliveries.others(new Set(wanted.get(who)!.map(own))).map((place) => {
      const record = known.get(place)
      return `${place}: ${record === undefined ? 'no record, or an aborted one' : `${record.id}, tag ${record.tag}`}`
    })
    const reading = soak.readings.get(who)!
    const mine = new Set(wanted.get(who)!.map(own))
    const foreign = [...reading.committed()]
      .filter((place) => !mine.has(place))
      .map((place) => `${place} was sent`)
    expect([who, others, foreign, [...deliveries.mistakes, ...reading.mistakes]]).toEqual([who, [], [], []])
  }
  if (told) {
    const count = (of: (sent: Sent) => boolean): number =>
      soak.sent.filter(({ sent }) => of(sent)).reduce((sum, { sent }) => sum + sent.ids.length, 0)
    const got = everybody.map((who) => {
      const { total, distinct } = soak.deliveries.get(who)!
      return `${who} ${distinct} (${total - distinct} again, ${soak.readings.get(who)!.letThrough} aborted ones by kafkajs)`
    })
    process.stderr.write(
      `records in the topics: ${truth.length}; acknowledged ${count(({ outcome }) => outcome === 'acknowledged')}, aborted ${count(({ outcome }) => outcome === 'aborted')}, unknown ${count(({ outcome }) => outcome === 'unknown')}; consumed: ${got.join(', ')}; ${JSON.stringify(soak.done)}\n`,
    )
  }
}

const timeout = total > 10_000 ? 3_600_000 : 120_000
const start = someKafka()

describe.skipIf(start === undefined)('tenants of a real Kafka in trouble', () => {
  let broker: SomeKafka

  beforeAll(async () => {
    broker = await start!()
  }, startMs)
  afterAll(() => broker.stop())

  it('get exactly what is theirs', { timeout }, () => soakIn(broker.port))
})

describe('tenants of an embedded broker in trouble', () => {
  it('get exactly what is theirs', { timeout }, async () => {
    const embedded = await proxy({
      'svc-mock.yaml': 'services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    })
    await soakIn(embedded.ownPort('bus'))
  })
})
