/**
 * Definitions read from .proto text as FileDescriptorProto, for clients that ask by server reflection. protobufjs writes
 * names relative and knows no imports; here they are made whole.
 */
import type { ProtoFile } from './proto-files.ts'
import {
  descriptor,
  type Field,
  type Namespace,
  protobuf,
  type ReflectionObject,
  type Root,
  type Service,
  type Type,
} from './protobuf.ts'

/** The parts of descriptor.proto that are corrected. */
interface FieldProto {
  name: string
  number: number
  jsonName?: string
  typeName?: string
  type?: number
  extendee?: string
  options?: unknown
}
interface MessageProto {
  name: string
  field: FieldProto[]
  nestedType: (MessageProto & { options?: { mapEntry?: boolean } })[]
  enumType: { options?: unknown }[]
  options?: unknown
}

export const fileDescriptor = (file: ProtoFile, root: Root): Uint8Array => {
  const namespace = file.package === '' ? root : root.lookup(file.package)
  const edition = /^proto[23]$/.test(file.syntax) ? file.syntax : `edition${file.syntax}`
  const own: readonly ReflectionObject[] =
    namespace instanceof protobuf.Namespace
      ? namespace.nestedArray.filter((object) => object.filename === file.name)
      : []
  const proto: Record<string, unknown> = {
    name: file.name,
    dependency: file.imports,
    messageType: own.filter((one) => one instanceof protobuf.Type).map((one) => messageProto(one, edition)),
    enumType: own
      .filter((one) => one instanceof protobuf.Enum)
      .map((one) => withoutOptions(one.toDescriptor())),
    service: own.filter((one) => one instanceof protobuf.Service).map(serviceProto),
    extension: own.filter((one) => one instanceof protobuf.Field).map((one) => extensionProto(one, edition)),
  }
  if (file.package !== '') proto['package'] = file.package
  if (file.syntax === 'proto3') proto['syntax'] = 'proto3'
  else if (file.syntax !== 'proto2') {
    proto['syntax'] = 'editions'
    proto['edition'] = file.syntax === '2024' ? 1001 : 1000
  }
  return descriptor.FileDescriptorProto.encode(descriptor.FileDescriptorProto.create(proto)).finish()
}

/** Options of our users' own need their extensions' types; nobody decodes messages by them. */
const withoutOptions = <T extends object>(proto: T): T => {
  delete (proto as { options?: unknown }).options
  for (const value of (proto as { value?: { options?: unknown }[] }).value ?? []) delete value.options
  return proto
}

const messageProto = (type: Type, edition: string): MessageProto => {
  const proto = withoutOptions(type.toDescriptor(edition) as unknown as MessageProto)
  return completed(proto, type)
}

const completed = (proto: MessageProto, type: Type): MessageProto => {
  // Extensions stand where they are declared, and not in what they extend.
  proto.field = proto.field.filter(({ name }) => !name.startsWith('.'))
  for (const field of proto.field) {
    const known = type.fieldsById[field.number]
    if (known === undefined) continue
    // Compilers write it always, and clients rely on it.
    field.jsonName = known.jsonName
    if (field.options !== undefined) field.options = packedOnly(field.options)
    if (known.map) {
      const entry = `${entryName(known.protoName)}`
      const nested = proto.nestedType.find(({ name }) => name === field.typeName)
      if (nested !== undefined) {
        nested.name = entry
        nested.options = { mapEntry: true }
        const value = nested.field.find(({ number }) => number === 2)
        if (value !== undefined && known.resolvedType !== null) value.typeName = known.resolvedType.fullName
      }
      field.typeName = `${type.fullName}.${entry}`
    } else if (known.resolvedType !== null) field.typeName = known.resolvedType.fullName
  }
  for (const nested of proto.nestedType) {
    const own = type.nested?.[nested.name]
    if (own instanceof protobuf.Type) {
      delete nested.options
      completed(nested, own)
    }
  }
  for (const one of proto.enumType) withoutOptions(one)
  return proto
}

