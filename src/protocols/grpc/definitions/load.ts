/** Definitions of one service: from .proto files, from descriptor sets, or from the real service; whatever is wrong comes as problems. */
import { readFileSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'
import type {
  DefinitionSource,
  DefinitionTools,
  LoadedDefinitions,
  NamedPath,
} from '../../../core/definitions.ts'
import type { Problem } from '../../../core/problem.ts'
import type { GrpcDefinitions } from '../schema.ts'
import { bundledFiles } from './bundled.ts'
import { type DescribedFile, describedFile, fileDescriptor } from './descriptors.ts'
import { ProtoFiles } from './proto-files.ts'
import { descriptor, protobuf, type Root } from './protobuf.ts'
import { reflectedFiles } from './reflection-client.ts'
import { rootDefinitions } from './root-definitions.ts'

export const load = async (source: DefinitionSource, tools: DefinitionTools): Promise<LoadedDefinitions> => {
  const isSet = ({ path }: NamedPath): boolean => !path.endsWith('.proto') && isFile(path)
  const protos = new ProtoFiles(source.root, source.importPaths)
  for (const file of source.files) if (!isSet(file)) protos.add(file)
  protos.resolve()
  const problems: Problem[] = [...protos.problems]
  const sets = source.files
    .filter(isSet)
    .flatMap((file) => attempt(() => readSet(readFileSync(file.path)), file, source, problems))
  if (source.reflection) sets.push(...(await reflected(source, tools, problems)))
  const files = [...protos.paths, ...source.files.map(({ path }) => path)]
  if (problems.some(({ severity }) => severity === 'error'))
    return { definitions: undefined, problems, files }
  if (protos.files.length === 0 && sets.length === 0) return { definitions: undefined, problems, files }
  const common = commonFiles(source.root)
  const portable = (): PortableDefinitions => ({
    sets: sets.map(({ files: own }) => own),
    protos: protos.root.toJSON(),
  })
  const described = (): readonly DescribedFile[] => [
    ...sets.flatMap(({ files: own }) => own.map(describedFile)),
    ...protos.files.map((file) => describedFile(fileDescriptor(file, protos.root))),
    ...common.files.map((file) => describedFile(fileDescriptor(file, common.root))),
  ]
  return {
    definitions: rootDefinitions(
      [...sets.map(({ root }) => root), protos.root, common.root],
      described,
      portable,
    ),
    problems,
    files,
  }
}

/** What can be handed to another thread. */
interface PortableDefinitions {
  /** FileDescriptorProto each. */
  readonly sets: readonly (readonly Uint8Array[])[]
  readonly protos: object
}

/** For messages only: nobody asks a copy by reflection. */
export const restore = (portable: unknown): GrpcDefinitions => {
  const { sets, protos } = portable as PortableDefinitions
  const roots = [
    ...sets.map((files) => rootOf(files).root),
    protobuf.Root.fromJSON(protos as never).resolveAll() as Root,
    commonFiles('').root,
  ]
  return rootDefinitions(
    roots,
    () => [],
    () => portable,
  )
}

interface DescriptorSet {
  readonly root: Root
  /** FileDescriptorProto each. */
  readonly files: readonly Uint8Array[]
}

/** Well-known types and google.rpc's errors, which no service need import to be answered with. */
const commonFiles = (root: string): ProtoFiles => {
  const common = new ProtoFiles(root, [])
  for (const name of Object.keys(bundledFiles)) if (!name.startsWith('google/api/')) common.carry(name)
  common.resolve()
  return common
}

/** Throws Error. */
const readSet = (bytes: Uint8Array): DescriptorSet => {
  const set = descriptor.FileDescriptorSet.decode(bytes) as unknown as {
    readonly file: readonly { readonly name: string; readonly dependency?: readonly string[] }[]
  }
  if (set.file.length === 0) throw new Error('it holds no file')
  return rootOf(set.file.map((file) => descriptor.FileDescriptorProto.encode(file as never).finish()))
}

/** What the files import and nobody brought is taken from those carried along. Throws Error. */
const rootOf = (files: readonly Uint8Array[]): DescriptorSet => {
  const known = new Map(files.map((bytes) => [describedFile(bytes).name, bytes]))
  for (const bytes of known.values()) {
    for (const name of describedFile(bytes).dependencies) {
      if (known.has(name) || bundledFiles[name] === undefined) continue
      const one = new ProtoFiles('', [])
      one.carry(name)
      one.resolve()
      for (const file of one.files) {
        if (!known.has(file.name)) known.set(file.name, fileDescriptor(file, one.root))
      }
    }
  }
  const all = [...known.values()]
  const file = all.map((bytes) => descriptor.FileDescriptorProto.decode(bytes))
  return { root: protobuf.Root.fromDescriptor({ file } as never), files: all }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

const attempt = (
  work: () => DescriptorSet,
  { path }: NamedPath,
  { root }: DefinitionSource,
  problems: Problem[],
): DescriptorSet[] => {
  try {
    return [work()]
  } catch (error) {
    problems.push({
      severity: 'error',
      code: 'DEFINITION_INVALID',
      at: { file: relative(root, path).split(sep).join('/'), line: 1, column: 1 },
      message: `the file is no descriptor set that can be used: ${(error as Error).message}`,
      hint: 'make it with: buf build -o set.binpb, or protoc --include_imports --descriptor_set_out=set.binpb',
    })
    return []
  }
}

/** Asked three times; then what it said last time is used. */
const reflected = async (
  source: DefinitionSource,
  tools: DefinitionTools,
  problems: Problem[],
): Promise<readonly DescriptorSet[]> => {
  const name = `${source.service}.binpb`
  const complain = (severity: Problem['severity'], message: string, hint: string): void => {
    problems.push({
      severity,
      code: 'DEFINITION_INVALID',
      at: { file: 'svc-mock.yaml', line: 1, column: 1 },
      message: `${source.service}: ${message}`,
      hint,
    })
  }
  if (source.upstream === undefined) {
    complain(
      'error',
      'reflection: true, and nothing says where the real service is',
      'add upstream: http://host:port',
    )
    return []
  }
  let reason = ''
  for (const waitMs of [0, 500, 1500]) {
    if (waitMs > 0) await tools.wait(waitMs)
    try {
      const files = await reflectedFiles({ target: source.upstream, tls: source.tls, dial: tools.dial })
      const set = rootOf(files)
      const file = files.map((bytes) => descriptor.FileDescriptorProto.decode(bytes))
      tools.cache.write(name, descriptor.FileDescriptorSet.encode({ file } as never).finish())
      return [set]
    } catch (error) {
      reason = (error as Error).message
      if ((error as { final?: boolean }).final === true) break
    }
  }
  const kept = tools.cache.read(name)
  if (kept !== undefined) {
    try {
      const set = readSet(kept)
      complain(
        'warning',
        `the real service could not be asked for its definitions (${reason}); what it said last time is used`,
        'start it, or name .proto files under proto',
      )
      return [set]
    } catch {
      // As if nothing had been kept.
    }
  }
  complain(
    'error',
    `the real service could not be asked for its definitions: ${reason}`,
    'start it with server reflection on, or name its .proto files under proto',
  )
  return []
}
