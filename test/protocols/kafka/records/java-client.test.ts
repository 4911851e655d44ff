/**
 * Batches that Kafka's own client (4.2.0) writes, of all versions and compressions: java-client.txt.gz holds lines of a name, the bytes in hexadecimal,
 * and what the client reads in them; of values the length and the CRC-32.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BatchView, readBatches, writeBatch } from '../../../../src/protocols/kafka/records/index.ts'

interface Wanted {
  readonly magic: number
  readonly compression: number
  readonly records: readonly unknown[]
  readonly [field: string]: unknown
}

const lines = gunzipSync(readFileSync(join(import.meta.dirname, 'java-client.txt.gz')))
  .toString()
  .trim()
  .split('\n')
  .map((line) => {
    const [name, hex] = line.split(' ', 2) as [string, string]
    const wanted: Wanted[] = JSON.parse(line.slice(name.length + hex.length + 2))
    return { name, bytes: Buffer.from(hex, 'hex'), wanted }
  })

const base64 = (bytes: Uint8Array | string | null) =>
  bytes && Buffer.from(bytes as Uint8Array).toString('base64')

const shown = (batch: BatchView): Wanted => ({
  magic: batch.magic,
  baseOffset: Number(batch.baseOffset),
  lastOffset: Number(batch.lastOffset),
  compression: batch.attributes & 7,
  maxTimestamp: Number(batch.maxTimestamp),
  producerId: Number(batch.producerId),
  producerEpoch: batch.producerEpoch,
  baseSequence: batch.baseSequence,
  transactional: batch.transactional,
  control: batch.control,
  epoch: batch.partitionLeaderEpoch,
  records: batch.records().map((record) => ({
    offset: Number(batch.baseOffset) + record.offsetDelta,
    timestamp: Number(batch.baseTimestamp) + record.timestampDelta,
    key: base64(record.key),
    value: record.value && [record.value.length, crc32(record.value)],
    headers: record.headers.map(([name, value]) => [
      Buffer.from(name as Uint8Array).toString(),
      base64(value),
    ]),
  })),
})

describe("the Java client's batches", () => {
  it('are of all versions and compressions, large and small', () => {
    const forms = lines.flatMap(({ wanted }) =>
      wanted.map(({ magic, compression }) => `${magic}/${compression}`),
    )
    expect([...new Set(forms)].sort()).toEqual([
      '0/0',
      '0/1',
      '0/2',
      '0/3',
      '1/0',
      '1/1',
      '1/2',
      '1/3',
      '2/0',
      '2/1',
      '2/2',
      '2/3',
      '2/4',
    ])
    expect(lines.filter(({ name }) => name.endsWith('-big'))).toHaveLength(4)
  })

  it.each(lines)('$name is read as the client reads it', ({ bytes, wanted }) => {
    const batches = readBatches(bytes)
    expect(batches.map(shown)).toEqual(wanted)
    expect(batches.map(({ intact }) => intact)).toEqual(wanted.map(() => true))
    expect(Buffer.concat(batches.map((batch) => batch.bytes)).equals(bytes)).toBe(true)
  })

  const written = lines.filter(({ wanted }) => wanted[0]!.magic === 2)
  it.each(written)('$name is the same after being written', ({ bytes, wanted }) => {
    const batches = readBatches(bytes)
    const again = batches.map((batch) => writeBatch(batch, batch.records(), batch.attributes & 7))
    // Compressors differ in what they find; without one every byte is the same.
    if (wanted[0]!.compression === 0) expect(Buffer.concat(again).equals(bytes)).toBe(true)
    const read = readBatches(Buffer.concat(again))
    expect(read.map(shown)).toEqual(wanted)
    expect(read.every(({ intact }) => intact)).toBe(true)
  })
})
