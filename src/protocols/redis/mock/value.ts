/**
 * Values of mock files and of scripts as RESP, and the reverse. RESP3 is the richer one, so that values are made in it, and
 * what RESP2 lacks becomes what a server sends there (https://redis.io/docs/latest/develop/reference/protocol-spec).
 */
import { isUtf8 } from 'node:buffer'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import { array, bulk, errorReply, integer, isError, type Resp, simple, types } from '../resp/value.ts'

type Fields = Readonly<Record<string, unknown>>

const leaf = (type: number, text: string): Resp => ({ type, text: Buffer.from(text), items: undefined })

export const nothing: Resp = { type: types.null, text: undefined, items: undefined }

/** Throws SpecError, its path from the value. */
export const respOf = (value: unknown): Resp => {
  switch (typeof value) {
    case 'string':
      // What commands answer that only did something; clients take it for any text, too.
      return value === 'OK' ? simple(value) : bulk(value)
    case 'number':
      return Number.isSafeInteger(value) ? integer(value) : leaf(types.double, doubleText(value))
    case 'bigint':
      return leaf(isInt64(value) ? types.integer : types.bigNumber, String(value))
    case 'boolean':
      return leaf(types.boolean, value ? 't' : 'f')
    default:
      return value === null || value === undefined ? nothing : ofMany(value)
  }
}

const ofMany = (value: object): Resp => {
  if (Array.isArray(value)) return array(listOf(value))
  const fields = value as Fields
  const sign = Object.keys(fields).find((key) => key.startsWith('$'))
  if (sign !== undefined) return within([sign], () => special(fields, sign))
  const items = Object.entries(fields).flatMap(([key, one]) => [bulk(key), within([key], () => respOf(one))])
  return array(items, types.map)
}

const listOf = (list: readonly unknown[]): readonly Resp[] =>
  list.map((one, i) => within([i], () => respOf(one)))

const kinds: Readonly<Record<string, (operand: unknown) => Resp>> = {
  $error: (text) => errorReply(errorText(text)),
  $simple: (text) => simple(oneLine(text)),
  $binary: (text) => {
    if (
      typeof text !== 'string' ||
      !/^(?:[\d+/A-Za-z]{4})*(?:[\d+/A-Za-z]{2}==|[\d+/A-Za-z]{3}=)?$/.test(text)
    )
      throw new SpecError('$binary is base64')
    return bulk(Buffer.from(text, 'base64'))
  },
  $set: (list) => {
    if (!Array.isArray(list)) throw new SpecError('$set is a list')
    return array(listOf(list), types.set)
  },
}

const special = (fields: Fields, sign: string): Resp => {
  const make = Object.hasOwn(kinds, sign) ? kinds[sign] : undefined
  if (make === undefined)
    throw new SpecError(`there is no ${sign} in a value`, [], `use ${Object.keys(kinds).join(', ')}`, true)
  if (Object.keys(fields).length > 1)
    throw new SpecError(`nothing stands beside ${sign}`, [], 'remove the other keys', true)
  return make(fields[sign])
}

const oneLine = (text: unknown): string => {
  if (typeof text === 'string' && /^[^\r\n]*$/.test(text)) return text
  throw new SpecError('it is text of one line')
}

/** Checked: one line, its code first, as clients look at it. */
export const errorText = (text: unknown): string => {
  const line = oneLine(text)
  if (/^-?[A-Z][A-Z\d_]*(?: |$)/.test(line)) return line.replace(/^-/, '')
  throw new SpecError(
    'an error begins with its code',
    [],
    `write ERR ${line}, or MOVED, READONLY, WRONGTYPE …`,
  )
}

const doubleText = (n: number): string => {
  if (Number.isNaN(n)) return 'nan'
  return Number.isFinite(n) ? String(n) : n > 0 ? 'inf' : '-inf'
}

const isInt64 = (n: bigint): boolean => n === BigInt.asIntN(64, n)

/** As RESP2 says the same. */
export const inResp2 = (reply: Resp): Resp => {
  const { type, text, items } = reply
  if (items !== undefined) return array(items.map(inResp2))
  if (type === types.null) return { type: types.bulk, text: undefined, items: undefined }
  if (type === types.boolean) return integer(text?.[0] === 116 ? 1 : 0)
  if (type === types.double || type === types.bigNumber) return bulk(text!)
  // Verbatim text has its format and a colon in front.
  if (type === types.verbatim) return bulk(text!.subarray(4))
  return type === types.bulkError ? { ...reply, type: types.error } : reply
}

/** As mock files write it. What is no UTF-8 is `{ $binary }`. */
export const plainOf = (reply: Resp): unknown => {
  const { type, text, items } = reply
  if (items !== undefined) return type === types.map ? mapOf(items) : items.map(plainOf)
  if (text === undefined) return null
  if (isError(reply)) return { $error: text.toString('latin1') }
  switch (type) {
    case types.integer: {
      const n = Number(text.toString('latin1'))
      return Number.isSafeInteger(n) ? n : BigInt(text.toString('latin1'))
    }
    case types.bigNumber:
      return BigInt(text.toString('latin1'))
    case types.double:
      return doubleOf(text.toString('latin1'))
    case types.boolean:
      return text[0] === 116
    case types.verbatim:
      return textOf(text.subarray(4))
    default:
      return textOf(text)
  }
}

/** JSON knows neither infinity nor nan, which stay texts. */
const doubleOf = (text: string): unknown => {
  const n = Number(text)
  return Number.isFinite(n) ? n : text
}

const mapOf = (items: readonly Resp[]): unknown => {
  const fields: Record<string, unknown> = Object.create(null)
  for (let i = 0; i + 1 < items.length; i += 2)
    fields[keyText(items[i]!.text ?? none)] = plainOf(items[i + 1]!)
  return fields
}

const none = Buffer.alloc(0)

const textOf = (text: Buffer): unknown =>
  isUtf8(text) ? text.toString() : { $binary: text.toString('base64') }

/** Names for people and for conditions: UTF-8, else one character a byte. */
export const keyText = (name: Buffer): string => (isUtf8(name) ? name.toString() : name.toString('latin1'))
