/** A partition's log: appended, read from anywhere, dropped from the start; held against a plain list. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartitionLog, type Retention } from '../../../../src/protocols/kafka/broker/log/partition-log.ts'

const everything: Retention = { bytes: undefined, ms: undefined, segmentBytes: 100 }

const batch = (offsets: number, bytes = 61, maxTimestamp = 0) => ({
  bytes: new Uint8Array(bytes),
  offsets,
  maxTimestamp,
})

const all = { bytes: Number.POSITIVE_INFINITY, atLeastOne: true, upTo: Number.POSITIVE_INFINITY }

const offsetsOf = (log: PartitionLog, from: number, limits: Partial<typeof all> = {}): number[] =>
  log.read(from, { ...all, ...limits }).map(({ baseOffset }) => baseOffset)

describe('a log', () => {
  it('writes the base offset and the leader epoch into its own copy', () => {
    const log = new PartitionLog()
    const bytes = new Uint8Array(61).fill(0xff)
    log.append({ bytes: new Uint8Array(61), offsets: 5, maxTimestamp: 0 }, everything, 0)
    expect(log.append({ bytes, offsets: 2, maxTimestamp: 0 }, everything, 0)).toBe(5)
    const [kept] = log.read(6, all)
    const view = new DataView(kept!.bytes.buffer, kept!.bytes.byteOffset)
    expect(view.getBigInt64(0)).toBe(5n)
    expect(view.getInt32(12)).toBe(0)
    expect(kept!.bytes.subarray(16)).toEqual(bytes.subarray(16))
    expect(bytes[0]).toBe(0xff)
    expect(log.endOffset).toBe(7)
  })

  it('reads from the batch that holds the offset, as a list of all batches says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 61, max: 150 })), {
          maxLength: 60,
        }),
        fc.integer({ min: 60, max: 400 }),
        fc.integer({ min: 0, max: 600 }),
        fc.nat(),
        fc.nat(),
        (batches, segmentBytes, limit, from, until) => {
          const log = new PartitionLog()
          const list: { first: number; last: number; bytes: number }[] = []
          for (const [offsets, bytes] of batches) {
            const first = log.append(batch(offsets, bytes), { ...everything, segmentBytes }, 0)
            list.push({ first, last: first + offsets - 1, bytes })
          }
          const offset = from % (log.endOffset + 1)
          const upTo = until % (log.endOffset + 2)
          const wanted: number[] = []
          let left = limit
          for (const each of list) {
            if (each.last < offset) continue
            if (each.first >= upTo || (each.bytes > left && wanted.length > 0)) break
            wanted.push(each.first)
            left -= each.bytes
          }
          expect(offsetsOf(log, offset, { bytes: limit, upTo })).toEqual(wanted)
          expect(log.bytes).toBe(list.reduce((sum, { bytes }) => sum + bytes, 0))
        },
      ),
    )
  })

  it('gives nothing when the first batch is too large and need not come', () => {
    const log = new PartitionLog()
    log.append(batch(1, 100), everything, 0)
    expect(offsetsOf(log, 0, { bytes: 99, atLeastOne: false })).toEqual([])
    expect(offsetsOf(log, 0, { bytes: 100, atLeastOne: false })).toEqual([0])
  })

  it('keeps at least the bytes that it may, and drops whole segments beyond them', () => {
    const log = new PartitionLog()
    const retention = { bytes: 250, ms: undefined, segmentBytes: 100 }
    for (let i = 0; i < 20; i++) log.append(batch(1, 50), retention, 0)
    expect(log.startOffset).toBe(14)
    expect(log.bytes).toBe(300)
    expect(offsetsOf(log, 14)).toEqual([14, 15, 16, 17, 18, 19])
  })

  it('drops segments whose records are all too old, but never the one that is written to', () => {
    const log = new PartitionLog()
    const retention = { bytes: undefined, ms: 1_000, segmentBytes: 100 }
    for (const time of [0, 100, 900, 1_000]) log.append(batch(1, 50, time), retention, time)
    log.append(batch(1, 50, 1_101), retention, 1_101)
    expect(log.startOffset).toBe(2)
    log.retain(retention, 1_000_000)
    expect(log.startOffset).toBe(4)
    expect(offsetsOf(log, 4)).toEqual([4])
  })

  it('forgets what is deleted, also in the middle of a batch, and goes on where it was', () => {
    const log = new PartitionLog()
    for (let i = 0; i < 4; i++) log.append(batch(3, 60), everything, 0)
    log.deleteBefore(4)
    expect(log.startOffset).toBe(4)
    expect(offsetsOf(log, 4)).toEqual([3, 6, 9])
    log.deleteBefore(12)
    expect([log.startOffset, log.endOffset, log.bytes]).toEqual([12, 12, 0])
    expect(offsetsOf(log, 12)).toEqual([])
    expect(log.append(batch(1), everything, 0)).toBe(12)
    log.deleteBefore(2)
    expect(log.startOffset).toBe(12)
  })

  it('finds batches by time, though clients send times in any order', () => {
    const log = new PartitionLog()
    for (const time of [50, 10, 70, 70, 20]) log.append(batch(1, 60, time), everything, 0)
    expect([...log.since(60)].map(({ baseOffset }) => baseOffset)).toEqual([2, 3])
    expect([...log.since(71)]).toEqual([])
    expect(log.newest()?.baseOffset).toBe(2)
    expect(new PartitionLog().newest()).toBeUndefined()
  })

  it('tells of appends until nobody wants to know', () => {
    const log = new PartitionLog()
    const told: number[] = []
    const off = log.watch((bytes) => told.push(bytes))
    log.append(batch(1, 61), everything, 0)
    log.wake()
    off()
    log.append(batch(1, 61), everything, 0)
    expect(told).toEqual([61, Number.POSITIVE_INFINITY])
  })
})
