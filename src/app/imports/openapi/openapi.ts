/** `svc-mock import openapi <file>`: one mock for each operation and for each example, that keep the very contract. */
import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { placeOf, SpecFiles } from '../../../contract/formats/openapi/document.ts'
import { generate } from '../../../contract/formats/openapi/generate.ts'
import { type Description, openDescription } from '../../../contract/formats/openapi/operations.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { SpecError } from '../../../core/matcher.ts'
import { parsePathPattern } from '../../../mock/path-pattern.ts'
import { fileName } from '../../../record/file-names.ts'
import { fetchRef } from '../../contract/fetch-ref.ts'
import type { Entry, ImportContext, MockFormat, ReadFile, ReadSource } from '../format.ts'

/** Rejects with CONTRACT_INVALID when nothing of the file can be read. */
const readOpenapi = async (path: string, { config, cwd, ...wishes }: ImportContext): Promise<ReadSource> => {
  const file = resolve(cwd, path)
  const specs = new SpecFiles({ root: config.root, fetch: wishes.allowRemoteRefs ? fetchRef : undefined })
  const description = await openDescription(file, specs)
  if (description === undefined)
    throw new SvcMockError('CONTRACT_INVALID', `${path} could not be used`, {
      details: { problems: specs.problems },
    })
  const service = wishes.service ?? serviceOf(file, config, description)
  const version = wishes.version ?? versionOf(description)
  const base = basePathOf(service, config, description)
  const entries: Entry[] = []
  const files = new Map<string, ReadFile>()
  for (const operation of description.operations) {
    const at = placeOf(operation.node)
    const entry = (left: readonly string[], made: boolean): void => {
      // What is left out says which operation it is of; the entry says it once.
      const notes = left.map((text) => ({ text: text.replace(`${operation.name}: `, '') }))
      const outcome = notes.length === 0 ? 'taken' : made ? 'changed' : 'not possible'
      entries.push({ outcome, name: operation.name, at, notes })
    }
    const why = unmockable(`${base}${operation.path}`)
    if (why !== undefined) {
      entry([why], false)
      continue
    }
    const made = generate(description, operation, { basePath: base, seed: seedOf(wishes.seed) })
    entry(made.left, made.mocks.length > 0)
    if (made.mocks.length === 0) continue
    const pieces = operation.path.split('/').filter((piece) => piece !== '')
    files.set(`${fileName([operation.method, ...pieces])}.yaml`, {
      mocks: made.mocks.map(({ name, request, response }) => ({ name, request, response })),
    })
  }
  const source = relative(config.root, file).split(sep).join('/')
  return { service, version, source, files, entries, problems: specs.problems }
}

export const openapiFormat: MockFormat = {
  kind: 'mocks',
  name: 'openapi',
  summary: 'one mock for each operation and example of an OpenAPI file',
  thing: 'operation',
  read: readOpenapi,
}

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
