/** Definitions as the protocol uses them: methods by name, types by name, files for clients that ask by reflection. */

import { Word } from '../../../core/exchange.ts'
import { isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { nearest } from '../../../core/nearest.ts'
import type { Detail } from '../codec/rpc-status.ts'
import type { GrpcDefinitions, MessageType, RecordedDocument, RpcMethod } from '../schema.ts'
import type { DescribedFile } from './descriptors.ts'
import { isWellKnown } from './document.ts'
import { literalMessage } from './literal.ts'
import { messageType } from './message-type.ts'
import { allServices, allTypes } from './proto-files.ts'
import { protobuf, protojson, type Root, type Type } from './protobuf.ts'
import { recordedDocument, Unreadable } from './recorded.ts'
import { writtenDocument } from './written.ts'

/** `roots`: the service's own first; those behind bring what every service may use. */
export const rootDefinitions = (
  roots: readonly Root[],
  files: () => readonly DescribedFile[],
  portable: () => unknown,
): GrpcDefinitions => new RootDefinitions(roots, files, portable)

/** Services that every server has are nobody's own. */
const isEverybodys = (service: string): boolean => /^grpc\.(health|reflection)\./.test(service)

/** `idempotency_level` of google.protobuf.MethodOptions: by name from .proto text, by number from descriptors. */
const idempotencyOf = (options: Readonly<Record<string, unknown>> | undefined): RpcMethod['idempotency'] => {
  const level = options?.['idempotency_level'] ?? options?.['idempotencyLevel']
  if (level === 'NO_SIDE_EFFECTS' || level === 1) return 'NO_SIDE_EFFECTS'
  return level === 'IDEMPOTENT' || level === 2 ? 'IDEMPOTENT' : undefined
}

class RootDefinitions implements GrpcDefinitions {
  readonly protocol = 'grpc'
  readonly methods: ReadonlyMap<string, RpcMethod>
  readonly services: readonly string[]
  readonly operations: readonly string[]
  readonly portable: () => unknown
  private readonly roots: readonly Root[]
  private readonly makeFiles: () => readonly DescribedFile[]
  private described: readonly DescribedFile[] | undefined
  private readonly types = new Map<Type, MessageType>()

  constructor(roots: readonly Root[], files: () => readonly DescribedFile[], portable: () => unknown) {
    this.roots = roots
    this.portable = portable
    this.makeFiles = files
    const methods = new Map<string, RpcMethod>()
    const services: string[] = []
    for (const root of roots) {
      for (const service of allServices(root)) {
        const name = service.fullName.slice(1)
        if (services.includes(name)) continue
        services.push(name)
        for (const method of service.methodsArray) {
          const { resolvedRequestType, resolvedResponseType } = method
          if (resolvedRequestType === null || resolvedResponseType === null) continue
          const operation = `${name}/${method.name}`
          methods.set(operation, {
            service: name,
            name: method.name,
            operation,
            clientStreams: method.requestStream === true,
            serverStreams: method.responseStream === true,
            idempotency: idempotencyOf(method.options),
            input: this.typeOf(resolvedRequestType),
            output: this.typeOf(resolvedResponseType),
          })
        }
      }
    }
    this.methods = methods
    this.services = services.filter((name) => !isEverybodys(name))
    this.operations = [...methods.values()].flatMap(({ service, operation }) =>
      isEverybodys(service) ? [] : [operation],
    )
  }

  type(name: string): MessageType | undefined {
    const found = this.find(name)
    return found === undefined ? undefined : this.typeOf(found)
  }

  filesOfSymbol(symbol: string): readonly Uint8Array[] | undefined {
    return this.withDependencies(this.files().find(({ symbols }) => symbols.includes(symbol)))
  }

  filesOfName(name: string): readonly Uint8Array[] | undefined {
    return this.withDependencies(this.files().find((file) => file.name === name))
  }

  filesOfExtension(message: string, number: number): readonly Uint8Array[] | undefined {
    return this.withDependencies(
      this.files().find(({ extensions }) => extensions.some(([of, id]) => of === message && id === number)),
    )
  }

  extensionNumbers(message: string): readonly number[] | undefined {
    if (this.find(message) === undefined) return undefined
    return this.files().flatMap(({ extensions }) =>
      extensions.flatMap(([of, id]) => (of === message ? id : [])),
    )
  }

  encodeDetail(spec: unknown): Detail {
    const url = isFields(spec) ? spec['@type'] : undefined
    if (!isFields(spec) || typeof url !== 'string')
      throw new SpecError(
        "a detail is a message with '@type'",
        [],
        "write '@type': type.googleapis.com/google.rpc.ErrorInfo and its fields",
      )
    const name = url.slice(url.lastIndexOf('/') + 1)
    const type = this.find(name)
    if (type === undefined) {
      const near = nearest(
        name,
        this.roots.flatMap((root) => [...allTypes(root)].map((one) => one.fullName.slice(1))),
      )
      throw new SpecError(
        `there is no message type ${name}`,
        ['@type'],
        near === undefined
          ? 'add the .proto file that defines it to proto in svc-mock.yaml'
          : `did you mean ${near}?`,
      )
    }
    const { '@type': _, ...fields } = spec
    const message = protojson.fromJson(type, literalMessage(type, fields) ?? {})
    return {
      typeUrl: url.includes('/') ? url : `type.googleapis.com/${url}`,
      value: type.encode(message).finish(),
    }
  }

  recordedDetail({ typeUrl, value }: Detail): RecordedDocument {
    const type = this.find(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
    if (type === undefined || isWellKnown(type) || !/^[\w.:/-]+$/.test(typeUrl))
      throw new Unreadable('a detail of a type that no definition names')
    const recorded = recordedDocument(type, value)
    return { ...recorded, value: { '@type': new Word(typeUrl), ...(recorded.value as object) } }
  }

  writtenDetail(value: unknown): unknown {
    const { '@type': word, ...fields } = value as Readonly<Record<string, unknown>>
    const url = word instanceof Word ? word.text : ''
    const type = this.find(url.slice(url.lastIndexOf('/') + 1))
    if (type === undefined) throw new Unreadable('a detail of a type that no definition names')
    const document = { '@type': url, ...(writtenDocument(type, fields) as object) }
    this.encodeDetail(document)
    return document
  }

  private find(name: string): Type | undefined {
    for (const root of this.roots) {
      const found = root.lookup(name)
      if (found instanceof protobuf.Type) return found
    }
    return undefined
  }

  private typeOf(type: Type): MessageType {
    const known = this.types.get(type)
    if (known !== undefined) return known
    const made = messageType(type)
    this.types.set(type, made)
    return made
  }

  /** Made when the first client asks. */
  private files(): readonly DescribedFile[] {
    this.described ??= this.makeFiles()
    return this.described
  }

  private withDependencies(file: DescribedFile | undefined): readonly Uint8Array[] | undefined {
    if (file === undefined) return undefined
    const found = new Map<string, DescribedFile>([[file.name, file]])
    for (const one of found.values()) {
      for (const name of one.dependencies) {
        const dependency = this.files().find((other) => other.name === name)
        if (dependency !== undefined) found.set(name, dependency)
      }
    }
    return [...found.values()].map(({ bytes }) => bytes)
  }
}
