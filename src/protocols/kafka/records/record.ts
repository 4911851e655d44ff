/** Records as objects, for who makes or changes single ones; what only looks at many uses the cursor. */
import type { RecordCursor } from './cursor.ts'
import { varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts'

export type Header = readonly [name: Uint8Array | string, value: Uint8Array | null]

export interface KafkaRecord {
  /** No bit of them is in use. */
  readonly attributes: number
  /** Milliseconds since the batch's first timestamp. */
  readonly timestampDelta: number
  /** Since the batch's first offset. */
  readonly offsetDelta: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** Names that were read are bytes. */
  readonly headers: readonly Header[]
}

/** The rest of the cursor's records, as views. Throws MalformedRecords. */
export const readRecords = (cursor: RecordCursor): KafkaRecord[] => {
  const { bytes } = cursor
  const view = (at: number, length: number): Uint8Array | null =>
    length < 0 ? null : bytes.subarray(at, at + length)
  const records: KafkaRecord[] = []
  while (cursor.advance()) {
    const headers: Header[] = []
    while (cursor.nextHeader()) {
      const name = bytes.subarray(cursor.headerNameAt, cursor.headerNameAt + cursor.headerNameLength)
      headers.push([name, view(cursor.headerValueAt, cursor.headerValueLength)])
    }
    const { attributes, timestampDelta, offsetDelta } = cursor
    const key = view(cursor.keyAt, cursor.keyLength)
    const value = view(cursor.valueAt, cursor.valueLength)
    records.push({ attributes, timestampDelta, offsetDelta, key, value, headers })
  }
  return records
}

/** The records' bytes, without a batch's head. */
export const writeRecords = (records: readonly KafkaRecord[]): Buffer => {
  const named = records.map((record) => ({ record, names: record.headers.map(([name]) => bytesOf(name)) }))
  const sizes = named.map(({ record, names }) => bodySize(record, names))
  const out = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + varintSize(size) + size, 0))
  let at = 0
  named.forEach(({ record, names }, i) => {
    at = writeVarint(out, at, sizes[i]!)
    out[at++] = record.attributes
    at = writeVarlong(out, at, record.timestampDelta)
    at = writeVarint(out, at, record.offsetDelta)
    at = writeBlob(out, at, record.key)
    at = writeBlob(out, at, record.value)
    at = writeVarint(out, at, names.length)
    names.forEach((name, header) => {
      at = writeBlob(out, at, name)
      at = writeBlob(out, at, record.headers[header]![1])
    })
  })
  return out
}

const bytesOf = (name: Uint8Array | string): Uint8Array =>
  typeof name === 'string' ? Buffer.from(name) : name

const blobSize = (value: Uint8Array | null): number =>
  value === null ? 1 : varintSize(value.length) + value.length

const bodySize = (
  { timestampDelta, offsetDelta, key, value, headers }: KafkaRecord,
  names: readonly Uint8Array[],
): number => {
  let size = 1 + varlongSize(timestampDelta) + varintSize(offsetDelta) + blobSize(key) + blobSize(value)
  size += varintSize(names.length)
  names.forEach((name, i) => {
    size += blobSize(name) + blobSize(headers[i]![1])
  })
  return size
}

const writeBlob = (out: Uint8Array, at: number, value: Uint8Array | null): number => {
  if (value === null) return writeVarint(out, at, -1)
  const from = writeVarint(out, at, value.length)
  out.set(value, from)
  return from + value.length
}
