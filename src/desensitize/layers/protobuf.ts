/**
 * A protobuf message in bytes whose type nobody names, by its wire format alone (protobuf "Encoding"): texts and whole
 * numbers are looked at as values of unknown fields, and lengths are written anew. Bytes count as a message only where all
 * of them are understood and some are a text, so that chance seldom makes one.
 */
import { isUtf8 } from 'node:buffer'
import { applyEdits, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'

type Part =
  /** Fixed numbers, which say nothing without a type, with their tag. */
  | { readonly kind: 'kept'; readonly bytes: Uint8Array }
  | { readonly kind: 'number'; readonly tag: number; readonly value: bigint }
  | { readonly kind: 'text'; readonly tag: number; readonly text: string }
  | { readonly kind: 'message'; readonly tag: number; readonly parts: readonly Part[] }

/** undefined: it is no message. */
export const wireMessageChange = (
  bytes: Uint8Array,
  field: Field,
  where: Where,
  run: Run,
): { readonly bytes: (() => Uint8Array) | undefined } | undefined => {
  const parts = partsOf(bytes, run.limits.depth - field.depth)
  if (parts === undefined || !parts.some(hasText)) return undefined
  const leaf: Field = { name: '', meaning: run.names.of(''), kind: 'text', depth: field.depth + 1 }
  return { bytes: partsChange(parts, leaf, where, run) }
}

const partsChange = (
  parts: readonly Part[],
  field: Field,
  outer: Where,
  run: Run,
): (() => Uint8Array) | undefined => {
  const changes = parts.map((part) => {
    if (part.kind === 'kept') return undefined
    const where: Where = { offset: outer.offset, path: () => `${outer.path()}.${part.tag >>> 3}` }
    return partChange(part, field, where, run)
  })
  if (changes.every((change) => change === undefined)) return undefined
  return () => Buffer.concat(parts.map((part, i) => changes[i]?.() ?? written(part)))
}

const partChange = (
  part: Exclude<Part, { kind: 'kept' }>,
  field: Field,
  where: Where,
  run: Run,
): (() => Uint8Array) | undefined => {
  const { tag } = part
  if (part.kind === 'message') {
    const change = partsChange(part.parts, field, where, run)
    return change && (() => delimited(tag, change()))
  }
  const text = part.kind === 'text' ? part.text : String(part.value)
  const edits = run.leaf(text, part.kind === 'text' ? field : { ...field, kind: 'number' }, where)
  if (edits.length === 0) return undefined
  if (part.kind === 'text') return () => delimited(tag, Buffer.from(applyEdits(text, edits), 'utf8'))
  return () => {
    const digits = applyEdits(text, edits).replace(/\D/g, '0')
    const value = BigInt(digits)
    return Buffer.from([
      ...varint(BigInt(tag)),
      ...varint(value > largest ? BigInt(digits.slice(0, -1)) : value),
    ])
  }
}

const largest = 2n ** 64n - 1n

const hasText = (part: Part): boolean =>
  part.kind === 'text' ? part.text !== '' : part.kind === 'message' && part.parts.some(hasText)

const written = (part: Part): Uint8Array => {
  switch (part.kind) {
    case 'kept':
      return part.bytes
    case 'number':
      return Buffer.from([...varint(BigInt(part.tag)), ...varint(part.value)])
    case 'text':
      return delimited(part.tag, Buffer.from(part.text, 'utf8'))
    case 'message':
      return delimited(part.tag, Buffer.concat(part.parts.map(written)))
  }
}

const delimited = (tag: number, payload: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([...varint(BigInt(tag)), ...varint(BigInt(payload.length))]), payload])

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return bytes
}

/** Nobody numbers fields higher by hand. */
const fieldAtMost = 2047

const partsOf = (bytes: Uint8Array, depth: number): readonly Part[] | undefined => {
  if (depth < 0) return undefined
  const parts: Part[] = []
  let at = 0
  const number = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 0x7f) << shift
      // Written longer than need be, it would not be the same when it is written again.
      if (byte < 0x80) return value > largest || (byte === 0 && shift > 0n) ? undefined : value
    }
    return undefined
  }
  while (at < bytes.length) {
    const start = at
    const tag = Number(number() ?? 0n)
    const kind = tag & 7
    if (tag < 8 || tag >>> 3 > fieldAtMost) return undefined
    if (kind === 1 || kind === 5) {
      at += kind === 1 ? 8 : 4
      if (at > bytes.length) return undefined
      parts.push({ kind: 'kept', bytes: bytes.subarray(start, at) })
      continue
    }
    const value = number()
    if (value === undefined || (kind !== 0 && kind !== 2)) return undefined
    if (kind === 0) {
      parts.push({ kind: 'number', tag, value })
      continue
    }
    if (value > BigInt(bytes.length - at)) return undefined
    const payload = bytes.subarray(at, at + Number(value))
    at += payload.length
    const part = payloadPart(tag, payload, depth)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts
}

const payloadPart = (tag: number, payload: Uint8Array, depth: number): Part | undefined => {
  const text = isUtf8(payload) ? Buffer.from(payload).toString('utf8') : undefined
  // A message begins with a tag, which is seldom a sign that texts begin with.
  if (text !== undefined && !/[\x00-\x1f\x7f]/.test(text)) return { kind: 'text', tag, text }
  const parts = partsOf(payload, depth - 1)
  if (parts !== undefined) return { kind: 'message', tag, parts }
  const isText = text !== undefined && !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)
  return isText ? { kind: 'text', tag, text } : undefined
}
