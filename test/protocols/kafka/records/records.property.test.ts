/** Batches and compressions are the same both ways, and what lies about itself is refused in words. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Batch,
  type BatchHead,
  compressions,
  crc32c,
  headOf,
  type KafkaRecord,
  MalformedRecords,
  placedAt,
  readBatches,
  writeBatch,
} from '../../../../src/protocols/kafka/records/index.ts'
import { batchHead, kafkaRecord, recordsOf } from './arbitrary.ts'

const plainly = (bytes: Uint8Array | string | null) =>
  bytes && Buffer.from(bytes as Uint8Array).toString('hex')
const shown = (records: readonly KafkaRecord[]) =>
  records.map(({ key, value, headers, ...rest }) => ({
    ...rest,
    key: plainly(key),
    value: plainly(value),
    headers: headers.map(([name, header]) => [plainly(name), plainly(header)]),
  }))

const simple: BatchHead = {
  baseOffset: 10n,
  partitionLeaderEpoch: 0,
  attributes: 0,
  lastOffsetDelta: 0,
  baseTimestamp: 0n,
  maxTimestamp: 0n,
  producerId: -1n,
  producerEpoch: -1,
  baseSequence: -1,
}

/** Repeats, has zeros and noise, and is longer than any block. */
const mixed = Buffer.concat([
  Buffer.from('the same words again and again, '.repeat(5_000)),
  randomBytes(100_000),
  Buffer.alloc(150_000),
  Buffer.from(Array.from({ length: 30_000 }, (_none, i) => (i * i) >> 5)),
])

