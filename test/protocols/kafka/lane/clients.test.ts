/** Consumers read what the filter leaves: their own records at the right offsets, three batches with each fetch, and they never ask for a place twice. */
import { Consumer, stringDeserializers } from '@platformatic/kafka'
import { describe, expect, it, onTestFinished } from 'vitest'
import { filterRecords, Who } from '../../../../src/protocols/kafka/lane/index.ts'
import { writeBatch } from '../../../../src/protocols/kafka/records/index.ts'
import { kafkaJs } from '../../../support/kafka-clients.ts'
import { cannedBroker } from './canned-broker.ts'

const who = new Who()
const alice = { untagged: false, tagged: (tenant: string) => tenant === 'alice' }
const filter = (records: Buffer): Uint8Array => filterRecords(records, who, alice).bytes

/** Sixty batches, of which some are nobody's, some mixed, one with a long tail of others' records; the last record is alice's. */
const makeLog = (codec: number): { batches: Buffer[]; wanted: string[]; end: bigint } => {
  const batches: Buffer[] = []
  const wanted: string[] = []
  let offset = 0
  for (let batch = 0; batch < 60; batch++) {
    const count = batch === 30 ? 200 : 1 + (batch % 7)
    const records = Array.from({ length: count }, (_none, i) => {
      const mine = batch === 59 || (batch % 3 !== 0 && (batch + i) % 4 === 0 && i < 4)
      const tenant = mine ? 'alice' : i % 2 === 0 ? 'bob' : undefined
      const value = `value ${offset + i}`
      if (mine) wanted.push(value)
      const headers = tenant === undefined ? [] : [['svcm-tenant', Buffer.from(tenant)] as const]
      return {
        attributes: 0,
        timestampDelta: i,
        offsetDelta: i,
        key: null,
        value: Buffer.from(value),
        headers,
      }
    })
    const head = {
      baseOffset: BigInt(offset),
      partitionLeaderEpoch: 0,
      attributes: 0,
      lastOffsetDelta: count - 1,
      baseTimestamp: 1_700_000_000_000n,
      maxTimestamp: 1_700_000_000_200n,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
    }
    batches.push(writeBatch(head, records, codec))
    offset += count
  }
  return { batches, wanted, end: BigInt(offset) }
}

/** Values, each with its offset said by the client: they must be the same. */
interface Got {
  readonly value: string
  readonly offset: string
}

const withKafkaJs = async (port: number, topic: string, count: number): Promise<Got[]> => {
  const consumer = kafkaJs(port).consumer({ groupId: 'group', maxWaitTimeInMs: 100 })
  onTestFinished(() => consumer.disconnect())
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const got: Got[] = []
  const all = Promise.withResolvers<void>()
  await consumer.run({
    eachMessage: async ({ message }) => {
      got.push({ value: String(message.value), offset: message.offset })
      if (got.length === count) all.resolve()
    },
  })
  await all.promise
  return got
}

const withPlatformatic = async (port: number, topic: string, count: number): Promise<Got[]> => {
  const consumer = new Consumer({
    groupId: 'group',
    clientId: 'test',
    bootstrapBrokers: [`127.0.0.1:${port}`],
    deserializers: stringDeserializers,
    maxWaitTime: 100,
  })
  onTestFinished(() => consumer.close(true))
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false })
  const got: Got[] = []
  for await (const message of stream) {
    got.push({ value: String(message.value), offset: String(message.offset) })
    if (got.length === count) break
  }
  return got
}

describe.each([
  // It goes on behind the last message that it gave to the application, and so meets the gap behind that again, once.
  ['kafkajs', withKafkaJs, 2 * 20],
  ['@platformatic/kafka', withPlatformatic, 20],
] as const)('%s', (_name, consume, fetches) => {
  it.each([0, 1])('reads its own records past all others, compression %i', async (codec) => {
    const { batches, wanted, end } = makeLog(codec)
    const { port, asked } = await cannedBroker('orders', batches, 3, filter)
    const got = await consume(port, 'orders', wanted.length)
    expect(got.map(({ value }) => value)).toEqual(wanted)
    expect(got.map(({ value, offset }) => value === `value ${offset}`)).not.toContain(false)
    // What is asked for behind the end isn't counted.
    const within = asked.filter((offset) => offset < end)
    expect(new Set(within).size).toBe(within.length)
    expect(within.length).toBeLessThanOrEqual(fetches)
  })
})
