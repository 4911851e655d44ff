/** Random stretches of a log, with tags of tenants, ends of transactions, holes of the cleaner and old messages. */
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import {
  type BatchView,
  type Header,
  type KafkaRecord,
  readBatches,
  writeBatch,
} from '../../../../src/protocols/kafka/records/index.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
export const correlation = (tenant: string): string =>
  `${base64('other')}:${base64('x')},${base64('svcm-tenant')}:${base64(tenant)}`

/** Headers of one record, and whose they say that it is. */
export interface Tagging {
  readonly headers: readonly Header[]
  readonly tenant: string | undefined
}

const value = (text: string): Buffer => Buffer.from(text)
const other = fc.constantFrom<Header>(
  ['traceparent', value('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')],
  ['x-other', null],
  // As long as the tag's name.
  ['svcm-tenanx', value('alice')],
  ['baggage', value('userId=7')],
  ['', value('')],
)
const tenant = fc.constantFrom('alice', 'bob', 'c')
const nobody = fc.array(other, { maxLength: 2 }).map((headers): Tagging => ({ headers, tenant: undefined }))

export const tagging: fc.Arbitrary<Tagging> = fc.oneof(
  nobody,
  fc.tuple(nobody, tenant, fc.nat(3), fc.boolean()).map(([{ headers }, name, form, first]) => {
    const own: Header = [
      ['svcm-tenant', name],
      ['baggage', `a=b, svcm-tenant = ${name} ;p=1,c=d`],
      ['sw8-correlation', correlation(name)],
      ['X-Tenant', name],
    ].map(([header, text]): Header => [header!, value(text!)])[form]!
    return { headers: first ? [own, ...headers] : [...headers, own], tenant: name }
  }),
)

export interface LogRecord extends KafkaRecord {
  readonly tenant: string | undefined
}

const records = fc
  .array(
    fc.record({
      tagging,
      gap: fc.constantFrom(0, 0, 0, 1, 5),
      key: fc.option(fc.constant(value('key'))),
      value: fc.option(
        fc.constantFrom(value('v'), value('a longer value that repeats, that repeats. '.repeat(5))),
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((raw) => {
    let offsetDelta = -1
    return raw.map(({ tagging: { headers, tenant: whose }, gap, key, value: body }, i): LogRecord => {
      offsetDelta += 1 + gap
      return { attributes: 0, timestampDelta: i * 3, offsetDelta, key, value: body, headers, tenant: whose }
    })
  })

/** A batch with what it must be read as. */
export interface LogBatch {
  readonly bytes: Buffer
  readonly records: readonly LogRecord[]
  readonly kind: 'data' | 'control' | 'emptied' | 'legacy'
}

type Make = (baseOffset: bigint) => LogBatch

const head = (baseOffset: bigint, lastOffsetDelta: number, attributes: number) => ({
  baseOffset,
  partitionLeaderEpoch: Number(baseOffset / 40n),
  attributes,
  lastOffsetDelta,
  baseTimestamp: 1_700_000_000_000n,
  maxTimestamp: 1_700_000_000_100n,
  producerId: attributes & 0x10 ? 9n : -1n,
  producerEpoch: attributes & 0x10 ? 2 : -1,
  baseSequence: attributes & 0x10 ? 12 : -1,
})

const data: fc.Arbitrary<Make> = fc
  .tuple(records, fc.constantFrom(0, 0, 1, 2, 3, 4), fc.constantFrom(0, 0x10), fc.constantFrom(0, 0, 4))
  .map(([some, codec, attributes, cleaned]) => (baseOffset) => ({
    bytes: writeBatch(head(baseOffset, some.at(-1)!.offsetDelta + cleaned, attributes), some, codec),
    records: some,
    kind: 'data',
  }))

const marker = { attributes: 0, timestampDelta: 0, offsetDelta: 0, value: Buffer.alloc(6), headers: [] }
const control: fc.Arbitrary<Make> = fc.constantFrom(0, 1).map((type) => (baseOffset) => ({
  bytes: writeBatch(head(baseOffset, 0, 0x30), [{ ...marker, key: Buffer.from([0, 0, 0, type]) }]),
  records: [],
  kind: 'control',
}))

const emptied: fc.Arbitrary<Make> = fc.constant((baseOffset) => ({
  bytes: writeBatch(head(baseOffset, 6, 0), []),
  records: [],
  kind: 'emptied',
}))

const legacy: fc.Arbitrary<Make> = fc.constant((baseOffset) => {
  const bytes = Buffer.alloc(12 + 4 + 2 + 8 + 4 + 4 + 3)
  bytes.writeBigInt64BE(baseOffset, 0)
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes[16] = 1
  bytes.writeInt32BE(-1, 26)
  bytes.writeInt32BE(3, 30)
  bytes.write('old', 34)
  bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12)
  return {
    bytes,
    records: [
      {
        attributes: 0,
        timestampDelta: 0,
        offsetDelta: 0,
        key: null,
        value: value('old'),
        headers: [],
        tenant: undefined,
      },
    ],
    kind: 'legacy',
  }
})

export const log: fc.Arbitrary<readonly LogBatch[]> = fc
  .array(fc.oneof({ weight: 8, arbitrary: data }, control, emptied, legacy), { maxLength: 6 })
  .map((makes) => {
    let offset = 20n
    return makes.map((make) => {
      const batch = make(offset)
      offset = readBatches(batch.bytes)[0]!.lastOffset + 1n
      return batch
    })
  })

/** A record as a consumer gets it. */
export interface Delivered {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: string | undefined
  readonly value: string | undefined
  readonly headers: readonly string[]
}

const textOf = (bytes: Uint8Array | string | null): string | undefined =>
  bytes === null ? undefined : Buffer.from(bytes as Uint8Array).toString()

export const delivered = (batch: BatchView, record: KafkaRecord): Delivered => ({
  offset: batch.baseOffset + BigInt(record.offsetDelta),
  timestamp: batch.baseTimestamp + BigInt(record.timestampDelta),
  key: textOf(record.key),
  value: textOf(record.value),
  headers: record.headers.map(([name, text]) => `${textOf(name)}: ${textOf(text)}`),
})

/** What a consumer gives to the application, and where it goes on. Ends of transactions are passed over. */
export const consume = (bytes: Uint8Array): { records: Delivered[]; next: bigint } => {
  const batches = readBatches(bytes)
  return {
    records: batches
      .filter(({ control: end }) => !end)
      .flatMap((batch) => batch.records().map((record) => delivered(batch, record))),
    next: batches.length === 0 ? -1n : batches.at(-1)!.lastOffset + 1n,
  }
}