describe('batches', () => {
  it('are the same after being written and read, in every compression', () => {
    fc.assert(
      fc.property(
        batchHead,
        recordsOf(kafkaRecord),
        fc.constantFrom(0, 1, 2, 3, 4),
        (head, records, codec) => {
          const bytes = writeBatch(head, records, codec)
          const [batch, ...more] = readBatches(bytes) as Batch[]
          expect(more).toEqual([])
          expect(headOf(batch!)).toEqual({ ...head, attributes: (head.attributes & ~7) | codec })
          expect([batch!.count, batch!.intact, batch!.compressed]).toEqual([
            records.length,
            true,
            codec !== 0,
          ])
          expect(shown(batch!.records())).toEqual(shown(records))
          expect(batch!.bytes.equals(bytes)).toBe(true)
        },
      ),
    )
  })

  it('are left out where they are cut, at every byte', () => {
    const one = writeBatch(simple, [])
    const two = writeBatch(simple, [
      { attributes: 0, timestampDelta: 0, offsetDelta: 0, key: null, value: Buffer.from('v'), headers: [] },
    ])
    const both = Buffer.concat([one, two])
    for (let end = 0; end < both.length; end++) {
      expect(readBatches(both.subarray(0, end)), `${end} bytes`).toHaveLength(end < one.length ? 0 : 1)
    }
    expect(readBatches(both)).toHaveLength(2)
  })

  it('move in a log without a new sum', () => {
    const batch = new Batch(writeBatch(simple, []))
    const moved = new Batch(placedAt(batch, 77n, 5))
    expect([moved.baseOffset, moved.partitionLeaderEpoch, moved.crc, moved.intact]).toEqual([
      77n,
      5,
      batch.crc,
      true,
    ])
    expect(batch.baseOffset).toBe(10n)
  })

  it('know a changed byte by their sum', () => {
    fc.assert(
      fc.property(
        recordsOf(kafkaRecord),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (records, place, change) => {
          const bytes = writeBatch(simple, records)
          // Whose first byte would make a negative number of records is refused at once.
          const at = 21 + (place % 36)
          const within = 61 + (place % Math.max(1, bytes.length - 61))
          if (within < bytes.length) bytes[within] = bytes[within]! ^ change
          else bytes[at] = bytes[at]! ^ change
          expect(new Batch(bytes).intact).toBe(false)
        },
      ),
    )
  })

  it('throw nothing but MalformedRecords, whatever is in them', () => {
    const any = fc.tuple(
      recordsOf(kafkaRecord),
      fc.constantFrom(0, 1, 2, 3, 4),
      fc.array(fc.tuple(fc.nat(), fc.nat(255))),
    )
    fc.assert(
      fc.property(any, ([records, codec, changes]) => {
        const bytes = writeBatch(simple, records, codec)
        // Not its own length: that is another batch.
        for (const [place, byte] of changes) bytes[16 + (place % (bytes.length - 16))] = byte
        try {
          for (const batch of readBatches(bytes)) batch.records(100_000)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecords)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  /** No key, the value `v`. */
  const record = '0e00000001027600'
  it.each([
    ['one record too few', record, 2, "record 2 of 2: isn't there"],
    ['one too many', record + record, 1, 'record 1 of 1: 8 bytes are left over behind the last'],
    ['a million announced', record, 1_000_000, "record 2 of 1000000: isn't there"],
    ['a length beyond the end', `10${record.slice(2)}`, 1, 'record 1 of 1: a length of 8 in 7 bytes'],
    ['a negative length', `01${record.slice(2)}`, 1, 'record 1 of 1: a length of -1 in 7 bytes'],
    ['fields beyond it', `0a${record.slice(2)}`, 1, 'a value of 1 bytes reaches beyond it'],
    ['a key beyond it', '0e0000007e027600', 1, 'a key of 63 bytes reaches beyond it'],
    ['a key of less than nothing', '0e00000003027600', 1, 'a key of -2 bytes'],
    ['more headers than there are', '0e00000001027602', 1, 'its headers reach beyond it'],
    ['less than no headers', '0e00000001027601', 1, '-1 headers'],
    ['bytes behind no headers', '100000000102760000', 1, '1 bytes are left over in it'],
    ['bytes behind the headers', '140000000102760200012a', 1, '1 bytes are left over in it'],
    ['a header without a name', '12000000010276020100', 1, "a header's name is null"],
    ['endless numbers', 'ff'.repeat(12), 1, 'a number of more than five bytes'],
    ['endless times', `1e00${'ff'.repeat(14)}`, 1, 'a number of more than ten bytes'],
  ])('say what is wrong: %s', (_name, hex, count, message) => {
    const bytes = writeBatch(simple, [])
    const whole = Buffer.concat([bytes, Buffer.from(hex, 'hex')])
    whole.writeInt32BE(whole.length - 12, 8)
    whole.writeInt32BE(count, 57)
    const read = (): unknown => readBatches(whole)[0]!.records()
    expect(read).toThrow(MalformedRecords)
    expect(read).toThrow(message)
  })

  it('refuse heads that cannot be', () => {
    const bad = (change: (bytes: Buffer) => void): (() => unknown) => {
      const bytes = writeBatch(simple, [])
      change(bytes)
      return () => readBatches(bytes)
    }
    expect(bad((bytes) => bytes.writeInt32BE(0, 8))).toThrow('byte 0: a batch of 0 bytes')
    expect(bad((bytes) => bytes.writeInt32BE(-1, 8))).toThrow('byte 0: a batch of -1 bytes')
    expect(bad((bytes) => bytes.writeInt32BE(20, 8))).toThrow('a batch of 32 bytes')
    expect(bad((bytes) => bytes.writeInt8(3, 16))).toThrow("version 3 of record batches isn't known")
    expect(bad((bytes) => bytes.writeInt32BE(-1, 57))).toThrow('a batch of -1 records')
    const unknown = writeBatch(simple, [])
    unknown.writeInt16BE(5, 21)
    expect(() => readBatches(unknown)[0]!.records()).toThrow("compression 5 isn't known")
  })
})

describe.each(compressions)('$name', ({ name, compress, decompress }) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('abcd', 'abcdabce', 'x', '\0'.repeat(70)), { maxLength: 400 })
      .map((parts) => Buffer.from(parts.join(''))),
    fc
      .tuple(fc.nat(mixed.length), fc.nat(mixed.length))
      .map(([a, b]) => mixed.subarray(Math.min(a, b), Math.max(a, b))),
  )

  it('gives back what went in', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(Buffer.from(decompress(compress(raw), raw.length)).equals(raw)).toBe(true)
      }),
    )
    expect(Buffer.from(decompress(compress(mixed), mixed.length)).equals(mixed)).toBe(true)
  })

  if (name === 'none') return

  it('makes repeated words smaller, and noise hardly larger', () => {
    expect(compress(Buffer.from('the same words again and again, '.repeat(1_000))).length).toBeLessThan(3_200)
    expect(compress(randomBytes(100_000)).length).toBeLessThan(100_400)
  })

  it('stops at the bound', () => {
    const bomb = compress(Buffer.alloc(20_000_000))
    expect(() => decompress(bomb, 1_000_000)).toThrow('more than 1000000 bytes come out')
    expect(decompress(bomb, 20_000_000)).toHaveLength(20_000_000)
  })

  it('refuses what was cut or changed in words', () => {
    const raw = Buffer.from('some words that repeat, some words that repeat, some that do not')
    const packed = compress(raw)
    for (let end = 0; end < packed.length; end++) {
      let out: Uint8Array | undefined
      try {
        out = decompress(packed.subarray(0, end), 1_000)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedRecords)
      }
      // Nothing, or what is a whole of its own.
      if (out !== undefined) expect(out.length).toBeLessThanOrEqual(raw.length)
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }), (changes) => {
        const bad = Buffer.from(packed)
        for (const [place, byte] of changes) bad[place % bad.length] = byte
        try {
          expect(decompress(bad, 1_000).length).toBeLessThanOrEqual(1_000)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecords)
        }
      }),
    )
  })
})

