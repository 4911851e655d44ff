/** What lanes do to records, held against what they say of themselves, decoded one by one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterRecords, skipStyleOf, tagRecords, Who } from '../../../../src/protocols/kafka/lane/index.ts'
import {
  Batch,
  crc32c,
  headOf,
  MalformedRecords,
  readBatches,
  writeBatch,
} from '../../../../src/protocols/kafka/records/index.ts'
import { consume, correlation, delivered, type LogBatch, log } from './log.ts'

const who = (): Who => new Who({ header: 'x-tenant' })
const whole = (batches: readonly LogBatch[]): Buffer => Buffer.concat(batches.map(({ bytes }) => bytes))

describe('the filter', () => {
  const wishes = fc.record({
    untagged: fc.boolean(),
    mine: fc.constantFrom<readonly string[]>([], ['alice'], ['alice', 'bob'], ['alice', 'bob', 'c']),
    from: fc.integer({ min: 0, max: 60 }).map(BigInt),
  })
  const styles = fc.constantFrom('control' as const, 'empty' as const)

  it('leaves exactly the wanted records, at their offsets, and the client goes on where it would have', () => {
    fc.assert(
      fc.property(log, wishes, styles, (batches, { untagged, mine, from }, style) => {
        const bytes = whole(batches)
        const keep = (tenant: string | undefined, offset: bigint): boolean =>
          tenant === undefined ? untagged : mine.includes(tenant) && offset >= from
        const filtered = filterRecords(bytes, who(), { untagged, tagged: keep }, style)
        const all = batches.flatMap((batch) => {
          const view = readBatches(batch.bytes)[0]!
          return batch.records.map((record, i) => ({
            tenant: record.tenant,
            record: delivered(view, view.records()[i]!),
          }))
        })
        const wanted = all.filter(({ tenant, record }) => keep(tenant, record.offset))
        expect(consume(filtered.bytes)).toEqual({
          records: wanted.map(({ record }) => record),
          next: consume(bytes).next,
        })
        expect([filtered.kept, filtered.dropped]).toEqual([wanted.length, all.length - wanted.length])
        if (filtered.dropped === 0) expect(filtered.bytes).toBe(bytes)

        const out = readBatches(filtered.bytes)
        expect(out.every(({ intact }) => intact)).toBe(true)
        // Nothing before what was there, and nothing twice.
        let last = batches.length === 0 ? 0n : out[0]!.baseOffset - 1n
        for (const batch of out) {
          expect(batch.baseOffset).toBeGreaterThan(last)
          last = batch.lastOffset
        }
        // What was kept whole is there byte for byte, and so are real ends of transactions.
        const untouched = batches.filter(
          ({ kind, records }, i) =>
            kind === 'control' ||
            kind === 'emptied' ||
            records.every(({ tenant, offsetDelta }) =>
              keep(tenant, readBatches(batches[i]!.bytes)[0]!.baseOffset + BigInt(offsetDelta)),
            ),
        )
        for (const batch of untouched) expect(out.some((each) => each.bytes.equals(batch.bytes))).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('skips by an end of a transaction that no one began, one for all neighbours', () => {
    const head = (baseOffset: bigint, lastOffsetDelta: number) => ({
      baseOffset,
      partitionLeaderEpoch: 3,
      attributes: 0x10,
      lastOffsetDelta,
      baseTimestamp: 100n,
      maxTimestamp: 200n,
      producerId: 7n,
      producerEpoch: 1,
      baseSequence: 4,
    })
    const of = (tenant: string, offsetDelta: number) => ({
      attributes: 0,
      timestampDelta: 1,
      offsetDelta,
      key: null,
      value: Buffer.from('v'),
      headers: [['svcm-tenant', Buffer.from(tenant)]] as const,
    })
    const bytes = Buffer.concat([
      writeBatch(head(10n, 2), [of('alice', 0), of('bob', 1), of('bob', 2)], 1),
      writeBatch(head(13n, 1), [of('bob', 0), of('bob', 1)]),
      writeBatch(head(15n, 0), [of('bob', 0)]),
      writeBatch(head(16n, 0), [of('alice', 0)]),
    ])
    const wanted = { untagged: false, tagged: (tenant: string) => tenant === 'alice' }
    const [kept, gap, last, ...more] = readBatches(filterRecords(bytes, new Who(), wanted).bytes)
    expect(more).toEqual([])
    expect({ ...headOf(kept!), count: kept!.count }).toEqual({ ...head(10n, 0), attributes: 0x11, count: 1 })
    expect({ ...headOf(gap!), count: gap!.count }).toEqual({
      ...head(11n, 4),
      attributes: 0x20,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
      count: 1,
    })
    expect(gap!.records()).toEqual([
      {
        attributes: 0,
        timestampDelta: 0,
        offsetDelta: 4,
        key: Buffer.from('00000001', 'hex'),
        value: Buffer.alloc(6),
        headers: [],
      },
    ])
    expect(last!.bytes.equals(bytes.subarray(-last!.bytes.length))).toBe(true)

    const empty = readBatches(filterRecords(bytes, new Who(), wanted, 'empty').bytes)
    expect(empty.map((batch) => [headOf(batch), batch.count])).toEqual([
      [{ ...head(10n, 2), attributes: 0x11 }, 1],
      [head(13n, 1), 0],
      [head(15n, 0), 0],
      [head(16n, 0), 1],
    ])
  })

  it('asks who it is by what is in a record, only where no header says it', () => {
    const bytes = writeBatch(
      { ...simple, lastOffsetDelta: 1 },
      ['{"t":"alice"}', '{"t":"bob"}'].map((text, offsetDelta) => ({
        attributes: 0,
        timestampDelta: 0,
        offsetDelta,
        key: null,
        value: Buffer.from(text),
        headers: offsetDelta === 0 ? [] : [['svcm-tenant', Buffer.from('c')] as const],
      })),
    )
    const asked: string[] = []
    const claiming = new Who({
      claim: ({ bytes: data, valueAt, valueLength }) => {
        const text = Buffer.from(data.subarray(valueAt, valueAt + valueLength)).toString()
        asked.push(text)
        return JSON.parse(text).t
      },
    })
    const tenants: string[] = []
    filterRecords(bytes, claiming, { untagged: false, tagged: (tenant) => tenants.push(tenant) > 0 })
    expect([asked, tenants]).toEqual([['{"t":"alice"}'], ['alice', 'c']])
  })

  it('knows the clients that need another style', () => {
    expect(skipStyleOf('app@host (github.com/segmentio/kafka-go)')).toBe('empty')
    expect(['kafkajs', 'rdkafka', '', null].map(skipStyleOf)).toEqual(Array(4).fill('control'))
  })
})

const simple = {
  baseOffset: 0n,
  partitionLeaderEpoch: -1,
  attributes: 0,
  lastOffsetDelta: 0,
  baseTimestamp: 0n,
  maxTimestamp: 0n,
  producerId: 5n,
  producerEpoch: 1,
  baseSequence: 8,
}

describe('tagging', () => {
  it('adds a header to records without a tag, and changes nothing else', () => {
    fc.assert(
      fc.property(log, fc.constantFrom('alice', 'a'.repeat(63)), (batches, tenant) => {
        const bytes = whole(batches)
        const tagged = tagRecords(bytes, tenant, who())
        const before = readBatches(bytes)
        const after = readBatches(tagged.bytes)
        expect(after).toHaveLength(before.length)
        let count = 0
        batches.forEach(({ kind, records }, i) => {
          const [was, is] = [before[i]!, after[i]!]
          const needs = kind === 'data' && records.some((record) => record.tenant === undefined)
          if (!needs) {
            expect(is.bytes.equals(was.bytes)).toBe(true)
            return
          }
          expect([headOf(is), is.count, is.intact]).toEqual([headOf(was), was.count, true])
          is.records().forEach((record, at) => {
            const untagged = records[at]!.tenant === undefined
            if (untagged) count++
            const wanted = delivered(was, was.records()[at]!)
            const headers = untagged ? [...wanted.headers, `svcm-tenant: ${tenant}`] : wanted.headers
            expect(delivered(is, record)).toEqual({ ...wanted, headers })
          })
        })
        expect([tagged.tagged, tagged.legacy]).toEqual([
          count,
          batches.filter(({ kind }) => kind === 'legacy').length,
        ])
        if (count === 0) expect(tagged.bytes).toBe(bytes)
        // Whoever tags again finds nothing to do.
        expect(tagRecords(tagged.bytes, 'bob', who()).bytes).toBe(tagged.bytes)
      }),
      { numRuns: 300 },
    )
  })

  it('puts a byte more where lengths and counts need one', () => {
    for (const headers of [0, 1, 62, 63, 64, 200]) {
      for (const size of [0, 30, 40, 63, 64, 8_100, 8_180, 8_192, 70_000]) {
        const record = {
          attributes: 0,
          timestampDelta: 0,
          offsetDelta: 0,
          key: null,
          value: Buffer.alloc(size),
          headers: Array.from({ length: headers }, (_none, i) => [`h${i}`, null] as const),
        }
        const { bytes } = tagRecords(writeBatch(simple, Array(3).fill(record)), 'alice', new Who())
        const wanted = [...record.headers.map(([name]) => name), 'svcm-tenant']
        for (const { value, headers: names } of readBatches(bytes)[0]!.records()) {
          expect(value!.length).toBe(size)
          expect(names.map(([name]) => Buffer.from(name as Uint8Array).toString())).toEqual(wanted)
        }
      }
    }
  })
})

describe('whose a record is', () => {
  const tenantOf = (...headers: readonly (readonly [string, string | null])[]): string | undefined => {
    const record = {
      attributes: 0,
      timestampDelta: 0,
      offsetDelta: 0,
      key: null,
      value: null,
      headers: headers.map(([name, text]) => [name, text === null ? null : Buffer.from(text)] as const),
    }
    const cursor = new Batch(writeBatch(simple, [record])).cursor()
    cursor.advance()
    return who().of(cursor)
  }

  it.each<[string | undefined, ...(readonly [string, string | null])[]]>([
    [undefined],
    ['a', ['svcm-tenant', 'a']],
    ['a', ['SVCM-Tenant', ' a ']],
    ['b', ['svcm-tenant', 'a'], ['svcm-tenant', 'b']],
    ['a', ['baggage', 'svcm-tenant=b'], ['svcm-tenant', 'a']],
    ['a', ['svcm-tenant', 'a'], ['baggage', 'svcm-tenant=b']],
    ['b', ['x-tenant', 'c'], ['baggage', 'k=v,svcm-tenant=b']],
    ['b', ['baggage', 'svcm-tenant=%62']],
    ['c', ['sw8-correlation', correlation('c')], ['x-tenant', 'd']],
    ['d', ['x-tenant', 'd']],
    // What is no name says nothing, and leaves it to the next.
    ['b', ['svcm-tenant', ''], ['baggage', 'svcm-tenant=b']],
    ['b', ['svcm-tenant', 'no name'], ['baggage', 'svcm-tenant=b']],
    ['b', ['svcm-tenant', null], ['x-tenant', 'b']],
    [undefined, ['svcm-tenant', 'Baseline']],
    [undefined, ['baggage', 'svcm-tenant=%']],
    [undefined, ['baggage', 'not-svcm-tenant=b']],
    [undefined, ['sw8-correlation', 'svcm-tenant:b,:,,x']],
    [undefined, ['x-svcm-tenant', 'b']],
  ])('%s', (wanted, ...headers) => {
    expect(tenantOf(...headers)).toBe(wanted)
  })
})

describe('broken batches', () => {
  const record = {
    attributes: 0,
    timestampDelta: 0,
    offsetDelta: 0,
    key: null,
    value: Buffer.from('v'),
    headers: [],
  }
  const nobody = { untagged: false, tagged: () => false }

  it('stay as they are if their sum is wrong, for the client and the broker to find out', () => {
    for (const codec of [0, 1, 2, 3, 4]) {
      const bytes = writeBatch(simple, [record], codec)
      for (let at = 57; at < bytes.length; at++) {
        const bad = Buffer.from(bytes)
        // The sign of the number of records is looked at before.
        bad[at] = bad[at]! ^ 0x41
        expect(tagRecords(bad, 'alice', new Who()).bytes).toBe(bad)
        expect(filterRecords(bad, new Who(), nobody).bytes).toBe(bad)
      }
    }
  })

  it('are refused if their sum is right and they lie', () => {
    const lying = writeBatch(simple, [record, record]).subarray(0, -8)
    const bytes = Buffer.from(lying)
    bytes.writeInt32BE(bytes.length - 12, 8)
    // One record where two are announced, with the sum of that.
    const whole = Buffer.from(bytes)
    whole.writeUInt32BE(crc32c(whole, 21), 17)
    expect(() => tagRecords(whole, 'alice', new Who())).toThrow(MalformedRecords)
    expect(() => filterRecords(whole, new Who(), nobody)).toThrow("record 2 of 2: isn't there")
  })

  it('are left where they are cut', () => {
    const one = writeBatch(simple, [record])
    const bytes = Buffer.concat([one, one.subarray(0, 50)])
    const filtered = filterRecords(bytes, new Who(), nobody).bytes
    expect(Buffer.from(filtered).subarray(-50).equals(one.subarray(0, 50))).toBe(true)
    expect(readBatches(filtered)).toHaveLength(1)
    const tagged = tagRecords(bytes, 'alice', new Who())
    expect(Buffer.from(tagged.bytes).subarray(-50).equals(one.subarray(0, 50))).toBe(true)
    expect(tagged.tagged).toBe(1)
  })
})
