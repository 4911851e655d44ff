/**
 * Which records of a fetched partition are to be read with READ_COMMITTED, by what Kafka's own client does (`CompletedFetch`): aborted transactions begin in the
 * order of their first offsets, however they are listed, and each ends with its producer's ABORT marker. Written for the tests alone, from the
 * specification (KIP-98), so that they do not judge the program by its own reading.
 */
import { long, type Message } from '../../../src/protocols/kafka/messages/index.ts'
import { type BatchView, readBatches } from '../../../src/protocols/kafka/records/index.ts'

export interface Judged {
  readonly batch: BatchView
  /** Its transaction was aborted. */
  readonly aborted: boolean
}

/** The batches that hold records, in their order. `found`: a partition of a Fetch response. */
export const judged = (found: Message): readonly Judged[] => {
  const bytes = found['records']
  if (!(bytes instanceof Uint8Array)) return []
  const begins = ((found['abortedTransactions'] ?? []) as Message[])
    .map((one) => ({ producer: long(one, 'producerId'), offset: long(one, 'firstOffset') }))
    .sort((a, b) => Number(a.offset - b.offset))
  /** Producers whose present transaction was aborted. */
  const open = new Set<bigint>()
  const batches: Judged[] = []
  for (const batch of readBatches(bytes)) {
    while (begins.length > 0 && begins[0]!.offset <= batch.lastOffset) open.add(begins.shift()!.producer)
    if (!batch.control) batches.push({ batch, aborted: batch.transactional && open.has(batch.producerId) })
    else if (endsAborted(batch)) open.delete(batch.producerId)
  }
  return batches
}

/** `int16 version, int16 type`: 0 is ABORT. */
const endsAborted = (batch: BatchView): boolean => {
  for (const { key } of batch.records()) return Buffer.from(key ?? []).readInt16BE(2) === 0
  return false
}
