/** Thrown at batches that aren't what they say: lengths, counts or sums that don't fit, and compressed bytes that don't unfold. */
export class MalformedRecords extends Error {
  override readonly name = 'MalformedRecords'
}
