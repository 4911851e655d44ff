/**
 * LZ4 in its frame format (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, lz4_Block_format.md). Written are frames as the Java
 * client writes them: independent blocks of 64 kB without sums. The sums of frames aren't looked at: the batch has one, and that of the
 * header is wrong in what clients before 0.10 wrote (KAFKA-3160).
 */
import type { Compression } from './compression.ts'
import { newPlaces, sameBytes, slotOf, word } from './matches.ts'
import { Output } from './output.ts'

const magic = 0x184d2204
/** Version 1, independent blocks; at most 64 kB each; the sum of these two bytes. */
const descriptor = [0x60, 0x40, 0x82]
const blockSize = 64 * 1024
const plainBlock = 0x80000000
const flags = { version: 0xc0, blockSum: 0x10, contentSize: 0x08, contentSum: 0x04, dictionary: 0x01 }
/** A block's last match begins so many bytes before its end, and ends so many. */
const lastMatch = 12
const lastLiterals = 5
const farthest = 65_535

export const lz4: Compression = {
  name: 'lz4',
  code: 3,
  compress: (bytes) => {
    const blocks = Math.ceil(bytes.length / blockSize)
    const out = Buffer.allocUnsafe(15 + bytes.length + blocks * (4 + Math.ceil(blockSize / 255) + 16))
    out.writeUInt32LE(magic, 0)
    out.set(descriptor, 4)
    let at = 7
    const places = newPlaces(bytes.length)
    for (let from = 0; from < bytes.length; from += blockSize) {
      const to = Math.min(bytes.length, from + blockSize)
      const end = writeBlock(bytes, from, to, out, at + 4, places)
      const small = end - at - 4 < to - from
      out.writeUInt32LE(small ? end - at - 4 : (plainBlock | (to - from)) >>> 0, at)
      if (!small) out.set(bytes.subarray(from, to), at + 4)
      at = small ? end : at + 4 + to - from
    }
    out.writeUInt32LE(0, at)
    return out.subarray(0, at + 4)
  },
  decompress: (bytes, largest) => {
    const out = new Output('lz4', Math.min(largest, 64 + 4 * bytes.length), largest)
    for (let at = 0; at < bytes.length; ) at = readFrame(bytes, at, out)
    return out.done()
  },
}

const word32 = (bytes: Uint8Array, at: number, out: Output): number => {
  if (at + 4 > bytes.length) out.fail('the bytes end early')
  return word(bytes, at) >>> 0
}

/** Gives where the next frame begins. */
const readFrame = (bytes: Uint8Array, from: number, out: Output): number => {
  if (word32(bytes, from, out) !== magic) out.fail('not a frame')
  const flag = bytes[from + 4] ?? 0
  if ((flag & flags.version) !== 0x40) out.fail(`version ${flag >> 6} of its frames isn't known`)
  if (flag & flags.dictionary) out.fail("needs a dictionary that isn't there")
  // Flags, block size, perhaps the content's size, sum.
  let at = from + 7 + (flag & flags.contentSize ? 8 : 0)
  for (;;) {
    const size = word32(bytes, at, out)
    at += 4
    if (size === 0) break
    const length = size & 0x7fffffff
    if (length > bytes.length - at) out.fail('the bytes end early')
    if (size >= plainBlock) out.literal(bytes, at, length)
    else readBlock(bytes, at, at + length, out)
    at += length + (flag & flags.blockSum ? 4 : 0)
  }
  return at + (flag & flags.contentSum ? 4 : 0)
}

/** References may reach into earlier blocks: those of a frame need not be independent. */
const readBlock = (bytes: Uint8Array, from: number, to: number, out: Output): void => {
  let at = from
  while (at < to) {
    const token = bytes[at++]!
    let literals = token >> 4
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more)
        more = at < to ? bytes[at++]! : out.fail('the bytes end early')
    }
    if (literals > to - at) out.fail('the bytes end early')
    out.literal(bytes, at, literals)
    at += literals
    if (at === to) return
    if (at + 2 > to) out.fail('the bytes end early')
    const distance = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    let length = token & 15
    if (length === 15) {
      for (let more = 255; more === 255; length += more)
        more = at < to ? bytes[at++]! : out.fail('the bytes end early')
    }
    out.copy(distance, length + 4)
  }
}

const writeBlock = (
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outAt: number,
  places: Int32Array,
): number => {
  let at = outAt
  let anchor = from
  let here = from
  let misses = 0
  while (here <= to - lastMatch) {
    const value = word(bytes, here)
    const slot = slotOf(value, places)
    const before = places[slot]! - 1
    places[slot] = here + 1
    if (before < from || here - before > farthest || word(bytes, before) !== value) {
      // Faster through what doesn't repeat.
      here += 1 + (misses++ >> 6)
      continue
    }
    misses = 0
    const length = 4 + sameBytes(bytes, before + 4, here + 4, to - lastLiterals)
    at = writeSequence(bytes, anchor, here, out, at, length)
    out[at++] = (here - before) & 255
    out[at++] = (here - before) >> 8
    at = writeRest(out, at, length - 4)
    here += length
    anchor = here
  }
  return writeSequence(bytes, anchor, to, out, at, 4)
}

/** The token and the literals before a match of `length` bytes. */
const writeSequence = (
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outAt: number,
  length: number,
): number => {
  const literals = to - from
  let at = outAt
  out[at++] = (Math.min(15, literals) << 4) | Math.min(15, length - 4)
  at = writeRest(out, at, literals)
  if (literals > 64) out.set(bytes.subarray(from, to), at)
  else for (let i = 0; i < literals; i++) out[at + i] = bytes[from + i]!
  return at + literals
}

/** What of a length doesn't fit into four bits. */
const writeRest = (out: Uint8Array, outAt: number, length: number): number => {
  let at = outAt
  if (length < 15) return at
  let rest = length - 15
  for (; rest >= 255; rest -= 255) out[at++] = 255
  out[at++] = rest
  return at
}