describe('snappy', () => {
  const snappy = compressions[2]!
  it('keeps the form that it came in: chunks of the Java library, or bare', () => {
    const raw = Buffer.from('words and words and words and words')
    const chunked = snappy.compress(raw)
    expect(Buffer.from(chunked.subarray(0, 16)).toString('hex')).toBe('82534e4150505900' + '0000000100000001')
    const bare = snappy.compress(raw, Buffer.from([35, 0]))
    expect(bare[0]).toBe(35)
    expect(Buffer.from(snappy.decompress(bare, 100)).equals(raw)).toBe(true)
    expect(Buffer.from(snappy.compress(raw, chunked)).equals(chunked)).toBe(true)
  })

  it('does not believe a length that cannot come of the bytes', () => {
    const lying = Buffer.from('ffffff7f00', 'hex')
    expect(() => snappy.decompress(lying, 2 ** 30)).toThrow("snappy: the length that is announced isn't one")
  })
})

describe('lz4', () => {
  it('reads frames with sums, sizes and blocks that refer to each other', () => {
    const block = Buffer.from('50776f726473', 'hex')
    const frame = (flag: number, extra: string, blocks: readonly Buffer[], tail: string): Buffer => {
      const sums = flag & 0x10 ? 4 : 0
      const parts = blocks.flatMap((each) => {
        const size = Buffer.alloc(4)
        size.writeUInt32LE(each.length)
        return [size, each, Buffer.alloc(sums)]
      })
      return Buffer.concat([
        Buffer.from([4, 0x22, 0x4d, 0x18, flag, 0x40]),
        Buffer.from(extra, 'hex'),
        Buffer.from([0]),
        ...parts,
        Buffer.alloc(4),
        Buffer.from(tail, 'hex'),
      ])
    }
    // `words`, then a block of five bytes that stand five bytes before it, and a last literal.
    const refers = Buffer.from('0105001021', 'hex')
    const lz4 = compressions[3]!
    const read = (bytes: Buffer): string => Buffer.from(lz4.decompress(bytes, 100)).toString()
    expect(read(frame(0x40, '', [block, refers], ''))).toBe('wordswords!')
    expect(read(frame(0x4c, '0b00000000000000', [block, refers], '00000000'))).toBe('wordswords!')
    expect(read(frame(0x50, '', [block, refers], ''))).toBe('wordswords!')
    expect(read(Buffer.concat([frame(0x40, '', [block], ''), frame(0x44, '', [block], '00000000')]))).toBe(
      'wordswords',
    )
    expect(() => read(frame(0x41, '00000000', [block], ''))).toThrow("needs a dictionary that isn't there")
    expect(() => read(frame(0x80, '', [block], ''))).toThrow("version 2 of its frames isn't known")
    expect(() => read(frame(0x40, '', [refers], ''))).toThrow('a reference to what was never written')
  })
})

describe('crc32c', () => {
  it('is the sum of RFC 3720, at every length and place', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
    const slow = (bytes: Uint8Array): number => {
      let sum = -1
      for (const byte of bytes) {
        sum ^= byte
        for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1
      }
      return ~sum >>> 0
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(9), fc.nat(9), (bytes, skip, less) => {
        const to = Math.max(skip, bytes.length - less)
        if (skip > bytes.length) return
        expect(crc32c(bytes, skip, to)).toBe(slow(bytes.subarray(skip, to)))
      }),
    )
  })
})
