/**
 * Snappy (https://github.com/google/snappy/blob/main/format_description.txt), bare or in the chunks of the Java library
 * (https://github.com/xerial/snappy-java): `82 'SNAPPY' 00`, two versions, then `int32 length, bare snappy` each. Java clients write
 * chunks; others write either.
 */
import type { Compression } from './compression.ts'
import { newPlaces, sameBytes, slotOf, word } from './matches.ts'
import { Output } from './output.ts'

const chunkedMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
/** The magic, the version of the format (1) and the oldest that can read it (1). */
const chunkedHead = Buffer.concat([chunkedMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
const chunkSize = 32 * 1024
/** References reach no farther than this, so that two bytes hold them. */
const fragmentSize = 64 * 1024
/** Three bytes make 64 at most. A length that couldn't come of the bytes costs no memory. */
const largestRatio = 32

export const snappy: Compression = {
  name: 'snappy',
  code: 2,
  compress: (bytes, like) => (like === undefined || isChunked(like) ? writeChunks(bytes) : writeBare(bytes)),
  decompress: (bytes, largest) => {
    const parts = isChunked(bytes) ? chunksOf(bytes, largest) : [bytes]
    let expected = 0
    for (const part of parts) expected += preamble(part, largest).length
    const out = new Output('snappy', expected, largest)
    for (const part of parts) readBare(part, out, largest)
    return out.done()
  },
}

const isChunked = (bytes: Uint8Array): boolean =>
  bytes.length >= chunkedHead.length && chunkedMagic.every((byte, i) => bytes[i] === byte)

const chunksOf = (bytes: Uint8Array, largest: number): Uint8Array[] => {
  const chunks: Uint8Array[] = []
  const fail = (): never => new Output('snappy', 0, largest).fail('the bytes end early')
  for (let at = chunkedHead.length; at < bytes.length; ) {
    if (at + 4 > bytes.length) fail()
    const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    at += 4
    if (length < 0 || length > bytes.length - at) fail()
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return chunks
}

/** The length that is to come out, and where the rest begins. */
const preamble = (bytes: Uint8Array, largest: number): { length: number; at: number } => {
  let length = 0
  for (let at = 0; at < Math.min(5, bytes.length); at++) {
    length += (bytes[at]! & 127) * 2 ** (7 * at)
    if (bytes[at]! < 128) {
      if (length > largestRatio * bytes.length) break
      return { length, at: at + 1 }
    }
  }
  return new Output('snappy', 0, largest).fail("the length that is announced isn't one")
}

const readBare = (bytes: Uint8Array, out: Output, largest: number): void => {
  const announced = preamble(bytes, largest)
  const begin = out.at
  const end = bytes.length
  let at = announced.at
  while (at < end) {
    const tag = bytes[at++]!
    const kind = tag & 3
    let length = (tag >> 2) + 1
    if (kind === 0) {
      if (length > 60) {
        const width = length - 60
        if (at + width > end) out.fail('the bytes end early')
        length = 1
        for (let i = 0; i < width; i++) length += bytes[at + i]! * 2 ** (8 * i)
        at += width
      }
      out.literal(bytes, at, length)
      at += length
      continue
    }
    const width = kind === 3 ? 4 : kind
    if (at + width > end) out.fail('the bytes end early')
    let distance = bytes[at]!
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4
      distance |= (tag >> 5) << 8
    } else {
      distance |= bytes[at + 1]! << 8
      if (kind === 3) distance = (distance | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    }
    at += width
    // Not before it is known to be within what was announced: many short references make much.
    if (out.at - begin + length > announced.length) out.fail('more bytes come out than are announced')
    out.copy(distance, length)
  }
  if (out.at - begin !== announced.length) {
    out.fail(`${out.at - begin} bytes come out where ${announced.length} are announced`)
  }
}

const roomFor = (length: number): number => 16 + length + Math.ceil(length / 6)

const writeChunks = (bytes: Uint8Array): Uint8Array => {
  const chunks = Math.ceil(bytes.length / chunkSize)
  const out = Buffer.allocUnsafe(chunkedHead.length + chunks * (4 + roomFor(chunkSize)))
  out.set(chunkedHead)
  let at = chunkedHead.length
  const places = newPlaces(bytes.length)
  for (let from = 0; from < bytes.length; from += chunkSize) {
    const to = Math.min(bytes.length, from + chunkSize)
    const end = writeFragment(bytes, from, to, out, writeLength(out, at + 4, to - from), places)
    out.writeInt32BE(end - at - 4, at)
    at = end
  }
  return out.subarray(0, at)
}

const writeBare = (bytes: Uint8Array): Uint8Array => {
  const out = Buffer.allocUnsafe(roomFor(bytes.length))
  let at = writeLength(out, 0, bytes.length)
  const places = newPlaces(bytes.length)
  for (let from = 0; from < bytes.length; from += fragmentSize) {
    at = writeFragment(bytes, from, Math.min(bytes.length, from + fragmentSize), out, at, places)
  }
  return out.subarray(0, at)
}

const writeLength = (out: Uint8Array, outAt: number, length: number): number => {
  let at = outAt
  let rest = length
  for (; rest > 127; rest >>>= 7) out[at++] = (rest & 127) | 128
  out[at++] = rest
  return at
}

const writeFragment = (
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
  while (here + 4 <= to) {
    const value = word(bytes, here)
    const slot = slotOf(value, places)
    const before = places[slot]! - 1
    places[slot] = here + 1
    if (before < from || word(bytes, before) !== value) {
      here += 1 + (misses++ >> 5)
      continue
    }
    misses = 0
    at = writeLiteral(bytes, anchor, here, out, at)
    let length = 4 + sameBytes(bytes, before + 4, here + 4, to)
    const distance = here - before
    here += length
    anchor = here
    // What is left of a long match must be four bytes at least.
    for (; length >= 68; length -= 64) at = writeCopy(out, at, distance, 64)
    if (length > 64) {
      at = writeCopy(out, at, distance, 60)
      length -= 60
    }
    at = writeCopy(out, at, distance, length)
  }
  return writeLiteral(bytes, anchor, to, out, at)
}

const writeCopy = (out: Uint8Array, outAt: number, distance: number, length: number): number => {
  if (length < 12 && distance < 2048) {
    out[outAt] = 1 | ((length - 4) << 2) | ((distance >> 8) << 5)
    out[outAt + 1] = distance & 255
    return outAt + 2
  }
  out[outAt] = 2 | ((length - 1) << 2)
  out[outAt + 1] = distance & 255
  out[outAt + 2] = distance >> 8
  return outAt + 3
}

const writeLiteral = (
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  outAt: number,
): number => {
  const length = to - from
  if (length === 0) return outAt
  let at = outAt
  if (length <= 60) out[at++] = (length - 1) << 2
  else if (length <= 256) {
    out[at++] = 60 << 2
    out[at++] = length - 1
  } else {
    out[at++] = 61 << 2
    out[at++] = (length - 1) & 255
    out[at++] = (length - 1) >> 8
  }
  if (length > 64) out.set(bytes.subarray(from, to), at)
  else for (let i = 0; i < length; i++) out[at + i] = bytes[from + i]!
  return at + length
}
