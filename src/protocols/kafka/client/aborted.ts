/** Transactions in a Fetch response (KIP-98): brokers send records that were taken back, and name those who took them back. */
import { long, type Message } from '../messages/index.ts'
import type { BatchView } from '../records/index.ts'

/** The transactions whose records a response holds although they were taken back. */
export class Aborted {
  private readonly begins: { readonly producer: bigint; readonly offset: bigint }[]
  private readonly open = new Set<bigint>()

  constructor(transactions: readonly Message[]) {
    this.begins = transactions
      .map((one) => ({ producer: long(one, 'producerId'), offset: long(one, 'firstOffset') }))
      .sort((a, b) => (a.offset < b.offset ? -1 : 1))
  }

  /** Whether it holds nothing to read. */
  drops(batch: BatchView): boolean {
    while (this.begins[0] !== undefined && this.begins[0].offset <= batch.lastOffset)
      this.open.add(this.begins.shift()!.producer)
    if (batch.control) {
      this.open.delete(batch.producerId)
      return true
    }
    return batch.transactional && this.open.has(batch.producerId)
  }
}
