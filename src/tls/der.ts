/** Writes DER (ITU-T X.690): the few types that certificates and PKCS#12 files are made of. */

const length = (bytes: number): number[] => {
  if (bytes < 0x80) return [bytes]
  const digits: number[] = []
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return [0x80 | digits.length, ...digits]
}

/** Tag, length, and the parts one after the other. */
export const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Uint8Array.from([tag, ...length(size)]), ...parts])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)

/** `parts` in the order of their bytes, as DER wants sets of equal type. */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts.toSorted(Buffer.compare))

export const octets = (...parts: readonly Uint8Array[]): Buffer => der(0x04, ...parts)

export const bits = (unused: number, bytes: Uint8Array): Buffer => der(0x03, Uint8Array.of(unused), bytes)

export const yes: Buffer = der(0x01, Uint8Array.of(0xff))

export const nothing: Buffer = der(0x05)

/** A context-specific tag around whole values. */
export const explicit = (n: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 | n, ...parts)

/** A context-specific tag instead of the value's own, for values that hold no others. */
export const implicit = (n: number, bytes: Uint8Array): Buffer => der(0x80 | n, bytes)

/** Not negative: big-endian bytes, or a small number. */
export const integer = (value: number | Uint8Array): Buffer => {
  const bytes = typeof value === 'number' ? Uint8Array.from(digitsOf(value)) : value
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start)
  return digits[0]! & 0x80 ? der(0x02, Uint8Array.of(0), digits) : der(0x02, digits)
}

const digitsOf = (value: number): number[] => {
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return digits.length === 0 ? [0] : digits
}

/** `1.2.840.10045.4.3.2`. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return der(0x06, Uint8Array.from(bytes))
}

export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))

/** UTF-16, big-endian. */
export const bmp = (text: string): Buffer => der(0x1e, bigEndian(text))

export const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** To the second. UTCTime to 2049, GeneralizedTime from then on, as RFC 5280 section 4.1.2.5 asks. */
export const time = (at: Date): Buffer => {
  const digits = at.toISOString().replace(/\.\d+|[-:T]/g, '')
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : der(0x18, Buffer.from(digits, 'latin1'))
}
