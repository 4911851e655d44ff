/**
 * As much of protobuf's wire format as our own messages need (errors, health, reflection), so that these are answered
 * without loading definitions.
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}

export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A field that holds bytes, a text, or a message. */
export const bytesField = (number: number, value: Uint8Array | string): Uint8Array => {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  return concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
}

/** A field that holds a whole number that is not negative. */
export const numberField = (number: number, value: number): Uint8Array =>
  Uint8Array.from([...varint(number * 8), ...varint(value)])

export interface WireField {
  readonly number: number
  /** Of varint fields; 0 for the others. */
  readonly value: number
  /** Of length-delimited fields; empty for the others. */
  readonly bytes: Uint8Array
}

export const textOf = (field: WireField | undefined): string =>
  field === undefined ? '' : decoder.decode(field.bytes)

/** Throws Error for what is no message. */
export const readFields = (message: Uint8Array): readonly WireField[] => {
  const fields: WireField[] = []
  let at = 0
  const next = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('the message ends inside a number')
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a number is too long')
  }
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new Error('the message ends inside a field')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = next()
    const number = Math.floor(tag / 8)
    const kind = tag % 8
    if (kind === 0) fields.push({ number, value: next(), bytes: empty })
    else if (kind === 2) fields.push({ number, value: 0, bytes: take(next()) })
    else if (kind === 1 || kind === 5) take(kind === 1 ? 8 : 4)
    else throw new Error(`a field of wire type ${kind}`)
  }
  return fields
}

const empty = new Uint8Array(0)
