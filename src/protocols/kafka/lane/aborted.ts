/**
 * The aborted transactions that a Fetch response names (KIP-98), for the records that the filter leaves of it. Each is named once for what there is of it:
 * kafkajs takes at most one from the list for each message, in the list's order, so that transactions of which it meets nothing make it notice the next
 * ones too late, and it gives their records to the application.
 */
import { batchAt } from '../records/index.ts'

export interface AbortedTransaction {
  readonly producerId: bigint
  /** From here on the producer's records are aborted, up to its next end of a transaction. */
  readonly firstOffset: bigint
}

/**
 * Those of which `records` still hold anything, records or the end, in the order of the first such batch, which becomes `firstOffset`: librdkafka
 * compares it with the offset that a batch begins at. All readers drop by it what they would drop by the whole list.
 */
export const abortedLeft = <T extends AbortedTransaction>(
  transactions: readonly T[],
  records: Uint8Array,
): T[] => {
  const waiting = Map.groupBy(
    transactions.toSorted((a, b) => Number(a.firstOffset - b.firstOffset)),
    ({ producerId }) => producerId,
  )
  /** Whose first transaction in `waiting` has been met. */
  const met = new Set<bigint>()
  const left: T[] = []
  let at = 0
  for (let batch = batchAt(records, 0); batch !== undefined; batch = batchAt(records, at)) {
    at += batch.bytes.length
    if (!batch.transactional) continue
    const { producerId, baseOffset } = batch
    const own = waiting.get(producerId)
    const [first] = own ?? []
    if (first === undefined || first.firstOffset > batch.lastOffset) continue
    if (!met.has(producerId)) {
      met.add(producerId)
      left.push({ ...first, firstOffset: baseOffset > first.firstOffset ? baseOffset : first.firstOffset })
    }
    if (!batch.control) continue
    met.delete(producerId)
    own!.shift()
  }
  return left
}
