/**
 * CRC-32C, the sum in a record batch of version 2 (RFC 3720, appendix B.4). Sixteen tables, one for each byte of four words that are read at
 * once ("slicing by 16"): some 2 GB/s, twice as fast as by 8 on single bytes, and as fast as WebAssembly, which would need a copy.
 */
const polynomial = 0x82f63b78
const slices = 16

const makeTable = (): Int32Array => {
  const table = new Int32Array(slices * 256)
  for (let n = 0; n < 256; n++) {
    let sum = n
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1
    table[n] = sum
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256]!
    table[at] = table[before & 255]! ^ (before >>> 8)
  }
  return table
}

const table = makeTable()
/** Words are read as the machine has them. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Of the bytes [from, to), as an unsigned number. */
export const crc32c = (bytes: Uint8Array, from = 0, to = bytes.length): number => {
  let sum = -1
  let at = from
  if (littleEndian && to - from >= 64) {
    const aligned = from + ((4 - ((bytes.byteOffset + from) & 3)) & 3)
    for (; at < aligned; at++) sum = table[(sum ^ bytes[at]!) & 255]! ^ (sum >>> 8)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2)
    const whole = words.length & ~3
    for (let i = 0; i < whole; i += 4) {
      const a = sum ^ words[i]!
      const b = words[i + 1]!
      const c = words[i + 2]!
      const d = words[i + 3]!
      sum =
        table[3840 + (a & 255)]! ^
        table[3584 + ((a >>> 8) & 255)]! ^
        table[3328 + ((a >>> 16) & 255)]! ^
        table[3072 + (a >>> 24)]! ^
        table[2816 + (b & 255)]! ^
        table[2560 + ((b >>> 8) & 255)]! ^
        table[2304 + ((b >>> 16) & 255)]! ^
        table[2048 + (b >>> 24)]! ^
        table[1792 + (c & 255)]! ^
        table[1536 + ((c >>> 8) & 255)]! ^
        table[1280 + ((c >>> 16) & 255)]! ^
        table[1024 + (c >>> 24)]! ^
        table[768 + (d & 255)]! ^
        table[512 + ((d >>> 8) & 255)]! ^
        table[256 + ((d >>> 16) & 255)]! ^
        table[d >>> 24]!
    }
    at += whole * 4
  }
  for (; at < to; at++) sum = table[(sum ^ bytes[at]!) & 255]! ^ (sum >>> 8)
  return ~sum >>> 0
}
