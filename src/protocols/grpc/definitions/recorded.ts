/**
 * A message for the desensitizer: its fields by name, as what they are. Bytes are bytes, integers keep their digits, names
 * of enums and types are Words of the schema. Defaults that the wire does not carry are left out.
 */
import { Word } from '../../../core/exchange.ts'
import type { RecordedDocument } from '../schema.ts'
import {
  documentName,
  isEnum,
  isImplicit,
  isType,
  isWellKnown,
  longTypes,
  mapKey,
  numberOf,
  shortFloat,
} from './document.ts'
import { nameOf } from './literal.ts'
import { type Field, protobuf, protojson, type Type } from './protobuf.ts'

type Message = Readonly<Record<string, unknown>>

/** Told to people: it quotes nothing of the message. */
export class Unreadable extends Error {}

/** Throws Unreadable. */
export const recordedDocument = (type: Type, bytes: Uint8Array): RecordedDocument => {
  const walk = new Walk()
  try {
    return { value: walk.message(type, decoded(type, bytes), ''), ...walk.found }
  } catch (error) {
    if (error instanceof Unreadable) throw error
    // Whatever failed, its message may quote what it failed on.
    throw new Unreadable(`a message that is no ${nameOf(type)}`)
  }
}

const decoded = (type: Type, bytes: Uint8Array): Message => {
  const reader = protobuf.Reader.create(bytes)
  reader.discardUnknown = false
  return type.decode(reader) as unknown as Message
}

class Walk {
  private readonly sensitive = new Set<string>()
  private readonly aliases: Record<string, string> = Object.create(null)
  private readonly unknown = new Set<string>()

  get found(): Omit<RecordedDocument, 'value'> {
    return { sensitive: [...this.sensitive], aliases: this.aliases, unknown: [...this.unknown] }
  }

  /** `redacted`: it stands in a field with `debug_redact`. */
  message(type: Type, message: Message, path: string, redacted = false): unknown {
    this.note(type, message)
    if (isWellKnown(type)) return this.wellKnown(type, message, path, redacted)
    const value: Record<string, unknown> = Object.create(null)
    for (const field of type.fieldsArray) {
      const name = documentName(field)
      const one = Object.hasOwn(message, field.name) ? message[field.name] : undefined
      if (one === undefined || one === null) continue
      if (isImplicit(field) && isDefault(field, one)) continue
      this.alias(field, name)
      const place = path === '' ? name : `${path}.${name}`
      const recorded = this.field(field, one, place, redacted || isRedacted(field))
      if (recorded !== undefined) value[name] = recorded
    }
    return value
  }

  private field(field: Field, value: unknown, path: string, redacted: boolean): unknown {
    if (field.map) {
      // Their keys may be anything.
      if (redacted) return undefined
      const map: Record<string, unknown> = Object.create(null)
      for (const [key, one] of Object.entries(value as Message)) {
        const shown = mapKey(field, key)
        map[shown] = this.single(field, one, `${path}.${shown}`, false)
      }
      return map
    }
    if (!field.repeated) return this.single(field, value, path, redacted)
    const items = (value as readonly unknown[]).map((one) => this.single(field, one, path, redacted))
    return items.includes(undefined) ? undefined : items
  }

  /** undefined: it must not be told, and cannot be made up. */
  private single(field: Field, value: unknown, path: string, redacted: boolean): unknown {
    const { resolvedType } = field
    if (isType(resolvedType)) return this.message(resolvedType, value as Message, path, redacted)
    if (isEnum(resolvedType)) {
      const name = resolvedType.valuesById[value as number]
      if (redacted) return undefined
      if (resolvedType.fullName === '.google.protobuf.NullValue') return null
      return name === undefined ? value : new Word(name)
    }
    return this.scalar(field.type, value, path, redacted)
  }

  private scalar(type: string, value: unknown, path: string, redacted: boolean): unknown {
    if (redacted) {
      if (type === 'bool' || type === 'bytes') return undefined
      this.sensitive.add(path)
    }
    if (longTypes.has(type)) return numberOf(value)
    if (type === 'float') return shortFloat(value as number)
    return value
  }

  private wellKnown(type: Type, message: Message, path: string, redacted: boolean): unknown {
    const name = nameOf(type).slice('google.protobuf.'.length)
    const wrapped = type.fields['value']
    if (/Value$/.test(name) && wrapped !== undefined && !isType(wrapped.resolvedType))
      return this.scalar(wrapped.type, message['value'] ?? wrapped.typeDefault, path, redacted)
    if (redacted) return undefined
    if (name === 'Any') return this.any(type, message, path)
    const json = protojson.toJson(type, message as never) as unknown
    const isWord = name === 'Duration' || (name === 'FieldMask' && /^[A-Za-z_.,]*$/.test(json as string))
    return isWord ? new Word(json as string) : json
  }

  private any(type: Type, message: Message, path: string): unknown {
    const url = String(message['typeUrl'] ?? message['type_url'] ?? '')
    const bytes = (message['value'] as Uint8Array | undefined) ?? new Uint8Array(0)
    if (url === '' && bytes.length === 0) return Object.create(null)
    const inner = type.root.lookup(url.slice(url.lastIndexOf('/') + 1))
    if (!isType(inner) || !/^[\w.:/-]+$/.test(url))
      throw new Unreadable('an Any of a type that no definition names')
    const value = this.message(inner, decoded(inner, bytes), isWellKnown(inner) ? `${path}.value` : path)
    const word = { '@type': new Word(url) }
    return isWellKnown(inner) ? { ...word, value } : { ...word, ...(value as object) }
  }

  /** What either name says of a value counts, where they are two. */
  private alias(field: Field, name: string): void {
    const { protoName } = field
    if (plain(protoName) !== plain(name)) this.aliases[name] = protoName
  }

  private note(type: Type, message: Message): void {
    const unknown = message['$unknowns'] as readonly Uint8Array[] | undefined
    for (const bytes of unknown ?? []) this.unknown.add(`${nameOf(type)} #${fieldNumber(bytes)}`)
  }
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '')

/** protobufjs shows what it does not know as it stood on the wire, with its tag. */
const fieldNumber = (bytes: Uint8Array): number => protobuf.Reader.create(bytes).uint32() >>> 3

/** `debug_redact` of google.protobuf.FieldOptions. */
const isRedacted = ({ options }: Field): boolean =>
  options?.['debug_redact'] === true || options?.['debugRedact'] === true

const isDefault = (field: Field, value: unknown): boolean => {
  if (field.repeated) return (value as readonly unknown[]).length === 0
  if (field.map) return Object.keys(value as object).length === 0
  if (value instanceof Uint8Array) return value.length === 0
  return String(value) === String(field.typeDefault)
}
