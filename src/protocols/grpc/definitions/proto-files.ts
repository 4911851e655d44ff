/**
 * .proto files, with all that they import, into one protobufjs root. Every mistake has a place; protobufjs tells a line at
 * most, so columns, and the places of what cannot be resolved, are looked up in the text.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import descriptorJson from 'protobufjs/google/protobuf/descriptor.json' with { type: 'json' }
import { codeFrame } from '../../../core/code-frame.ts'
import type { NamedPath } from '../../../core/definitions.ts'
import { nearest } from '../../../core/nearest.ts'
import type { Problem } from '../../../core/problem.ts'
import { bundledFiles } from './bundled.ts'
import { type Field, type Namespace, protobuf, type Root, type Service, type Type } from './protobuf.ts'

/** One file that has been read. */
export interface ProtoFile {
  /** Under which others import it. */
  readonly name: string
  readonly package: string
  readonly imports: readonly string[]
  /** `proto2`, `proto3`, or an edition as `2023`. */
  readonly syntax: string
  /** '' for files that are carried along. */
  readonly path: string
  readonly text: string
}

/** Itself no text here: protobufjs carries it as a definition. */
const descriptorFile = 'google/protobuf/descriptor.proto'

export class ProtoFiles {
  readonly root: Root = new protobuf.Root()
  readonly problems: Problem[] = []
  /** In the order in which they were read; what is imported stands before what imports it. */
  readonly files: ProtoFile[] = []
  /** Absolute paths of all that was looked for. */
  readonly paths = new Set<string>()
  private readonly base: string
  private readonly importPaths: readonly string[]
  private readonly byPath = new Map<string, ProtoFile | undefined>()
  private readonly byName = new Map<string, ProtoFile | undefined>()

  /** `base`: the workspace, to which paths are shown relative. */
  constructor(base: string, importPaths: readonly NamedPath[]) {
    this.base = base
    this.importPaths = importPaths.map(({ path }) => path)
  }

  /** A .proto file, or all of a folder. */
  add({ path }: NamedPath): void {
    this.paths.add(path)
    for (const file of protoFilesIn(path)) this.readPath(file, this.nameOf(file, path))
  }

  /** A carried file, for what needs it without any import of it. */
  carry(name: string): void {
    this.readBundled(name)
  }

  /** Resolves every name; the problems tell which cannot be. */
  resolve(): void {
    if (this.problems.length > 0) return
    for (const object of allObjects(this.root)) {
      try {
        object.resolve()
      } catch (error) {
        this.unresolved(object, error as Error)
      }
    }
    if (this.problems.length > 0) return
    try {
      this.root.resolveAll()
    } catch (error) {
      const [first] = this.files.filter(({ path }) => path !== '')
      if (first !== undefined) this.report(first, 1, 1, (error as Error).message)
    }
  }

  private nameOf(file: string, listed: string): string {
    const folder =
      statSync(listed, { throwIfNoEntry: false })?.isDirectory() === true ? listed : dirname(file)
    const base = this.importPaths.find((path) => file.startsWith(path + sep)) ?? folder
    return relative(base, file).split(sep).join('/')
  }

