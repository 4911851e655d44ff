/** Random messages of a version, by the table of fields. */
import fc from 'fast-check'
import type { Message, Value } from '../../../../src/protocols/kafka/messages/index.ts'
import { type Field, isIn } from '../../../../src/protocols/kafka/messages/parse.ts'

const bytes = fc.uint8Array({ maxLength: 12 }).map((value) => Buffer.from(value))
const text = fc.string({ unit: 'binary', maxLength: 30 })

const primitives: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  b: fc.boolean(),
  1: fc.integer({ min: -128, max: 127 }),
  2: fc.integer({ min: -32_768, max: 32_767 }),
  4: fc.integer(),
  8: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  u: fc.integer({ min: 0, max: 65_535 }),
  f: fc.double({ noNaN: true }),
  s: text,
  i: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  y: bytes,
  r: bytes,
}

const fieldValue = (field: Field, version: number, flexible: boolean): fc.Arbitrary<Value> => {
  const one = field.type === '{' ? messageOf(field.fields, version, flexible) : primitives[field.type]!
  const some: fc.Arbitrary<Value> = field.array ? fc.array(one, { maxLength: 3 }) : one
  return isIn(version, field.nullable) ? fc.option(some, { nil: null, freq: 4 }) : some
}

/** Only the fields that the version has, and tags that nobody knows, which begin behind all known ones. */
export const messageOf = (
  fields: readonly Field[],
  version: number,
  flexible: boolean,
): fc.Arbitrary<Message> => {
  const there = fields.filter(({ versions }) => isIn(version, versions))
  const record = fc.record(
    Object.fromEntries(there.map((field) => [field.name, fieldValue(field, version, flexible)])),
  )
  if (!flexible) return record
  const tags = fc.uniqueArray(fc.record({ tag: fc.integer({ min: 100, max: 2 ** 31 }), bytes }), {
    selector: ({ tag }) => tag,
    maxLength: 2,
  })
  return fc.tuple(record, fc.option(tags, { nil: [], freq: 1 })).map(([message, unknown]) => {
    if (unknown.length === 0) return message
    return { ...message, unknownTags: unknown.sort((a, b) => a.tag - b.tag) }
  })
}
