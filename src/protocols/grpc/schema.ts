/** What the rest of this protocol knows of interface definitions; made by definitions/, which is loaded only when asked for. */
import type { Chance } from '../../core/chance.ts'
import type { Definitions } from '../../core/definitions.ts'

/** A message type, with its messages as documents: ProtoJSON, but 64-bit integers are numbers that keep their digits. */
export interface MessageType {
  /** `acme.GetRequest`. */
  readonly name: string
  /** Fields that are not on the wire and have no presence stand there with their defaults. Throws Error for bytes that are no such message. */
  document(bytes: Uint8Array): unknown
  /** Canonical ProtoJSON, as clients that ask for JSON get it. */
  jsonOf(bytes: Uint8Array): string
  /** Bytes of a client's ProtoJSON. Throws Error. */
  bytesOf(json: string): Uint8Array
  /** Bytes of a message in a mock file. Throws SpecError, with every mistake in it. */
  encode(spec: unknown): Uint8Array
  /** Conditions of a mock file in the words of `document`: field names, enum names, numbers, defaults. Throws SpecError. */
  conditions(spec: unknown): unknown
  /** The same for the list of a client's messages. */
  listConditions(spec: unknown): unknown
  /** The same for a patch of a message. */
  patch(spec: unknown): unknown
  /** A changed document as bytes; fields that its original had and no definition names are kept. Throws Error. */
  changed(document: unknown, original: Uint8Array): Uint8Array
  /** For the desensitizer. Throws Error, which quotes nothing of the message. */
  recorded(bytes: Uint8Array): RecordedDocument
  /** What became of a RecordedDocument's value, as a document. Throws Error where no such message can be made. */
  written(value: unknown): unknown
  /** A message of somebody who may have other definitions: what fits these, and what does not. Throws Error as `document`. */
  foreign(bytes: Uint8Array): ForeignDocument
  /** A made-up message with every field, as mock files write it; the same chance gives the same. */
  sample(chance: Chance): Readonly<Record<string, unknown>>
  /** How its documents look. */
  shape(): MessageShape
  /** The field at the end of a path of documents (names and positions); undefined: these definitions have none there. */
  fieldAt(path: DocumentPath): FieldPlace | undefined
}

/** Fields of a message, for whoever describes it to others. */
export interface MessageShape {
  /** `acme.GetRequest`. */
  readonly name: string
  /** Asked for when it is needed: messages may hold themselves. */
  fields(): readonly FieldShape[]
}

export interface FieldShape {
  /** As documents have it. */
  readonly name: string
  /** As the .proto file has it. */
  readonly protoName: string
  readonly value: ValueShape
  readonly many: 'one' | 'list' | 'map'
  /** It stands in every document, with its default where the wire has none. */
  readonly certain: boolean
}

export type ValueShape =
  /** `long`: of 64 bits. */
  | { readonly kind: 'number' | 'long' | 'string' | 'bytes' | 'boolean' }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  /** `google.protobuf.*` with a JSON form of its own: `Timestamp`. */
  | { readonly kind: 'wellKnown'; readonly name: string }
  | { readonly kind: 'message'; readonly message: MessageShape }

export type DocumentPath = readonly (string | number)[]

export interface FieldPlace {
  /** The names in the .proto file, where the path has those of documents. */
  readonly path: DocumentPath
  /** Its keys are data, and its values are like each other. */
  readonly map: boolean
  /** The value of which the wire cannot tell whether it was set; undefined: it can. */
  readonly unset: unknown
}

export interface ForeignDocument {
  /** As `MessageType.document`; fields that do not fit are left out. */
  readonly document: unknown
  /** Fields that are on the wire as something else than these definitions say. */
  readonly misfits: readonly Misfit[]
}

export interface Misfit {
  readonly path: DocumentPath
  /** `an enum value of acme.Kind`, `a string`. */
  readonly expected: string
  readonly actual: string
}

export interface RecordedDocument {
  /** Fields by the names of documents; bytes as bytes, names of enums and types as Words. */
  readonly value: unknown
  /** Paths of fields with `debug_redact`, positions left out. */
  readonly sensitive: readonly string[]
  /** Names in the .proto file, of fields that JSON calls something else altogether. */
  readonly aliases: Readonly<Record<string, string>>
  /** Fields that no definition names, and that are left out: `acme.Item #9`. */
  readonly unknown: readonly string[]
}

export interface RpcMethod {
  /** `acme.Inventory`. */
  readonly service: string
  readonly name: string
  /** `acme.Inventory/Get`. */
  readonly operation: string
  /** The client sends any number of messages. */
  readonly clientStreams: boolean
  readonly serverStreams: boolean
  /** Its `idempotency_level`; undefined: it says nothing. */
  readonly idempotency: 'NO_SIDE_EFFECTS' | 'IDEMPOTENT' | undefined
  readonly input: MessageType
  readonly output: MessageType
}

export interface GrpcDefinitions extends Definitions {
  readonly protocol: 'grpc'
  /** By operation. */
  readonly methods: ReadonlyMap<string, RpcMethod>
  /** Full names. */
  readonly services: readonly string[]
  /** By full name; undefined: not defined here. */
  type(name: string): MessageType | undefined
  /** FileDescriptorProto of the file that defines a symbol, with all that it needs, dependencies last; undefined: nobody does. */
  filesOfSymbol(symbol: string): readonly Uint8Array[] | undefined
  filesOfName(name: string): readonly Uint8Array[] | undefined
  /** Of the file that defines an extension of a message. */
  filesOfExtension(message: string, number: number): readonly Uint8Array[] | undefined
  extensionNumbers(message: string): readonly number[] | undefined
  /** `google.rpc.Status` and its usual details, and what the files define: a detail of an error as Any. Throws SpecError. */
  encodeDetail(spec: unknown): { readonly typeUrl: string; readonly value: Uint8Array }
  /** The same for the desensitizer, as `MessageType.recorded`. */
  recordedDetail(detail: { readonly typeUrl: string; readonly value: Uint8Array }): RecordedDocument
  /** As `MessageType.written`. */
  writtenDetail(value: unknown): unknown
}

/** The service's definitions, if they are of this protocol. */
export const grpcDefinitions = (definitions: Definitions | undefined): GrpcDefinitions | undefined =>
  definitions?.protocol === 'grpc' ? (definitions as GrpcDefinitions) : undefined