  private readPath(path: string, name: string): ProtoFile | undefined {
    if (this.byPath.has(path)) return this.byPath.get(path)
    this.paths.add(path)
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      this.problems.push({
        severity: 'error',
        code: 'DEFINITION_INVALID',
        at: { file: this.shown(path), line: 1, column: 1 },
        message: `the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
        hint: 'correct the path under proto in svc-mock.yaml',
      })
      return undefined
    }
    // Set before its imports are read: a circle ends here.
    this.byPath.set(path, undefined)
    const file = this.parse(name, path, text)
    this.byPath.set(path, file)
    return file
  }

  private readBundled(name: string): ProtoFile | undefined {
    if (this.byName.has(name)) return this.byName.get(name)
    if (name === descriptorFile) return this.readDescriptor()
    const text = bundledFiles[name]
    if (text === undefined) return undefined
    this.byName.set(name, undefined)
    const file = this.parse(name, '', text)
    this.byName.set(name, file)
    return file
  }

  private readDescriptor(): ProtoFile {
    this.root.addJSON(descriptorJson.nested as never)
    const own = this.root.lookup('google.protobuf') as Namespace
    for (const object of own.nestedArray) object.filename ??= descriptorFile
    const file: ProtoFile = {
      name: descriptorFile,
      package: 'google.protobuf',
      imports: [],
      syntax: 'proto2',
      path: '',
      text: '',
    }
    this.byName.set(descriptorFile, file)
    this.files.push(file)
    return file
  }

  private parse(name: string, path: string, text: string): ProtoFile | undefined {
    const imports = importsOf(text)
    for (const wanted of imports) this.import(wanted.name, { name, path, text }, wanted.at)
    const source = {
      name,
      package: packageOf(text),
      imports: imports.map((one) => one.name),
      syntax: syntaxOf(text),
      path,
      text,
    }
    try {
      ;(protobuf.parse as unknown as { filename: string | null }).filename = name
      protobuf.parse(text, this.root, { keepCase: false, alternateCommentMode: false })
    } catch (error) {
      this.notParsed(source, error as Error)
      return undefined
    } finally {
      ;(protobuf.parse as unknown as { filename: string | null }).filename = null
    }
    this.files.push(source)
    return source
  }

  private import(name: string, from: Pick<ProtoFile, 'name' | 'path' | 'text'>, at: number): void {
    const found = from.path === '' ? undefined : this.find(name, from.path)
    if (found !== undefined) {
      this.readPath(found, name)
      return
    }
    if (this.readBundled(name) !== undefined || this.byName.has(name)) return
    const { line, column } = placeAt(from.text, at)
    const looked = this.importPaths.map((path) => this.shown(path) || '.')
    this.report(
      from,
      line,
      column,
      `${name} is imported and was not found`,
      looked.length === 0
        ? 'name the folder it lies under: importPaths: [./proto]'
        : `looked in ${looked.join(', ')}; add its folder to importPaths`,
    )
  }

  /** Without import paths any folder from the importing file's own up to the workspace may be the one that names begin in. */
  private find(name: string, from: string): string | undefined {
    for (const folder of this.importPaths.length > 0 ? this.importPaths : foldersAbove(from, this.base)) {
      const path = resolve(folder, name)
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
      this.paths.add(path)
    }
    return undefined
  }

  private notParsed(file: ProtoFile, error: Error): void {
    const known = /^(.*?) \((?:(.*), )?line (\d+)\)$/s.exec(error.message)
    const twice = /^duplicate (?:name|id) '?([\w.]+)'?/.exec(error.message)
    if (known !== null) {
      const line = Number(known[3])
      const token = /'([^']+)'/.exec(known[1]!)?.[1]
      const text = file.text.split('\n')[line - 1] ?? ''
      const column = token === undefined ? -1 : text.indexOf(token)
      const near = token === undefined ? undefined : nearest(token, keywords)
      const hint = near === undefined || near === token ? undefined : `did you mean ${near}?`
      this.report(file, line, Math.max(column, 0) + 1, wordsOf(known[1]!), hint)
      return
    }
    const name = twice?.[1]?.split('.').at(-1)
    const at =
      name === undefined
        ? 0
        : (withoutComments(file.text).match(new RegExp(`^[\\s\\S]*\\b(?=${name}\\b)`))?.[0].length ?? 0)
    const { line, column } = placeAt(file.text, at)
    this.report(file, line, column, name === undefined ? error.message : `${name} is defined twice`)
  }

  private unresolved(object: Resolvable, error: Error): void {
    const file = this.files.find(({ name }) => name === fileOf(object))
    const missing = /no such [^':]*[:'] ?\.?([\w.]+)/i.exec(error.message)?.[1]
    const hint =
      missing === undefined
        ? undefined
        : nearest(missing, [
            ...scalars,
            ...this.typeNames().flatMap((name) => [name, name.split('.').at(-1)!]),
          ])
    if (file === undefined) {
      const [first] = this.files
      if (first !== undefined) this.report(first, 1, 1, error.message)
      return
    }
    const { line, column } = placeAt(file.text, placeOf(object, file.text, missing))
    this.report(
      file,
      line,
      column,
      missing === undefined ? error.message : `there is no type ${missing}`,
      hint === undefined ? 'import the file that defines it' : `did you mean ${hint}?`,
    )
  }

  private typeNames(): readonly string[] {
    return [...allTypes(this.root)].map((type) => type.fullName.slice(1))
  }

  private report(
    { path, name, text }: Pick<ProtoFile, 'path' | 'name' | 'text'>,
    line: number,
    column: number,
    message: string,
    hint?: string,
  ): void {
    this.problems.push({
      severity: 'error',
      code: 'DEFINITION_INVALID',
      at: { file: path === '' ? name : this.shown(path), line, column },
      message,
      ...(hint !== undefined && { hint }),
      frame: codeFrame(text, line, column),
    })
  }

  private shown(path: string): string {
    return relative(this.base, path).split(sep).join('/')
  }
}

/** In code-unit order, so that reading does not depend on the file system. */
const protoFilesIn = (path: string): readonly string[] => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.proto'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

const foldersAbove = (file: string, top: string): readonly string[] => {
  const folders = [dirname(file)]
  while (folders.at(-1) !== top && folders.at(-1)!.startsWith(top)) folders.push(dirname(folders.at(-1)!))
  return folders
}

/** Comments in the same length, so that places stay. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
  )

const importsOf = (text: string): readonly { readonly name: string; readonly at: number }[] =>
  [
    ...withoutComments(text).matchAll(
      /(?:^|[;\s])import\s+(?:public\s+|weak\s+|option\s+)?(["'])([^"'\n]+)\1\s*;/g,
    ),
  ].map((match) => ({ name: match[2]!, at: match.index + match[0].indexOf(match[1]!) }))

const packageOf = (text: string): string =>
  /(?:^|[;\s])package\s+([\w.]+)\s*;/.exec(withoutComments(text))?.[1] ?? ''

const syntaxOf = (text: string): string =>
  /(?:^|[;\s])(?:syntax|edition)\s*=\s*["']([^"']+)["']\s*;/.exec(withoutComments(text))?.[1] ?? 'proto2'

const placeAt = (text: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** protobufjs says "illegal token 'x'" for whatever it did not expect. */
const wordsOf = (message: string): string =>
  message.replace(
    /^illegal (\S+) '([\s\S]*?)'(?:, '(.*)' expected)?$/,
    (_, what: string, token: string, wanted?: string) =>
      wanted !== undefined
        ? `${JSON.stringify(token)} stands where ${wanted} is expected`
        : what === 'token'
          ? `${JSON.stringify(token)} is not expected here`
          : `${JSON.stringify(token)} is no ${what}`,
  )

const scalars: readonly string[] = [
  'string',
  'bytes',
  'bool',
  'double',
  'float',
  ...['int', 'uint', 'sint', 'fixed', 'sfixed'].flatMap((kind) => [`${kind}32`, `${kind}64`]),
]

const keywords: readonly string[] = [
  ...['message', 'enum', 'service', 'rpc', 'returns', 'import', 'option', 'package', 'syntax', 'edition'],
  ...['repeated', 'optional', 'required', 'oneof', 'map', 'stream', 'reserved', 'extensions', 'extend'],
]

type Resolvable = Field | Service['methodsArray'][number]

const fileOf = (object: { filename: string | null; parent: unknown }): string | undefined => {
  let at: { filename: string | null; parent: unknown } | null = object
  while (at !== null) {
    if (at.filename !== null && at.filename !== undefined) return at.filename
    at = at.parent as typeof at
  }
  return undefined
}

const placeOf = (object: Resolvable, text: string, missing: string | undefined): number => {
  const plain = withoutComments(text)
  const field = object instanceof protobuf.Method ? undefined : object
  const at =
    field === undefined
      ? plain.search(new RegExp(`\\brpc\\s+${object.name}\\b`))
      : plain.search(new RegExp(`[\\w.>]+\\s+${writtenName(field.name)}\\s*=\\s*${field.id}\\b`, 'i'))
  if (at < 0) return 0
  const short = missing?.split('.').at(-1)
  const inside = short === undefined ? -1 : plain.slice(at).search(new RegExp(`[\\w.]*\\b${short}\\b`))
  return inside < 0 ? at : at + inside
}

/** `skuCode` stands as sku_code in the text, or as it is. */
const writtenName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_?${letter}`)

export function* allTypes(namespace: Namespace): Generator<Type> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type) yield nested
    if (nested instanceof protobuf.Namespace) yield* allTypes(nested)
  }
}

export function* allServices(namespace: Namespace): Generator<Service> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Service) yield nested
    else if (nested instanceof protobuf.Namespace) yield* allServices(nested)
  }
}

/** What refers to types by name, and types, services and enums themselves. */
function* allObjects(namespace: Namespace): Generator<Resolvable> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Service) yield* nested.methodsArray
    else if (nested instanceof protobuf.Field) yield nested
    if (nested instanceof protobuf.Type) yield* nested.fieldsArray
    if (nested instanceof protobuf.Namespace) yield* allObjects(nested)
  }
}
