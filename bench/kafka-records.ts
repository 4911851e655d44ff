/**
 * What lanes do to Kafka's records, per CPU second and against a plain copy of the same bytes: node bench/kafka-records.ts
 *
 * A megabyte of records in batches of 16 kB, as a client makes them, with a tracing header on each.
 */
import { filterRecords, tagRecords, Who } from '../src/protocols/kafka/lane/index.ts'
import { compressions, crc32c, readBatches, writeBatch } from '../src/protocols/kafka/records/index.ts'

const total = 1 << 20
const batchBytes = 16 * 1024
const traceparent = Buffer.from('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')

/** Words as JSON has them: compressible by about four. */
const textOf = (length: number, seed: number): Buffer => {
  let state = seed
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    text +=
      state % 3 === 0
        ? String(state % 1_000_000)
        : ['"order":', '"customer":', '"pending",', '{"id":'][state % 4]
  }
  return Buffer.from(text.slice(0, length))
}

/** `tenantOf`: by the record's number. */
const logOf = (size: number, codec: number, tenantOf: (i: number) => string | undefined): Buffer => {
  const batches: Buffer[] = []
  const perBatch = Math.max(1, Math.floor(batchBytes / size))
  for (let i = 0; i * size < total; i += perBatch) {
    const records = Array.from({ length: perBatch }, (_none, offsetDelta) => {
      const tenant = tenantOf(i + offsetDelta)
      const tag = tenant === undefined ? [] : [['svcm-tenant', Buffer.from(tenant)] as const]
      return {
        attributes: 0,
        timestampDelta: offsetDelta,
        offsetDelta,
        key: Buffer.from(`key-${i}`),
        value: textOf(size, i + offsetDelta),
        headers: [['traceparent', traceparent] as const, ...tag],
      }
    })
    const head = {
      baseOffset: BigInt(i),
      partitionLeaderEpoch: 0,
      attributes: 0,
      lastOffsetDelta: perBatch - 1,
      baseTimestamp: 1_700_000_000_000n,
      maxTimestamp: 1_700_000_000_100n,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
    }
    batches.push(writeBatch(head, records, codec))
  }
  return Buffer.concat(batches)
}

/** CPU microseconds of one run. */
const measure = (work: () => unknown): number => {
  for (let i = 0; i < 30; i++) work()
  let runs = 0
  const begin = process.cpuUsage()
  for (let used = 0; used < 400_000; runs++) {
    work()
    const { user, system } = process.cpuUsage(begin)
    used = user + system
  }
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / runs
}

const row = (name: string, bytes: Buffer, copy: number, work: () => unknown): void => {
  const count = readBatches(bytes).reduce((sum, batch) => sum + batch.count, 0)
  const cpu = measure(work)
  const columns = [
    `${(count / cpu).toFixed(2)} M records/s`,
    `${(bytes.length / cpu).toFixed(0)} MB/s`,
    `${(cpu / copy).toFixed(1)} x memcpy`,
  ]
  console.log(`  ${name.padEnd(44)}${columns.map((column) => column.padStart(18)).join('')}`)
}

const who = new Who({ header: 'x-tenant' })
const alice = { untagged: false, tagged: (tenant: string) => tenant === 'alice' }
const baseline = { untagged: true, tagged: () => false }

for (const size of [100, 1_000]) {
  for (const codec of [0, 1, 2, 3, 4]) {
    const nobody = logOf(size, codec, () => undefined)
    const some = logOf(size, codec, (i) => (i % 10 === 0 ? 'alice' : i % 3 === 0 ? 'bob' : undefined))
    const target = Buffer.allocUnsafe(some.length)
    const copy = measure(() => some.copy(target))
    console.log(`values of ${size} bytes, ${compressions[codec]!.name}: ${some.length} bytes`)
    row('sum alone', some, copy, () => crc32c(some))
    row('tag all', nobody, copy, () => tagRecords(nobody, 'alice', who))
    row('tag: six of ten need it', some, copy, () => tagRecords(some, 'alice', who))
    row('filter: all kept, no tag anywhere', nobody, copy, () => filterRecords(nobody, who, baseline))
    row('filter: all dropped, no tag anywhere', nobody, copy, () => filterRecords(nobody, who, alice))
    row('filter: a tenth kept of each batch', some, copy, () => filterRecords(some, who, alice))
    row('filter: two thirds kept of each batch', some, copy, () => filterRecords(some, who, baseline))
  }
}
