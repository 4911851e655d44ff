/** .proto files, or folders of them, as what can be compared. */
import { basename, resolve } from 'node:path'
import type {
  ProtoEnum,
  ProtoField,
  ProtoMessage,
  ProtoMethod,
  ProtoModel,
} from '../../contract/formats/protobuf/compare.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import {
  allServices,
  allTypes,
  type ProtoFile,
  ProtoFiles,
} from '../../protocols/grpc/definitions/proto-files.ts'
import {
  type Enum,
  type Field,
  type Namespace,
  protobuf,
  type Type,
} from '../../protocols/grpc/definitions/protobuf.ts'

export interface LoadedProtos {
  readonly model: ProtoModel
  readonly problems: readonly Problem[]
}

/** `root`: what places are relative to. `path`: a file or folder. */
export const loadProtos = (path: string, root: string): LoadedProtos => {
  const full = resolve(path)
  const files = new ProtoFiles(root, [])
  files.add({ path: full, shown: basename(path) })
  files.resolve()
  const own = files.files.filter((file) => file.path !== '')
  const places = new Places(own, root)
  const methods = new Map<string, ProtoMethod>()
  const messages = new Map<string, ProtoMessage>()
  const enums = new Map<string, ProtoEnum>()
  if (!files.problems.some(({ severity }) => severity === 'error')) {
    for (const service of allServices(files.root)) {
      for (const method of service.methodsArray) {
        methods.set(`${bare(service)}/${method.name}`, {
          at: places.of('rpc', method.name),
          input: method.resolvedRequestType === null ? method.requestType : bare(method.resolvedRequestType),
          output:
            method.resolvedResponseType === null ? method.responseType : bare(method.resolvedResponseType),
          streams: streamsOf(method.requestStream === true, method.responseStream === true),
        })
      }
    }
    for (const type of allTypes(files.root))
      if (places.has('message', type.name)) messages.set(bare(type), messageOf(type, places))
    for (const one of allEnums(files.root))
      if (places.has('enum', one.name))
        enums.set(bare(one), { at: places.of('enum', one.name), values: new Map(Object.entries(one.values)) })
  }
  return { model: { methods, messages, enums }, problems: files.problems }
}

const messageOf = (type: Type, places: Places): ProtoMessage => ({
  at: places.of('message', type.name),
  fields: new Map(
    type.fieldsArray.map((field): [number, ProtoField] => [
      field.id,
      {
        at: places.of('message', type.name, field),
        name: field.name,
        type: typeName(field),
        repeated: field.repeated,
        required: field.required,
      },
    ]),
  ),
})

const typeName = (field: Field): string => {
  const value = field.resolvedType === null ? field.type : bare(field.resolvedType)
  return field instanceof protobuf.MapField ? `map<${field.keyType}, ${value}>` : value
}

const bare = ({ fullName }: { readonly fullName: string }): string => fullName.replace(/^\./, '')

const streamsOf = (client: boolean, server: boolean): string =>
  client && server ? 'both ways' : client ? 'from the client' : server ? 'from the server' : 'not'

function* allEnums(namespace: Namespace): Generator<Enum> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Enum) yield nested
    else if (nested instanceof protobuf.Namespace) yield* allEnums(nested)
  }
}

/** protobufjs keeps no places, so names are looked up in the text. */
class Places {
  readonly #files: readonly ProtoFile[]
  readonly #root: string

  constructor(files: readonly ProtoFile[], root: string) {
    this.#files = files
    this.#root = root
  }

  has(keyword: string, name: string): boolean {
    return this.#find(keyword, name) !== undefined
  }

  of(keyword: string, name: string, field?: Field): SourceLocation {
    const found = this.#find(keyword, name)
    if (found === undefined) return { file: this.#display(this.#files[0]?.path ?? ''), line: 1, column: 1 }
    const { file, offset } = found
    const below =
      field === undefined
        ? -1
        : file.text.slice(offset).search(new RegExp(`\\b${field.name}\\s*=\\s*${field.id}\\b`))
    const before = file.text.slice(0, offset + Math.max(0, below)).split('\n')
    return { file: this.#display(file.path), line: before.length, column: before.at(-1)!.length + 1 }
  }

  #find(keyword: string, name: string): { readonly file: ProtoFile; readonly offset: number } | undefined {
    const expression = new RegExp(`\\b${keyword}\\s+${name}\\b`)
    for (const file of this.#files) {
      const offset = file.text.search(expression)
      if (offset !== -1) return { file, offset }
    }
    return undefined
  }

  #display(path: string): string {
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length + 1) : path
  }
}
