/**
 * Two versions of protobuf definitions: what breaks clients of gRPC or of its JSON forms. On the wire a field is its number and
 * type; in JSON, and in mocks, its name.
 */
import type { SourceLocation } from '../../../core/source.ts'
import type { Change } from '../../change.ts'

export interface ProtoModel {
  readonly methods: ReadonlyMap<string, ProtoMethod>
  readonly messages: ReadonlyMap<string, ProtoMessage>
  readonly enums: ReadonlyMap<string, ProtoEnum>
}

export interface ProtoMethod {
  readonly at: SourceLocation
  readonly input: string
  readonly output: string
  /** `unary`, `server stream`, `client stream`, `both stream`. */
  readonly streams: string
}

export interface ProtoMessage {
  readonly at: SourceLocation
  /** By number. */
  readonly fields: ReadonlyMap<number, ProtoField>
}

export interface ProtoField {
  readonly at: SourceLocation
  readonly name: string
  /** `int32`, `acme.Item`, `map<string, acme.Price>`. */
  readonly type: string
  readonly repeated: boolean
  readonly required: boolean
}

export interface ProtoEnum {
  readonly at: SourceLocation
  /** Numbers by name. */
  readonly values: ReadonlyMap<string, number>
}

/** Types that are the same on the wire where values are small and not negative (protobuf.dev, "Updating a Message Type"). */
const alike: readonly (readonly string[])[] = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
]

export const compareProtos = (was: ProtoModel, now: ProtoModel): readonly Change[] => {
  const changes: Change[] = []
  const add = (
    kind: Change['kind'],
    rule: string,
    operation: string,
    path: string,
    message: string,
    at: SourceLocation,
    more: Partial<Change> = {},
  ): void => {
    changes.push({ kind, rule, operation, path, message, at, ...more })
  }
  for (const [name, before] of was.methods) {
    const after = now.methods.get(name)
    if (after === undefined) {
      add('breaking', 'operation-removed', name, '', 'the method is gone', before.at)
      continue
    }
    for (const [key, what] of [
      ['input', 'it takes another message'],
      ['output', 'it answers with another message'],
      ['streams', 'it streams otherwise'],
    ] as const)
      if (before[key] !== after[key])
        add('breaking', `method-${key}`, name, key, what, after.at, {
          before: before.at,
          expected: before[key],
          actual: after[key],
        })
  }
  for (const [name, after] of now.methods)
    if (!was.methods.has(name)) add('added', 'operation-added', name, '', 'the method is new', after.at)
  for (const [name, before] of was.messages) {
    const after = now.messages.get(name)
    if (after === undefined) add('breaking', 'message-removed', name, '', 'the message is gone', before.at)
    else changes.push(...fieldChanges(name, before, after))
  }
  for (const [name, before] of was.enums) {
    const after = now.enums.get(name)
    if (after === undefined) {
      add('breaking', 'enum-removed', name, '', 'the enum is gone', before.at)
      continue
    }
    for (const [value, number] of before.values) {
      const next = after.values.get(value)
      if (next === undefined)
        add('breaking', 'enum-value-removed', name, value, 'the value is gone', after.at, {
          before: before.at,
        })
      else if (next !== number)
        add('breaking', 'enum-value-number', name, value, 'the value has another number', after.at, {
          before: before.at,
          expected: String(number),
          actual: String(next),
        })
    }
    for (const value of after.values.keys())
      if (!before.values.has(value))
        add('added', 'enum-value-added', name, value, 'the value is new', after.at)
  }
  return changes
}

const fieldChanges = (message: string, was: ProtoMessage, now: ProtoMessage): readonly Change[] => {
  const changes: Change[] = []
  const add = (
    rule: string,
    path: string,
    words: string,
    at: SourceLocation,
    more: Partial<Change> = {},
  ): void => {
    changes.push({ kind: 'breaking', rule, operation: message, path, message: words, at, ...more })
  }
  for (const [number, before] of was.fields) {
    const after = now.fields.get(number)
    if (after === undefined) {
      add('field-removed', before.name, 'the field is gone', now.at, { before: before.at })
      continue
    }
    const places = { before: before.at }
    if (after.name !== before.name)
      add(
        'field-name',
        before.name,
        'the field has another name, which JSON and mocks know it by',
        after.at,
        { ...places, expected: before.name, actual: after.name },
      )
    if (after.type !== before.type) {
      const same = alike.some((types) => types.includes(before.type) && types.includes(after.type))
      const words = same
        ? 'the field has another type, alike on the wire but not in its values'
        : 'the field has another type'
      add('field-type', before.name, words, after.at, {
        ...places,
        expected: before.type,
        actual: after.type,
      })
    }
    if (after.repeated !== before.repeated)
      add(
        'field-label',
        before.name,
        after.repeated ? 'the field is a list now' : 'the field is no list any more',
        after.at,
        places,
      )
    if (after.required && !before.required)
      add('field-required', before.name, 'the field is required now', after.at, places)
  }
  for (const [number, after] of now.fields) {
    if (was.fields.has(number)) continue
    changes.push({
      kind: after.required ? 'breaking' : 'added',
      rule: after.required ? 'required-field-added' : 'field-added',
      operation: message,
      path: after.name,
      message: after.required ? 'the field is new and required' : 'the field is new',
      at: after.at,
    })
  }
  return changes
}
