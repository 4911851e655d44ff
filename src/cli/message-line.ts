/** A message in two forms: a line for people, an object for --json. Bytes that are no text are hexadecimal here and base64 there. */
import { isUtf8 } from 'node:buffer'
import type { WireMessage } from '../app/messages/tail.ts'
import { parseJson } from '../core/json.ts'
import type { Style } from './style.ts'

const shownBytes = 64
const control = /[\0-\x08\x0b-\x1f\x7f]/

export const renderMessage = (message: WireMessage, style: Style): string => {
  const { topic, partition, offset, timestamp, key, headers } = message
  const time = new Date(timestamp).toISOString().slice(11, 23)
  const parts = [style.dim(time), style.bold(`${topic}/${partition}@${offset}`)]
  if (key !== null) parts.push(`key=${shown(key)}`)
  for (const { name, value } of headers)
    parts.push(style.dim(`${name}=${value === null ? 'null' : shown(value)}`))
  parts.push(message.json ?? (message.value === null ? style.dim('null') : shown(message.value)))
  return parts.join('  ')
}

const shown = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString()
  if (isUtf8(bytes) && !control.test(text)) return text
  const hex = bytes.subarray(0, shownBytes).toString('hex')
  return `0x${hex}${bytes.length > shownBytes ? `… (${bytes.length} bytes)` : ''}`
}

export const messageLine = (message: WireMessage): object => ({
  type: 'message',
  topic: message.topic,
  partition: message.partition,
  offset: message.offset,
  timestamp: new Date(message.timestamp).toISOString(),
  key: message.key === null ? null : textOf(message.key),
  headers: message.headers.map(({ name, value }) => [name, value === null ? null : textOf(value)]),
  value:
    message.json !== undefined
      ? documentOf(message.json)
      : message.value === null
        ? null
        : valueOfBytes(message.value),
})

/** Text, or bytes as mock files write them. */
const textOf = (base64: string): unknown => {
  const bytes = Buffer.from(base64, 'base64')
  return isUtf8(bytes) ? bytes.toString() : { $binary: base64 }
}

/** A document where it is one: what else could be JSON (42, true) may as well be text. */
const valueOfBytes = (base64: string): unknown => {
  const text = textOf(base64)
  return typeof text === 'string' && /^\s*[{[]/.test(text) ? (documentOf(text) ?? text) : text
}

interface RawJson {
  rawJSON(text: string): unknown
}

/** Integers beyond 2^53 keep their digits. undefined: it is no JSON. */
const documentOf = (text: string): unknown => {
  const parsed = parseJson(text)
  return parsed.ok ? withDigits(parsed.value) : undefined
}

const withDigits = (value: unknown): unknown => {
  if (typeof value === 'bigint') return (JSON as unknown as RawJson).rawJSON(String(value))
  if (Array.isArray(value)) return value.map(withDigits)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withDigits(one)]))
}
