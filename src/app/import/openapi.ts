/** `svc-mock import openapi <file>`: one mock for each operation and for each example, that keep the very contract. */
import { createHash } from 'node:crypto'
import { join, relative, resolve, sep } from 'node:path'
import type { Config } from '../../config/config.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { generate } from '../../contract/formats/openapi/generate.ts'
import { type Description, openDescription } from '../../contract/formats/openapi/operations.ts'
import { SvcMockError } from '../../core/errors.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Problem } from '../../core/problem.ts'
import { parsePathPattern } from '../../mock/path-pattern.ts'
import { fileName, folderName } from '../../record/file-names.ts'
import { fetchRef } from '../contract/fetch-ref.ts'
import type { MadeFile } from './generated-file.ts'
import { type GeneratedResult, writeGenerated } from './generated-library.ts'

export interface GenerateWishes {
  /** Default: the service whose contract the file is, else the only one, else the title of the file. */
  readonly service?: string | undefined
  /** Default: what the file says. */
  readonly version?: string | undefined
  /** What data is drawn by, besides the operation. */
  readonly seed: string
  readonly allowRemoteRefs: boolean
}

/** `problems`: of the file; what does not depend on them was made. */
export interface ImportedContract extends GeneratedResult {
  readonly problems: readonly Problem[]
}

/** `path`: relative to the working directory. Rejects with CONTRACT_INVALID when nothing of it can be read. */
export const importOpenapi = async (
  path: string,
  config: Config,
  wishes: GenerateWishes,
): Promise<ImportedContract> => {
  const file = resolve(path)
  const specs = new SpecFiles({ root: config.root, fetch: wishes.allowRemoteRefs ? fetchRef : undefined })
  const description = await openDescription(file, specs)
  if (description === undefined)
    throw new SvcMockError('CONTRACT_INVALID', `${path} could not be used`, {
      details: { problems: specs.problems },
    })
  const service = wishes.service ?? serviceOf(file, config, description)
  const version = wishes.version ?? versionOf(description)
  const source = relative(config.root, file).split(sep).join('/')
  const base = basePathOf(service, config, description)
  const left: string[] = []
  const files = new Map<string, MadeFile>()
  for (const operation of description.operations) {
    const why = unmockable(`${base}${operation.path}`)
    if (why !== undefined) {
      left.push(`${operation.name}: ${why}`)
      continue
    }
    const made = generate(description, operation, { basePath: base, seed: seedOf(wishes.seed) })
    left.push(...made.left)
    if (made.mocks.length === 0) continue
    const pieces = operation.path.split('/').filter((piece) => piece !== '')
    files.set(`${fileName([operation.method, ...pieces])}.yaml`, {
      source,
      head: { service, version },
      mocks: made.mocks,
    })
  }
  const folder = join(libraryOf(config), folderName(service), folderName(version))
  return {
    service,
    version,
    folder: relative(config.root, folder).split(sep).join('/'),
    operations: description.operations.length,
    ...writeGenerated(folder, files, source),
    left,
    problems: specs.problems,
  }
}

/** The first folder of the workspace's own mocks. */
export const libraryOf = ({ library, root }: Config): string =>
  library.find(({ layer }) => layer === 1)?.folder ?? join(root, 'mocks')

export const seedOf =
  (seed: string) =>
  (text: string): readonly [number, number, number, number] => {
    const digest = createHash('sha256').update(`${seed}\n${text}`).digest()
    return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)]
  }

const serviceOf = (file: string, { services }: Config, { version }: Description): string => {
  const own = services.find(({ contract }) => contract?.openapi?.path === file)
  const http = services.filter(({ protocol }) => protocol === 'http')
  if (own !== undefined) return own.name
  if (http.length === 1) return http[0]!.name
  return (
    (version.title ?? 'service')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 60) || 'service'
  )
}

/** As semver, which versions of mocks are: 2 becomes 2.0.0. */
const versionOf = ({ version: { version = '1.0.0' } }: Description): string => {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/.exec(version)
  if (match === null) return version
  const [, major, minor = '0', patch = '0', rest = ''] = match
  return `${major}.${minor}.${patch}${/^-[0-9A-Za-z.-]+$/.test(rest) ? rest : ''}`
}

/** Paths of mocks begin behind the base path that the service's hosts name. */
const basePathOf = (service: string, { services }: Config, { basePaths }: Description): string => {
  const base = basePaths[0] ?? ''
  const hosts = services.find(({ name }) => name === service)?.hosts ?? []
  const named = hosts.some((host) => host.replace(/\/+$/, '').endsWith(base) && base !== '')
  return named || base.includes('{') ? '' : base
}

const unmockable = (path: string): string | undefined => {
  try {
    parsePathPattern(path)
    return undefined
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
}
