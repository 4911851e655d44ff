/** One message type at work: bytes to documents, documents and mock files to bytes. */
import type { Chance } from '../../../core/chance.ts'
import { SpecError } from '../../../core/matcher.ts'
import { mistakesIn } from '../../../core/mistakes.ts'
import type {
  DocumentPath,
  FieldPlace,
  ForeignDocument,
  MessageShape,
  MessageType,
  RecordedDocument,
} from '../schema.ts'
import { messageConditions, messagesConditions } from './conditions.ts'
import { documentOf, isType } from './document.ts'
import { fieldAt } from './field-at.ts'
import { foreignDocument } from './foreign.ts'
import { literalMessage, nameOf } from './literal.ts'
import { patchOf } from './patch-spec.ts'
import { protobuf, protojson, type Type } from './protobuf.ts'
import { recordedDocument } from './recorded.ts'
import { sampleMessage } from './sample.ts'
import { shapeOf } from './shape.ts'
import { writtenDocument } from './written.ts'

type Message = Record<string, unknown>

export const messageType = (type: Type): MessageType => new ProtoMessageType(type)

class ProtoMessageType implements MessageType {
  readonly name: string
  private readonly type: Type

  constructor(type: Type) {
    this.type = type
    this.name = nameOf(type)
  }

  document(bytes: Uint8Array): unknown {
    return documentOf(this.type, this.decode(bytes))
  }

  jsonOf(bytes: Uint8Array): string {
    return protojson.toJsonString(this.type, this.decode(bytes))
  }

  bytesOf(json: string): Uint8Array {
    const message = protojson.fromJsonString(this.type, json, { ignoreUnknownFields: true })
    return this.type.encode(message).finish()
  }

  encode(spec: unknown): Uint8Array {
    return this.type.encode(protojson.fromJson(this.type, literalMessage(this.type, spec) ?? {})).finish()
  }

  shape(): MessageShape {
    return shapeOf(this.type)
  }

  conditions(spec: unknown): unknown {
    return messageConditions(this.type, spec)
  }

  listConditions(spec: unknown): unknown {
    return messagesConditions(this.type, spec)
  }

  patch(spec: unknown): unknown {
    return patchOf(this.type, spec)
  }

  changed(document: unknown, original: Uint8Array): Uint8Array {
    const message = protojson.fromJson(this.type, this.literal(document)) as unknown as Message
    const reader = protobuf.Reader.create(original)
    reader.discardUnknown = false
    keepUnknown(this.type, this.type.decode(reader) as unknown as Message, message)
    return this.type.encode(message).finish()
  }

  recorded(bytes: Uint8Array): RecordedDocument {
    return recordedDocument(this.type, bytes)
  }

  written(value: unknown): unknown {
    const document = writtenDocument(this.type, value)
    this.encode(document)
    return document
  }

  foreign(bytes: Uint8Array): ForeignDocument {
    return foreignDocument(this.type, bytes)
  }

  sample(chance: Chance): Readonly<Record<string, unknown>> {
    return sampleMessage(this.type, chance)
  }

  fieldAt(path: DocumentPath): FieldPlace | undefined {
    return fieldAt(this.type, path)
  }

  private decode(bytes: Uint8Array): Message {
    return this.type.decode(bytes) as unknown as Message
  }

  private literal(document: unknown): unknown {
    try {
      return literalMessage(this.type, document)
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      const [first] = mistakesIn(error)
      throw new Error([...(first?.path ?? []), first?.message].join('.').replace(/\.(?=[^.]*$)/, ': '))
    }
  }
}

/** Fields that no definition names, of the message and of what lies in it at the same places. */
const keepUnknown = (type: Type, from: Message, to: Message): void => {
  const unknown = from['$unknowns']
  if (unknown !== undefined) Object.defineProperty(to, '$unknowns', { value: unknown })
  for (const field of type.fieldsArray) {
    if (!isType(field.resolvedType)) continue
    const [before, after] = [from[field.name], to[field.name]]
    const inner = field.resolvedType
    if (field.repeated || field.map) {
      if (!isMessage(before) || !isMessage(after)) continue
      for (const [key, one] of Object.entries(before)) {
        const other = after[key]
        if (isMessage(one) && isMessage(other)) keepUnknown(inner, one, other)
      }
    } else if (isMessage(before) && isMessage(after)) keepUnknown(inner, before, after)
  }
}

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null
