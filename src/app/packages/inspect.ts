/** What mock files of a package hold, read and compiled as a workspace would, but with nothing of a workspace around them. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { LibraryFolder } from '../../config/config.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import type { Inspection } from '../../registry/fetch.ts'
import { manifestFile, type PackageManifest, readManifest } from '../../registry/manifest.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { packedDefinitions } from './packed-definitions.ts'

/** One mock, as others know it. */
export interface PackagedMock {
  readonly service: string
  /** undefined: of no version. */
  readonly version: string | undefined
  readonly name: string
  /** Changes with what the mock says, and with the files that it names. */
  readonly digest: string
}

export interface InspectedPackage extends Inspection {
  readonly mocks: readonly PackagedMock[]
}

/** `library`: folders inside, with `/`. Nothing is thrown for what is wrong. */
export const inspectPackage = async (
  folder: string,
  library: readonly string[],
): Promise<InspectedPackage> => {
  const folders = library.map(
    (inner, i): LibraryFolder => ({
      folder: join(folder, ...inner.split('/')),
      display: inner,
      layer: i + 1,
    }),
  )
  const definitions = await packedDefinitions(folder, servicesIn(folder))
  const read = new MockLibrary(folder, folders, await libraryTools({ definitions }))
  try {
    const files = read.files()
    return {
      services: servicesOf(files),
      problems: [...read.problems(), ...definitions.problems()],
      mocks: files.flatMap((file) =>
        file.mocks.map((mock) => ({
          service: file.service,
          version: file.version,
          name: mock.name,
          digest: digestOf(mock, file, read.usedBy(file.path)),
        })),
      ),
    }
  } finally {
    read.close()
  }
}

/** As its manifest has them; a repository of git may have none, and what is wrong with it is told elsewhere. */
const servicesIn = (folder: string): PackageManifest['services'] => {
  if (!existsSync(join(folder, manifestFile))) return {}
  return readManifest(folder, folder).services
}

const servicesOf = (files: readonly MockFile[]): Inspection['services'] => {
  const found = [...Map.groupBy(files, ({ service }) => service)].filter(([service]) => service !== '')
  return Object.fromEntries(
    found.map(([service, own]) => [
      service,
      {
        protocol: own[0]!.protocol,
        versions: [...new Set(own.flatMap(({ version }) => version ?? []))].sort(),
        mocks: own.reduce((sum, { mocks }) => sum + mocks.length, 0),
      },
    ]),
  )
}

const digestOf = (mock: MockDefinition, file: MockFile, used: ReadonlySet<string>): string => {
  const { at: _, ...said } = mock
  const hash = createHash('sha256')
  hash.update(
    JSON.stringify([file.protocol, file.tenants, said], (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ),
  )
  for (const path of namedBy(said, file, used)) {
    hash.update(`\0${relative(dirname(file.path), path).split(sep).join('/')}\0`)
    hash.update(bytesOf(path))
  }
  return hash.digest('hex')
}

/** A mock that names a script uses all scripts that its file does: they import each other. */
const namedBy = (mock: object, file: MockFile, used: ReadonlySet<string>): readonly string[] => {
  if (used.size === 0) return []
  const named = new Set([...textsIn(mock)].map((text) => resolve(dirname(file.path), text.trim())))
  const direct = [...used].filter((path) => named.has(path))
  const scripts = direct.some(isScript) ? [...used].filter(isScript) : []
  return [...new Set([...direct, ...scripts])].sort()
}

const isScript = (path: string): boolean => /\.[mc]?[jt]s$/.test(path)

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (value.length < 1000) yield value
  } else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* textsIn(inner)
}

const bytesOf = (path: string): Uint8Array => {
  try {
    return readFileSync(path)
  } catch {
    return new Uint8Array()
  }
}
