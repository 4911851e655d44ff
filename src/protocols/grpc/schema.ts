/** What the rest of this protocol knows of interface definitions; made by definitions/, which is loaded only when asked for. */
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
}

/** The service's definitions, if they are of this protocol. */
export const grpcDefinitions = (definitions: Definitions | undefined): GrpcDefinitions | undefined =>
  definitions?.protocol === 'grpc' ? (definitions as GrpcDefinitions) : undefined
