/** Which files of a workspace belong into its package: mock files, what they name, and nothing else that lies there. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Config, LibraryFolder } from '../../config/config.ts'
import { isInside, realPath } from '../../mock/load/inside.ts'
import { walkFolders } from '../../mock/watch/walk.ts'
import { isInnerPath } from '../../registry/inner-path.ts'
import type { MockLibrary } from '../mock-library.ts'

export interface PackedFolder {
  readonly folder: LibraryFolder
  /** Inside the package. */
  readonly inner: string
}

export interface PackList {
  /** In the order in which they win. */
  readonly library: readonly PackedFolder[]
  /** By path inside the package, the absolute one. */
  readonly files: ReadonlyMap<string, string>
  /** Files of these folders that no mock names, relative to the workspace. */
  readonly left: readonly string[]
}

/** Neither what is personal nor what comes from other packages is packed. */
export const packedFolders = ({ library }: Pick<Config, 'library'>): readonly PackedFolder[] => {
  const taken = new Set<string>()
  return library
    .filter(({ origin, layer }) => origin === undefined && layer > 0)
    .map((folder) => {
      const inner = innerName(folder, taken)
      taken.add(inner)
      return { folder, inner }
    })
}

/** As in the workspace, where that is a path that a package can have. */
const innerName = ({ display, folder }: LibraryFolder, taken: ReadonlySet<string>): string => {
  const own = isInnerPath(display) && display !== '.' ? display : basename(folder)
  const wanted = isInnerPath(own) && own !== 'specs' ? own : 'mocks'
  let name = wanted
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`
  return name
}

export const listFiles = (config: Config, library: MockLibrary): PackList => {
  const folders = packedFolders(config)
  const layers = new Map(folders.map((one) => [one.folder.layer, one]))
  const files = new Map<string, string>()
  const packed = new Set<string>()
  for (const file of library.files()) {
    const into = layers.get(file.layer)
    if (into === undefined || packed.has(file.path)) continue
    const named = library.usedBy(file.path)
    for (const path of [file.path, ...named, ...mentioned(file.path, named, into.folder.folder)]) {
      if (packed.has(path) || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue
      packed.add(path)
      files.set(`${into.inner}/${relative(into.folder.folder, path).split(sep).join('/')}`, path)
    }
  }
  for (const name of readdirSync(config.root))
    if (
      /^(?:readme|licen[cs]e|notice|changelog)(?:\.[a-z]+)?$/i.test(name) &&
      isFile(join(config.root, name))
    )
      files.set(name, join(config.root, name))
  // A folder without mocks would be named in the manifest and not be there.
  const filled = folders.filter(({ inner }) => [...files.keys()].some((path) => path.startsWith(`${inner}/`)))
  return { library: filled, files, left: leftOf(filled, packed, config.root) }
}

/**
 * Files that a script may name when it runs, `bodyFile: './order.json'`: known by their names in its text, which are
 * relative to the mock file.
 */
const mentioned = (mockFile: string, named: ReadonlySet<string>, library: string): readonly string[] => {
  const sources = [mockFile, ...[...named].filter((path) => /\.[mc]?[jt]s$/.test(path))]
  const real = realPath(library)
  return sources.flatMap((source) =>
    [...textOf(source).matchAll(/['"`](\.{1,2}\/[^'"`\n]+)['"`]/g)].flatMap(([, text]) => {
      const path = resolve(dirname(mockFile), text!)
      const found = realPath(path)
      return real !== undefined && found !== undefined && isInside(found, real) ? [path] : []
    }),
  )
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

const leftOf = (
  folders: readonly PackedFolder[],
  packed: ReadonlySet<string>,
  root: string,
): readonly string[] =>
  [...new Set(folders.flatMap(({ folder }) => walkFolders(folder.folder)?.files ?? []))]
    .filter((path) => !packed.has(path))
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort()