const packedOnly = (options: unknown): unknown => {
  const { packed } = (options ?? {}) as { packed?: boolean }
  return packed === undefined ? undefined : { packed }
}

/** As protoc names them: `unit_prices` -> `UnitPricesEntry`. */
const entryName = (field: string): string =>
  `${field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll('_', '')}Entry`

const serviceProto = (service: Service): object => ({
  name: service.name,
  method: service.methodsArray.map((method) => ({
    name: method.name,
    inputType: method.resolvedRequestType?.fullName,
    outputType: method.resolvedResponseType?.fullName,
    clientStreaming: method.requestStream === true,
    serverStreaming: method.responseStream === true,
  })),
})

const extensionProto = (field: Field, edition: string): object => {
  const proto = withoutOptions(field.toDescriptor(edition) as unknown as FieldProto)
  const extended = field.extensionField?.parent
  if (extended !== null && extended !== undefined) proto.extendee = extended.fullName
  if (field.resolvedType !== null) proto.typeName = field.resolvedType.fullName
  return proto
}

/** What a FileDescriptorProto says, as far as its clients look files up. */
export interface DescribedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly dependencies: readonly string[]
  /** Full names of all messages, enums, services, methods, fields and enum values. */
  readonly symbols: readonly string[]
  /** Message and number. */
  readonly extensions: readonly (readonly [string, number])[]
  readonly services: readonly string[]
}

interface DescribedProto {
  readonly name?: string
  readonly package?: string
  readonly dependency?: readonly string[]
  readonly messageType?: readonly DescribedMessage[]
  readonly enumType?: readonly DescribedEnum[]
  readonly service?: readonly {
    readonly name: string
    readonly method?: readonly { readonly name: string }[]
  }[]
  readonly extension?: readonly {
    readonly name: string
    readonly extendee: string
    readonly number: number
  }[]
}
interface DescribedEnum {
  readonly name: string
  readonly value?: readonly { readonly name: string }[]
}
interface DescribedMessage {
  readonly name: string
  readonly field?: readonly { readonly name: string }[]
  readonly nestedType?: readonly DescribedMessage[]
  readonly enumType?: readonly DescribedEnum[]
}

/** Throws Error for bytes that are no FileDescriptorProto. */
export const describedFile = (bytes: Uint8Array): DescribedFile => {
  const proto = descriptor.FileDescriptorProto.decode(bytes) as unknown as DescribedProto
  const prefix = proto.package === undefined || proto.package === '' ? '' : `${proto.package}.`
  const symbols: string[] = []
  const ofEnum = (at: string, one: DescribedEnum): void => {
    symbols.push(at + one.name, ...(one.value ?? []).map((value) => at + value.name))
  }
  const ofMessage = (at: string, message: DescribedMessage): void => {
    const own = `${at}${message.name}.`
    symbols.push(at + message.name, ...(message.field ?? []).map((field) => own + field.name))
    for (const nested of message.nestedType ?? []) ofMessage(own, nested)
    for (const nested of message.enumType ?? []) ofEnum(own, nested)
  }
  for (const message of proto.messageType ?? []) ofMessage(prefix, message)
  for (const one of proto.enumType ?? []) ofEnum(prefix, one)
  for (const service of proto.service ?? []) {
    symbols.push(prefix + service.name)
    symbols.push(...(service.method ?? []).map((method) => `${prefix}${service.name}.${method.name}`))
  }
  return {
    name: proto.name ?? '',
    bytes,
    dependencies: proto.dependency ?? [],
    symbols,
    extensions: (proto.extension ?? []).map(
      ({ extendee, number }) => [extendee.replace(/^\./, ''), number] as const,
    ),
    services: (proto.service ?? []).map(({ name }) => prefix + name),
  }
}

export const lookupType = (namespaces: readonly Namespace[], name: string): Type | undefined => {
  for (const namespace of namespaces) {
    const found = namespace.lookup(name)
    if (found instanceof protobuf.Type) return found
  }
  return undefined
}
