/** Aborted transactions of a filtered response: whoever reads what is left finds what is left of the right reading, also kafkajs with its short look at the list. */
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AbortedTransaction,
  abortedLeft,
  filterRecords,
  type SkipStyle,
  Who,
} from '../../../../src/protocols/kafka/lane/index.ts'
import { readBatches, writeBatch } from '../../../../src/protocols/kafka/records/index.ts'
import { judged } from '../../../support/kafka-soak/committed.ts'

const who = new Who()

interface Step {
  readonly producer: number
  readonly does: 'commit' | 'abort' | readonly ('alice' | 'bob' | undefined)[]
}

const steps = fc.array(
  fc.record({
    producer: fc.nat(3),
    does: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('commit' as const, 'abort' as const, 'abort' as const) },
      {
        weight: 3,
        arbitrary: fc.array(fc.constantFrom('alice', 'bob', 'bob', undefined), {
          minLength: 1,
          maxLength: 3,
        }),
      },
    ),
  }),
  { maxLength: 30 },
)

interface Log {
  readonly batches: readonly Buffer[]
  readonly aborted: readonly (AbortedTransaction & { readonly last: bigint })[]
}

/** As a broker writes and lists them: in the order in which they end. All are ended. */
const logOf = (all: readonly Step[]): Log => {
  const open = new Map<number, bigint>()
  const batches: Buffer[] = []
  const aborted: (AbortedTransaction & { readonly last: bigint })[] = []
  let offset = 0n
  const write = (
    producer: number,
    attributes: number,
    records: Parameters<typeof writeBatch>[1],
    codec = 0,
  ): void => {
    const head = {
      baseOffset: offset,
      partitionLeaderEpoch: 0,
      attributes,
      lastOffsetDelta: records.length - 1,
      baseTimestamp: 0n,
      maxTimestamp: 0n,
      producerId: BigInt(producer),
      producerEpoch: 0,
      baseSequence: -1,
    }
    batches.push(writeBatch(head, records, codec))
    offset += BigInt(records.length)
  }
  const end = (producer: number, commit: boolean): void => {
    const firstOffset = open.get(producer)
    if (firstOffset === undefined) return
    open.delete(producer)
    if (!commit) aborted.push({ producerId: BigInt(producer), firstOffset, last: offset })
    const key = Buffer.from([0, 0, 0, commit ? 1 : 0])
    const marker = {
      attributes: 0,
      timestampDelta: 0,
      offsetDelta: 0,
      key,
      value: Buffer.alloc(6),
      headers: [],
    }
    write(producer, 0x30, [marker])
  }
  for (const { producer, does } of all) {
    if (typeof does === 'string') {
      end(producer, does === 'commit')
      continue
    }
    if (!open.has(producer)) open.set(producer, offset)
    const records = does.map((tenant, offsetDelta) => ({
      attributes: 0,
      timestampDelta: 0,
      offsetDelta,
      key: null,
      value: Buffer.from('v'),
      headers: tenant === undefined ? [] : [['svcm-tenant', Buffer.from(tenant)] as const],
    }))
    write(producer, 0x10, records, does.length === 3 ? 1 : 0)
  }
  for (const producer of [...open.keys()]) end(producer, producer % 2 === 0)
  return { batches, aborted }
}

/** What a broker answers to who asks for the `from`th batch on: `count` batches, and the transactions that lie in them. */
const fetched = (
  { batches, aborted }: Log,
  from: number,
  count: number,
): { records: Buffer; abortedTransactions: AbortedTransaction[] } => {
  const some = batches.slice(from, from + count)
  const views = some.map((bytes) => readBatches(bytes)[0]!)
  const [first, last] = [views[0]?.baseOffset ?? 0n, views.at(-1)?.lastOffset ?? -1n]
  return {
    records: Buffer.concat(some),
    abortedTransactions: aborted
      .filter((one) => one.last >= first && one.firstOffset <= last)
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset })),
  }
}

/** Offsets that are given to the application. */
const rightly = (records: Uint8Array, abortedTransactions: readonly AbortedTransaction[]): bigint[] =>
  judged({ records, abortedTransactions: [...abortedTransactions].map((one) => ({ ...one })) })
    .filter(({ aborted }) => !aborted)
    .flatMap(({ batch }) => batch.records().map(({ offsetDelta }) => batch.baseOffset + BigInt(offsetDelta)))

