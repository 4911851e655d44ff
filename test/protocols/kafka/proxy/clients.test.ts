/** Every client, as a tenant and as everybody: groups, compressions, transactions, a topic full of others' records. */
import type { Transaction } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { kafkaJs, newTopic, producer } from '../../../support/kafka-clients.ts'
import { drivers } from '../../../support/kafka-drivers.ts'
import { inFrontOfEach } from '../../../support/kafka-upstreams.ts'

const numbers = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_none, i) => `${prefix}${i}`)

const all = drivers()

/** A producer whose transactions are as long as the test wants them. `tag`: whose its records say that they are. */
const lasting = async (port: number, topic: string, id: string, tag?: string) => {
  const sender = await producer(kafkaJs(port), {
    transactionalId: id,
    maxInFlightRequests: 1,
    idempotent: true,
  })
  const headers = tag === undefined ? {} : { 'svcm-tenant': tag }
  let open: Transaction | undefined
  return {
    send: async (values: readonly string[]): Promise<void> => {
      open ??= await sender.transaction()
      await open.send({ topic, messages: values.map((value) => ({ value, headers })) })
    },
    end: async (commit: boolean): Promise<void> => {
      await (commit ? open!.commit() : open!.abort())
      open = undefined
    },
  }
}

inFrontOfEach('clients', ({ start }, kind) => {
  const two = async () => {
    const started = await start({ base: '', alice: "tenant: alice, topics: { '*': { start: earliest } }" })
    return { base: started.ownPort('base'), alice: started.ownPort('alice'), notices: started.notices }
  }

  describe.each(all.map((driver) => [driver.name, driver] as const))('%s', (_name, driver) => {
    it('reads its own between those of others, which cost it no fetches', { timeout: 90_000 }, async () => {
      const { base, alice, notices } = await two()
      const topic = await newTopic(base)
      for (const prefix of ['x', 'y', 'z']) await driver.produce(base, topic, numbers(100, prefix))
      // Each compression once; the rest of the way is the same.
      const codecs = kind === 'real' ? driver.codecs : driver.codecs.slice(-1)
      for (const codec of codecs)
        await driver.produce(alice, topic, [`${codec}1`, `${codec}2`], { 'compression.type': codec })
      await driver.produce(base, topic, numbers(100, 'last'))
      const hers = codecs.flatMap((codec) => [`${codec}1`, `${codec}2`])
      const read = await driver.consume(alice, topic, 'g', hers.length)
      expect(read.values).toEqual(hers)
      expect(read.fetches ?? 0).toBeLessThan(60)
      const everything = await driver.consume(base, topic, 'g', 400 + hers.length)
      expect(everything.values).toHaveLength(400 + hers.length)
      expect(everything.values).toEqual(expect.arrayContaining(hers))
      expect(notices).toEqual([])
    })
  })

  const transactional = all.filter(({ name }) => name === 'Java' || name === 'librdkafka')
  it.each(transactional.map((driver) => [driver.name, driver] as const))(
    '%s has transactions of its own, committed and aborted',
    { timeout: 90_000 },
    async (name, driver) => {
      const { base, alice, notices } = await two()
      const topic = await newTopic(base)
      const config = { 'transactional.id': `tx-${name}` }
      await driver.produce(alice, topic, ['aborted'], { ...config, abort: 'yes' })
      await driver.produce(alice, topic, ['committed'], config)
      await driver.produce(base, topic, ['everybodys'], config)
      const level = { 'isolation.level': 'read_committed' }
      expect((await driver.consume(alice, topic, `t-${name}`, 1, level)).values).toEqual(['committed'])
      expect((await driver.consume(base, topic, `t-${name}`, 2, level)).values).toEqual([
        'committed',
        'everybodys',
      ])
      expect(notices).toEqual([])
    },
  )

  // Those that look at transactions at all.
  const reading = all.filter(({ name }) => name !== '@platformatic/kafka')
  it.each(reading.map((driver) => [driver.name, driver] as const))(
    '%s reads no aborted records where transactions lie across each other',
    { timeout: 90_000 },
    async (name, driver) => {
      const { base, alice, notices } = await two()
      const topic = await newTopic(base)
      const group = `across-${name}`
      // A broker lists them as they end, and of these the filter leaves one record to alice.
      const [bobs, others, hers] = await Promise.all([
        lasting(base, topic, `${group}-bob`, 'bob'),
        lasting(base, topic, `${group}-others`, 'bob'),
        lasting(alice, topic, `${group}-hers`),
      ])
      await bobs.send(['bob 1', 'bob 2'])
      await hers.send(['aborted 1'])
      await others.send(['bob 3'])
      await hers.send(['aborted 2'])
      await others.end(false)
      await bobs.end(false)
      await hers.end(false)
      await hers.send(['committed'])
      await hers.end(true)
      const level = { 'isolation.level': 'read_committed' }
      expect((await driver.consume(alice, topic, group, 1, level)).values).toEqual(['committed'])
      // Nothing is left out for everybody, where kafkajs does it wrong by itself.
      if (name !== 'kafkajs')
        expect((await driver.consume(base, topic, group, 1, level)).values).toEqual(['committed'])
      expect(notices).toEqual([])
    },
  )

  // The broker assigns the partitions (KIP-848).
  it
    .skipIf(kind === 'embedded')
    .each(all.filter(({ name }) => name !== 'kafkajs').map((driver) => [driver.name, driver] as const))(
    '%s is a member of a group of the new protocol',
    { timeout: 90_000 },
    async (name, driver) => {
      const { base, alice, notices } = await two()
      const topic = await newTopic(base, 2)
      await driver.produce(base, topic, numbers(20, 'x'))
      await driver.produce(alice, topic, ['1', '2', '3'])
      const protocol = { 'group.protocol': 'consumer' }
      const group = `new-${name.replace(/\W/g, '')}`
      const hers = await driver.consume(alice, topic, group, 3, protocol)
      expect(hers.values.toSorted()).toEqual(['1', '2', '3'])
      expect((await driver.consume(base, topic, group, 23, protocol)).values).toHaveLength(23)
      expect(notices).toEqual([])
    },
  )
})
