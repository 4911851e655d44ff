/** What the services of a workspace are held against, as it goes into a package: the file that svc-mock.yaml names, and all that it refers to. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import type { Config, ServiceConfig } from '../../config/config.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { openDescription } from '../../contract/formats/openapi/operations.ts'
import type { PackagedService } from '../../registry/manifest.ts'
import { ServiceDefinitions } from '../definitions.ts'

export interface PackedSpec {
  readonly spec: NonNullable<PackagedService['spec']>
  /** By path inside the package, the absolute one. */
  readonly files: ReadonlyMap<string, string>
}

/** By service; those without a contract are not among them. */
export const packedSpecs = async (config: Config): Promise<ReadonlyMap<string, PackedSpec>> => {
  const specs = new Map<string, PackedSpec>()
  for (const service of config.services) {
    const rpc = service.protocol === 'grpc'
    const found = rpc ? await protoFiles(config, service) : await openapiFiles(config, service)
    const inner = rpc ? byImport(config, service, found) : besideEachOther(found)
    if (found.length > 0) specs.set(service.name, specOf(service.name, found, inner))
  }
  return specs
}

/** The first one is what svc-mock.yaml names. */
const openapiFiles = async ({ root }: Config, { contract }: ServiceConfig): Promise<readonly string[]> => {
  const openapi = contract?.openapi
  if (openapi === undefined) return []
  const files = new SpecFiles({ root })
  await openDescription(openapi.path, files, openapi.at)
  return existing([openapi.path, ...files.paths])
}

const protoFiles = async (config: Config, service: ServiceConfig): Promise<readonly string[]> => {
  const named = service.proto?.files.map(({ path }) => path) ?? []
  if (named.length === 0) return []
  const definitions = await ServiceDefinitions.load({ ...config, services: [service] })
  return existing([...named, ...[...definitions.files()].sort()])
}

const existing = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths)].filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)

/** Where files lie among each other stays, so that references do. */
const besideEachOther = (paths: readonly string[]): ((path: string) => string) => {
  const folder = paths.length === 0 ? '' : commonFolder(paths)
  return (path) => relative(folder, path)
}

/** Definitions lie under the names by which others import them; without import paths these begin in some folder of the workspace. */
const byImport = (
  { root }: Config,
  { proto }: ServiceConfig,
  paths: readonly string[],
): ((path: string) => string) => {
  const within = (path: string) => (folder: string) => path.startsWith(folder + sep)
  const imports = proto?.importPaths.map(({ path }) => path) ?? []
  if (paths.some((path) => !within(path)(root) && !imports.some(within(path)))) return besideEachOther(paths)
  return (path) => relative(imports.find(within(path)) ?? root, path)
}

const specOf = (service: string, paths: readonly string[], where: (path: string) => string): PackedSpec => {
  const inner = (path: string): string => `specs/${service}/${where(path).split(sep).join('/')}`
  const hashed = paths.map((path) => ({
    file: inner(path),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  }))
  const [first, ...others] = hashed
  return {
    spec: { ...first!, ...(others.length > 0 && { others }) },
    files: new Map(paths.map((path) => [inner(path), path])),
  }
}

const commonFolder = (paths: readonly string[]): string => {
  let common = dirname(paths[0]!)
  while (paths.some((path) => !path.startsWith(common.endsWith(sep) ? common : common + sep)))
    common = dirname(common)
  return common
}