const require = createRequire(import.meta.url)
const KafkaJsBatch = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  offset: string,
  partition: object,
) => { readonly messages: readonly { readonly offset: string }[] }
const KafkaJsDecoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<readonly object[]>

const byKafkaJs = async (
  records: Uint8Array,
  transactions: readonly AbortedTransaction[],
): Promise<bigint[]> => {
  const sized = Buffer.concat([Buffer.alloc(4), records])
  sized.writeInt32BE(records.length)
  const { messages } = new KafkaJsBatch('t', '0', {
    partition: 0,
    highWatermark: '1000',
    messages: await decodeMessages(new KafkaJsDecoder(sized)),
    abortedTransactions: transactions.map(({ producerId, firstOffset }) => ({
      producerId: String(producerId),
      firstOffset: String(firstOffset),
    })),
  })
  return messages.map(({ offset }) => BigInt(offset))
}

const filter = (records: Uint8Array, untagged: boolean, style: SkipStyle = 'control'): Uint8Array =>
  filterRecords(records, who, { untagged, tagged: (tenant) => tenant === 'alice' }, style).bytes

describe('aborted transactions of what the filter leaves', () => {
  it('are those of which something is left, and every reader drops their records', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat(20),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        async (all, from, count, untagged) => {
          const { records, abortedTransactions } = fetched(logOf(all), from, count)
          const kept = new Set(rightly(filter(records, untagged), []))
          const wanted = rightly(records, abortedTransactions).filter((offset) => kept.has(offset))

          const bytes = filter(records, untagged)
          const left = abortedLeft(abortedTransactions, bytes)
          expect(rightly(bytes, left)).toEqual(wanted)
          expect(await byKafkaJs(bytes, left)).toEqual(wanted)
          const emptied = filter(records, untagged, 'empty')
          expect(rightly(emptied, abortedLeft(abortedTransactions, emptied))).toEqual(wanted)

          // Each is one of the list, once, and stands where a batch of the producer's begins.
          const begins = new Set(
            readBatches(bytes).map(({ baseOffset, producerId }) => `${producerId} ${baseOffset}`),
          )
          for (const { producerId, firstOffset } of left)
            expect(begins).toContain(`${producerId} ${firstOffset}`)
          expect(new Set(left.map(({ firstOffset }) => firstOffset)).size).toBe(left.length)
          expect(left.length).toBeLessThanOrEqual(abortedTransactions.length)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('would make kafkajs give aborted records to the application if all were listed', async () => {
    const log = logOf([
      { producer: 1, does: ['bob'] },
      { producer: 2, does: ['bob'] },
      { producer: 0, does: ['alice'] },
      { producer: 1, does: 'abort' },
      { producer: 2, does: 'abort' },
      { producer: 0, does: 'abort' },
    ])
    const { records, abortedTransactions } = fetched(log, 0, 6)
    const bytes = filter(records, false)
    expect(rightly(bytes, abortedTransactions)).toEqual([])
    expect(await byKafkaJs(bytes, abortedTransactions)).toEqual([2n])
    const left = abortedLeft(abortedTransactions, bytes)
    expect(await byKafkaJs(bytes, left)).toEqual([])
    // Bob's begin with their ends, which are all that there is of them.
    expect(left).toEqual([
      { producerId: 0n, firstOffset: 2n },
      { producerId: 1n, firstOffset: 3n },
      { producerId: 2n, firstOffset: 4n },
    ])
  })

  it('are not named where nothing of them is left', () => {
    const log = logOf([
      { producer: 1, does: ['bob'] },
      { producer: 0, does: ['alice'] },
      { producer: 1, does: 'abort' },
      { producer: 0, does: 'abort' },
    ])
    const { records, abortedTransactions } = fetched(log, 0, 2)
    expect(abortedTransactions).toHaveLength(2)
    expect(abortedLeft(abortedTransactions, filter(records, false))).toEqual([
      { producerId: 0n, firstOffset: 1n },
    ])
  })
})
