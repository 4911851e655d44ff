/** Reads the imports of the sources, as text: what the architecture's rules are held against. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const sourceRoot = fileURLToPath(new URL('../../src', import.meta.url))

export interface Import {
  /** Relative to src, with `/`. */
  readonly from: string
  /** Relative to src for our own, else the package or `node:` name. */
  readonly to: string
  readonly own: boolean
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

export const sourceFiles = (): string[] =>
  readdirSync(sourceRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => slashes(relative(sourceRoot, join(entry.parentPath, entry.name))))
    .sort()

const slashes = (path: string): string => path.split(sep).join('/')

const statement =
  /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm

export const importsOf = (file: string): Import[] => {
  const text = readFileSync(join(sourceRoot, file), 'utf8')
  return [...text.matchAll(statement)].map((match) => {
    const target = (match[2] ?? match[3] ?? match[4])!
    const own = target.startsWith('.')
    return {
      from: file,
      to: own ? slashes(relative(sourceRoot, resolve(sourceRoot, dirname(file), target))) : target,
      own,
      typeOnly: match[1] !== undefined,
      dynamic: match[4] !== undefined,
    }
  })
}

export const allImports = (): Import[] => sourceFiles().flatMap(importsOf)
