/** The formats of a service's topics: how values are read, written, and held against their schemas. */
import { parseJson } from '../../../core/json.ts'
import type { Dial } from '../../../core/protocol.ts'
import type { SchemaPart, ValueFormat } from '../../../core/service-entry.ts'
import { bytesOf, type OutgoingValue } from '../mock/outcome.ts'
import type { ValueReader } from '../mock/value-body.ts'
import { type Codec, FormatError, type SchemaBreach } from './format.ts'
import { frame, framed, readIndexes, writeIndexes } from './framing.ts'
import { type RegisteredSchema, SchemaRegistry } from './registry.ts'

/** Codecs are loaded for services that have such a format, and nowhere else. */
const loaders = {
  avro: () => import('./avro.ts'),
  protobuf: () => import('./protobuf.ts'),
  json: () => import('./json.ts'),
}

/** Of one value: the codec, and what stands before it. */
interface Reading {
  readonly codec: Codec
  readonly bytes: Uint8Array
}

interface Writing {
  readonly codec: Codec
  /** Before the encoded value. */
  readonly head: Uint8Array | undefined
}

const strings: Codec = {
  decode: (bytes) => JSON.stringify(Buffer.from(bytes).toString()),
  encode: (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
}

export interface FormatFacts {
  /** By the application's name of the topic. */
  formatOf(topic: string): ValueFormat | undefined
  readonly dial: Dial
}

export class Formats {
  private readonly facts: FormatFacts
  private readonly registries = new WeakMap<object, SchemaRegistry>()
  /** By the schema's text, its message, and its kind. */
  private readonly codecs = new Map<string, Promise<Codec>>()

  constructor(facts: FormatFacts) {
    this.facts = facts
  }

  /** Whether values of the topic are held against a schema. */
  checks(topic: string): boolean {
    const format = this.facts.formatOf(topic)
    return format?.schema !== undefined || format?.registry !== undefined
  }

  /** undefined: values are what they are. */
  reader(topic: string): ValueReader | undefined {
    const format = this.facts.formatOf(topic)
    if (format === undefined || format.format === 'binary') return undefined
    // JSON that is not framed is its own text.
    if (format.format === 'json' && format.registry === undefined && format.id === undefined) return undefined
    return async (bytes) => {
      const reading = await this.reading(format, bytes)
      return reading.codec.decode(reading.bytes)
    }
  }

  /** Bytes of what a mock sends. Rejects with FormatError. */
  async encode(topic: string, value: OutgoingValue): Promise<Uint8Array | null> {
    const format = this.facts.formatOf(topic)
    // Text and binary of a mock file stand for themselves, but for a format in which a text is a value.
    if (format === undefined || value.kind !== 'json') return bytesOf(value)
    return this.encoded(topic, format, value.value)
  }

  /** Of JSON text as it was typed. Rejects with FormatError. */
  async encodeText(topic: string, text: Uint8Array): Promise<Uint8Array> {
    const format = this.facts.formatOf(topic)
    if (format === undefined || format.format === 'string' || format.format === 'binary') return text
    const parsed = parseJson(Buffer.from(text).toString())
    if (!parsed.ok) throw new FormatError(`values of ${topic} are ${format.format}: ${parsed.problem}`)
    return this.encoded(topic, format, parsed.value)
  }

  /** What in a value breaks its schema. Never rejects. */
  async breaches(topic: string, value: Uint8Array | null): Promise<readonly SchemaBreach[]> {
    const format = this.facts.formatOf(topic)
    if (format === undefined || value === null) return []
    try {
      const { codec, bytes } = await this.reading(format, value)
      if (codec.breaches !== undefined) return codec.breaches(bytes)
      codec.decode(bytes)
      return []
    } catch (error) {
      const told = error instanceof FormatError ? error.message : 'it cannot be read'
      return [{ path: '', message: told }]
    }
  }

  private async encoded(topic: string, format: ValueFormat, value: unknown): Promise<Uint8Array> {
    const { codec, head } = await this.writing(topic, format)
    try {
      const bytes = codec.encode(value)
      return head === undefined ? bytes : Buffer.concat([head, bytes])
    } catch (error) {
      throw new FormatError(`a value for ${topic} does not fit its schema: ${(error as Error).message}`)
    }
  }

  private async reading(format: ValueFormat, bytes: Uint8Array): Promise<Reading> {
    if (format.format === 'string' || format.format === 'binary') return { codec: strings, bytes }
    const start = framed(bytes)
    const { registry } = format
    if (registry !== undefined) {
      if (start === undefined) throw new FormatError('no id of a schema stands before the value')
      const schema = await this.registry(registry).schema(start.id)
      if (schema.kind !== 'PROTOBUF') return { codec: await this.registered(schema), bytes: start.rest }
      const found = readIndexes(start.rest)
      if (found === undefined) throw new FormatError('no indexes of a message stand before the value')
      return { codec: await this.registered(schema, found.indexes), bytes: found.rest }
    }
    const codec = await this.local(format)
    if (start === undefined) return { codec, bytes }
    if (format.id !== undefined) return { codec, bytes: unframed(format, start.rest) }
    // A zero may be the value's own; what can be read as it stands is not framed.
    try {
      codec.decode(bytes)
      return { codec, bytes }
    } catch {
      return { codec, bytes: unframed(format, start.rest) }
    }
  }

  private async writing(topic: string, format: ValueFormat): Promise<Writing> {
    if (format.format === 'string' || format.format === 'binary') return { codec: strings, head: undefined }
    const { registry, id, message } = format
    if (registry === undefined) {
      const codec = await this.local(format)
      return { codec, head: id === undefined ? undefined : frame(id, indexesOf(codec)) }
    }
    const schema = await this.registry(registry).latest(topic)
    const codec =
      schema.kind === 'PROTOBUF' && message !== undefined
        ? await this.codec('protobuf', schema.text, message, schema.referenced)
        : await this.registered(schema)
    return { codec, head: frame(schema.id, indexesOf(codec)) }
  }

  private local({ format, schema, message }: ValueFormat): Promise<Codec> {
    return this.codec(format as 'avro' | 'protobuf' | 'json', schema?.text, message, schema?.imported)
  }

  private registered(schema: RegisteredSchema, indexes: readonly number[] = [0]): Promise<Codec> {
    const { kind, text, referenced } = schema
    if (kind === 'AVRO') return this.codec('avro', text, undefined, referenced)
    return kind === 'JSON'
      ? this.codec('json', text, undefined, referenced)
      : this.codec('protobuf', text, undefined, referenced, indexes)
  }

  private codec(
    kind: 'avro' | 'protobuf' | 'json',
    text: string | undefined,
    message: string | undefined,
    referenced: readonly SchemaPart[] = [],
    indexes: readonly number[] = [],
  ): Promise<Codec> {
    const name = JSON.stringify([kind, text, message, referenced, indexes])
    const known = this.codecs.get(name)
    if (known !== undefined) return known
    const made = makeCodec(kind, text, message, referenced, indexes)
    this.codecs.set(name, made)
    return made
  }

  private registry(address: NonNullable<ValueFormat['registry']>): SchemaRegistry {
    const known = this.registries.get(address)
    if (known !== undefined) return known
    const made = new SchemaRegistry(this.facts.dial, address)
    this.registries.set(address, made)
    return made
  }
}

const makeCodec = async (
  kind: 'avro' | 'protobuf' | 'json',
  text: string | undefined,
  message: string | undefined,
  referenced: readonly SchemaPart[],
  indexes: readonly number[],
): Promise<Codec> => {
  if (kind === 'json') return (await loaders.json()).jsonCodec(text, referenced)
  if (text === undefined) throw new FormatError('there is no schema')
  if (kind === 'avro') return (await loaders.avro()).avroCodec(text, referenced)
  const schema = (await loaders.protobuf()).protobufSchema(text, referenced)
  return message === undefined ? schema.codecAt(indexes) : schema.codec(message)
}

/** Of protobuf the message's indexes stand before the value, too. */
const unframed = ({ format }: ValueFormat, rest: Buffer): Uint8Array => {
  if (format !== 'protobuf') return rest
  return readIndexes(rest)?.rest ?? rest
}

const indexesOf = (codec: Codec): Buffer =>
  'indexes' in codec ? writeIndexes(codec.indexes as readonly number[]) : Buffer.alloc(0)
