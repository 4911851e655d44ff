/**
 * The messages that Kafka's own client writes and how it reads them, one of each API and version: java-client.txt.gz holds lines of API key, direction,
 * version, bytes in hexadecimal and the JSON of the client's own converters (kafka-clients 4.2.0; 3.9.1 for versions that 4.0 removed).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  apiOf,
  apis,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Value,
} from '../../../../src/protocols/kafka/messages/index.ts'
import type { Field } from '../../../../src/protocols/kafka/messages/parse.ts'

const lines = gunzipSync(readFileSync(join(import.meta.dirname, 'java-client.txt.gz')))
  .toString()
  .trim()
  .split('\n')
  .map((line) => /^(\d+) (request|response) (\d+) (\w*) (.+)$/.exec(line)!)
  .map(([, key, direction, version, hex, json]) => ({
    api: apiOf(Number(key))!,
    direction: direction as 'request' | 'response',
    version: Number(version),
    bytes: Buffer.from(hex!, 'hex'),
    // Numbers as they are written, because not all int64 are numbers of JavaScript.
    json: JSON.parse(json!, (_key, value, context?: { source: string }) =>
      typeof value === 'number' ? { number: sourceOf(value, context!.source) } : value,
    ) as Json,
  }))
type Json = { [name: string]: Json } | Json[] | string | boolean | null | { number: string | number }

function sourceOf(value: number, source: string): string | number {
  return /^-?\d+$/.test(source) ? source : value
}

/** What the converters say of a value of ours. They leave out tagged fields that are at their default. */
const sameField = (field: Field, value: Value, json: Json, place: string): void => {
  if (json === null) {
    expect(value, place).toBe(null)
  } else if (field.array) {
    const items = json as Json[]
    expect((value as Value[]).length, place).toBe(items.length)
    items.forEach((item, i) => {
      sameValue(field, (value as Value[])[i]!, item, `${place}[${i}]`)
    })
  } else sameValue(field, value, json, place)
}

const sameValue = (field: Field, value: Value, json: Json, place: string): void => {
  if (field.type === '{') sameStruct(field.fields, value, json, place)
  else expect(shown(field, value), place).toEqual(json)
}

/** A primitive as the converters show it. */
const shown = (field: Field, value: Value): Json => {
  if (field.type === 'i') return Buffer.from(value as string, 'hex').toString('base64url')
  if (field.type === 'y') return Buffer.from(value as Uint8Array).toString('base64')
  // Java writes 1.0E-4 where JavaScript writes 0.0001.
  if (field.type === 'f') return { number: value as number }
  if (typeof value === 'number' || typeof value === 'bigint') return { number: String(value) }
  return value as Json
}

const sameStruct = (fields: readonly Field[], value: Value, json: Json, place: string): void => {
  const message = value as { [name: string]: Value }
  const wanted = json as { [name: string]: Json }
  const rest = new Set(Object.keys(wanted))
  for (const field of fields) {
    // Of records the converters give the size alone.
    const size = wanted[`${field.name}SizeInBytes`] as { number: string } | undefined
    rest.delete(`${field.name}SizeInBytes`)
    rest.delete(field.name)
    const inner = `${place}.${field.name}`
    if (size !== undefined)
      expect((message[field.name] as Uint8Array).length, inner).toBe(Number(size.number))
    else if (wanted[field.name] !== undefined)
      sameField(field, message[field.name]!, wanted[field.name]!, inner)
  }
  expect([...rest], place).toEqual([])
}

describe("the Java client's messages", () => {
  it('are of every API and version', () => {
    const there = new Set(lines.map(({ api, direction, version }) => `${api.name} ${direction} ${version}`))
    const wanted = apis.flatMap((api) =>
      Array.from({ length: api.max - api.min + 1 }, (_none, i) => [
        `${api.name} request ${api.min + i}`,
        `${api.name} response ${api.min + i}`,
      ]).flat(),
    )
    expect(wanted.filter((form) => !there.has(form))).toEqual([])
  })

  it('are read as the client reads them', () => {
    for (const { api, direction, version, bytes, json } of lines) {
      const message = (direction === 'request' ? decodeRequest : decodeResponse)(api, version, bytes)
      sameStruct(api.fieldsOf(direction), message, json, `${api.name} ${direction} v${version}`)
    }
  })

  it('are written as the client writes them, byte for byte', () => {
    for (const { api, direction, version, bytes } of lines) {
      const [decode, encode] =
        direction === 'request' ? [decodeRequest, encodeRequest] : [decodeResponse, encodeResponse]
      const written = encode(api, version, decode(api, version, bytes))
      expect(written.toString('hex'), `${api.name} ${direction} v${version}`).toBe(bytes.toString('hex'))
    }
  })
})
