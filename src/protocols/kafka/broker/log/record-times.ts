/** The offsets and times of the records of a kept batch, in order of the offsets. */
import { Batch, logAppendTimeBit } from '../../records/index.ts'

export interface RecordTime {
  readonly offset: number
  /** Milliseconds since 1970; -1: none. */
  readonly timestamp: number
}

/** `bytes`: one batch, which was checked when it came. */
export function* recordTimes(bytes: Uint8Array): Generator<RecordTime> {
  const batch = new Batch(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const base = Number(batch.baseOffset)
  const appended = (batch.attributes & logAppendTimeBit) !== 0
  const firstTime = Number(batch.baseTimestamp)
  const cursor = batch.cursor()
  while (cursor.advance()) {
    while (cursor.nextHeader());
    const timestamp = appended ? Number(batch.maxTimestamp) : firstTime + cursor.timestampDelta
    yield { offset: base + cursor.offsetDelta, timestamp }
  }
}
