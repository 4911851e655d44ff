/** Which partition a record belongs to, as the Java client decides it (BuiltInPartitioner): by the hash of its key, else in turn. */

/** Murmur2 of 32 bits with Kafka's seed (org.apache.kafka.common.utils.Utils.murmur2). */
export const murmur2 = (bytes: Uint8Array): number => {
  const mix = 0x5bd1e995
  const { length } = bytes
  let hash = 0x9747b28c ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    word = Math.imul(word, mix)
    word ^= word >>> 24
    hash = Math.imul(hash, mix) ^ Math.imul(word, mix)
  }
  const left = length - at
  if (left === 3) hash ^= bytes[at + 2]! << 16
  if (left >= 2) hash ^= bytes[at + 1]! << 8
  if (left >= 1) hash = Math.imul(hash ^ bytes[at]!, mix)
  hash ^= hash >>> 13
  hash = Math.imul(hash, mix)
  return hash ^ (hash >>> 15)
}

/** One of `count`. `turn`: a number that grows with each record that has no key. */
export const partitionOf = (key: Uint8Array | null, count: number, turn: number): number =>
  (key === null ? turn : murmur2(key) & 0x7fffffff) % count
