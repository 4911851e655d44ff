/** Numbers of records: zigzag, seven bits a byte, the lowest first (https://kafka.apache.org/documentation/#record). */

/** Bytes of a number of 32 bits. */
export const varintSize = (value: number): number => {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  if (zigzag < 0x80) return 1
  if (zigzag < 0x4000) return 2
  if (zigzag < 0x20_0000) return 3
  return zigzag < 0x1000_0000 ? 4 : 5
}

/** Writes a number of 32 bits and gives where the next byte goes. */
export const writeVarint = (bytes: Uint8Array, at: number, value: number): number => {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let place = at
  for (; rest > 0x7f; rest >>>= 7) bytes[place++] = (rest & 0x7f) | 0x80
  bytes[place++] = rest
  return place
}

const zigzag64 = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))

/** Bytes of a number of 64 bits that is a number of JavaScript. */
export const varlongSize = (value: number): number => {
  if (value === (value | 0)) return varintSize(value)
  let size = 1
  for (let rest = zigzag64(BigInt(value)); rest > 127n; rest >>= 7n) size++
  return size
}

/** As `writeVarint`, of up to 64 bits. */
export const writeVarlong = (bytes: Uint8Array, at: number, value: number): number => {
  if (value === (value | 0)) return writeVarint(bytes, at, value)
  let place = at
  let rest = zigzag64(BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes[place++] = Number(rest & 127n) | 0x80
  bytes[place++] = Number(rest)
  return place
}
