/** Random records and heads. */
import fc from 'fast-check'
import type { BatchHead, KafkaRecord } from '../../../../src/protocols/kafka/records/index.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((value) => Buffer.from(value))
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

const headerValue: fc.Arbitrary<Uint8Array | null> = fc.option(bytes(20))

/** Times and offsets are those of their places, mostly. */
export const kafkaRecord: fc.Arbitrary<KafkaRecord> = fc.record({
  attributes: fc.nat(255),
  timestampDelta: fc.oneof(
    fc.integer({ min: -1_000, max: 1_000 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 27, 2 ** 28 - 1, Number.MIN_SAFE_INTEGER),
  ),
  offsetDelta: fc.oneof(fc.nat(200), fc.integer()),
  key: fc.option(bytes(20)),
  value: fc.option(fc.oneof(bytes(40), bytes(2_000))),
  headers: fc.array(fc.tuple(fc.string({ maxLength: 10 }), headerValue), { maxLength: 3 }),
})

export const recordsOf = (record: fc.Arbitrary<KafkaRecord>): fc.Arbitrary<KafkaRecord[]> =>
  fc.array(record, { maxLength: 12 })

export const batchHead: fc.Arbitrary<BatchHead> = fc.record({
  baseOffset: long,
  partitionLeaderEpoch: fc.integer(),
  attributes: fc.integer({ min: 0, max: 127 }),
  lastOffsetDelta: fc.integer(),
  baseTimestamp: long,
  maxTimestamp: long,
  producerId: long,
  producerEpoch: fc.integer({ min: -32_768, max: 32_767 }),
  baseSequence: fc.integer(),
})
