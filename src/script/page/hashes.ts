/**
 * `tools.hash` in a page: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). The browser's own are asynchronous, and an expression
 * uses the result at once. Only for small texts; nothing here guards a secret.
 */
import { utf8Bytes } from '../../core/bytes.ts'

/** In hexadecimal. */
export const hash = (algorithm: string, text: string): string => {
  const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined
  if (known === undefined) throw new TypeError('hash takes md5, sha1, sha256, sha384 or sha512')
  return known(utf8Bytes(text))
}

const algorithms: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  md5: (bytes) => md5(bytes),
  sha1: (bytes) => sha1(bytes),
  sha256: (bytes) => sha256(bytes),
  sha384: (bytes) => sha512(bytes, 384),
  sha512: (bytes) => sha512(bytes, 512),
}

/** The message, a one, zeros, and its length in bits at the end of the last block. */
const padded = (bytes: Uint8Array, block: 64 | 128, littleEndian = false): DataView => {
  const length = Math.ceil((bytes.length + 1 + block / 8) / block) * block
  const whole = new Uint8Array(length)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setBigUint64(length - 8, BigInt(bytes.length) * 8n, littleEndian)
  return view
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

const left = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const right = (word: number, by: number): number => left(word, 32 - by)

const md5Shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

const md5 = (bytes: Uint8Array): string => {
  const view = padded(bytes, 64, true)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d] = state as [number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const [mixed, word] = [
        [(b & c) | (~b & d), i],
        [(d & b) | (~d & c), (5 * i + 1) % 16],
        [b ^ c ^ d, (3 * i + 5) % 16],
        [c ^ (b | ~d), (7 * i) % 16],
      ][round] as [number, number]
      const constant = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32)
      const sum = (a + mixed + constant + view.getUint32(at + word * 4, true)) | 0
      ;[a, d, c, b] = [d, c, b, (b + left(sum, md5Shifts[round]![i % 4]!)) | 0]
    }
    for (const [i, word] of [a, b, c, d].entries()) state[i] = (state[i]! + word) | 0
  }
  const out = new DataView(new ArrayBuffer(16))
  for (const [i, word] of state.entries()) out.setInt32(i * 4, word, true)
  return [0, 4, 8, 12].map((at) => hex(out.getUint32(at))).join('')
}

const sha1 = (bytes: Uint8Array): string => {
  const view = padded(bytes, 64)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const words = new Int32Array(80)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 80; i++)
      words[i] =
        i < 16
          ? view.getInt32(at + i * 4)
          : left(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1)
    let [a, b, c, d, e] = state as [number, number, number, number, number]
    for (let i = 0; i < 80; i++) {
      const [mixed, constant] = [
        [(b & c) | (~b & d), 0x5a827999],
        [b ^ c ^ d, 0x6ed9eba1],
        [(b & c) | (b & d) | (c & d), 0x8f1bbcdc],
        [b ^ c ^ d, 0xca62c1d6],
      ][Math.floor(i / 20)] as [number, number]
      const next = (left(a, 5) + mixed + e + constant + words[i]!) | 0
      ;[e, d, c, b, a] = [d, c, left(b, 30), a, next]
    }
    for (const [i, word] of [a, b, c, d, e].entries()) state[i] = (state[i]! + word) | 0
  }
  return state.map(hex).join('')
}

const primes = (count: number): readonly bigint[] => {
  const found: bigint[] = []
  for (let n = 2n; found.length < count; n++) if (found.every((prime) => n % prime !== 0n)) found.push(n)
  return found
}

/** The first 64 bits behind the point of a root: the standard's constants. */
const fraction = (prime: bigint, root: 2n | 3n): bigint => {
  const wanted = prime << (64n * root)
  let low = 0n
  let high = 1n << 80n
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** root <= wanted) low = middle
    else high = middle
  }
  return BigInt.asUintN(64, low)
}

const sha256 = (bytes: Uint8Array): string => {
  const constants = primes(64).map((prime) => Number(fraction(prime, 3n) >> 32n))
  const state = primes(8).map((prime) => Number(fraction(prime, 2n) >> 32n))
  const view = padded(bytes, 64)
  const words = new Int32Array(64)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        words[i] = view.getInt32(at + i * 4)
        continue
      }
      const [x, y] = [words[i - 15]!, words[i - 2]!]
      const small = right(x, 7) ^ right(x, 18) ^ (x >>> 3)
      const large = right(y, 17) ^ right(y, 19) ^ (y >>> 10)
      words[i] = (words[i - 16]! + small + words[i - 7]! + large) | 0
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const one = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g))) | 0
      const sum = (one + constants[i]! + words[i]!) | 0
      const other = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + sum) | 0, c, b, a, (sum + other) | 0]
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i]! + word) | 0
  }
  return state.map(hex).join('')
}

const right64 = (word: bigint, by: bigint): bigint => (word >> by) | BigInt.asUintN(64, word << (64n - by))

const wrap = (word: bigint): bigint => BigInt.asUintN(64, word)

/** SHA-384 begins with the roots of other primes, and leaves out the end. */
const sha512 = (bytes: Uint8Array, bits: 384 | 512): string => {
  const constants = primes(80).map((prime) => fraction(prime, 3n))
  const first = primes(16).slice(bits === 384 ? 8 : 0, bits === 384 ? 16 : 8)
  const state = first.map((prime) => fraction(prime, 2n))
  const view = padded(bytes, 128)
  for (let at = 0; at < view.byteLength; at += 128) {
    const words: bigint[] = []
    for (let i = 0; i < 80; i++) {
      if (i < 16) {
        words.push(view.getBigUint64(at + i * 8))
        continue
      }
      const [x, y] = [words[i - 15]!, words[i - 2]!]
      const small = right64(x, 1n) ^ right64(x, 8n) ^ (x >> 7n)
      const large = right64(y, 19n) ^ right64(y, 61n) ^ (y >> 6n)
      words.push(wrap(words[i - 16]! + small + words[i - 7]! + large))
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
    for (let i = 0; i < 80; i++) {
      const mixed = right64(e, 14n) ^ right64(e, 18n) ^ right64(e, 41n)
      const sum = wrap(h + mixed + ((e & f) ^ (wrap(~e) & g)) + constants[i]! + words[i]!)
      const other = (right64(a, 28n) ^ right64(a, 34n) ^ right64(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))
      ;[h, g, f, e, d, c, b, a] = [g, f, e, wrap(d + sum), c, b, a, wrap(sum + other)]
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = wrap(state[i]! + word)
  }
  return state
    .map((word) => word.toString(16).padStart(16, '0'))
    .join('')
    .slice(0, bits / 4)
}
