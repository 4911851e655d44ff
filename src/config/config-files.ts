/** Reads svc-mock.yaml with everything it extends and its local file, lowest layer first. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../core/problem.ts'
import { parseDocument, type YamlDocument } from '../yaml/document.ts'
import type { Path } from '../yaml/tree.ts'
import { fileProblems } from './file-problems.ts'
import type { Layer } from './layer.ts'
import { usableSettings } from './usable.ts'

export const configFileName = 'svc-mock.yaml'
const maxBytes = 1024 * 1024

export interface ConfigFiles {
  /** Base files, then svc-mock.yaml, then its local file. */
  readonly layers: readonly Layer[]
  /** Absolute; the local file is among them whether or not it exists, so that it is noticed when it appears. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
}

/** The nearest svc-mock.yaml in `folder` or above. */
export const findConfigFile = (folder: string): string | undefined => {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, configFileName)
    if (existsSync(file) && statSync(file).isFile()) return file
    if (dirname(at) === at) return undefined
  }
}

/** `/x/svc-mock.yaml` -> `/x/svc-mock.local.yaml` */
export const localFileOf = (file: string): string => {
  const extension = extname(file)
  return join(dirname(file), `${basename(file, extension)}.local${extension}`)
}

export const readConfigFiles = (file: string): ConfigFiles => {
  const reader = new Reader(dirname(file))
  reader.read(file, [], undefined)
  const local = localFileOf(file)
  if (existsSync(local)) reader.read(local, [], undefined)
  return { layers: reader.layers, files: [...new Set([...reader.files, local])], problems: reader.problems }
}

/** Where a file was named, for problems with reading it. */
interface NamedAt {
  readonly document: YamlDocument
  readonly path: Path
}

class Reader {
  readonly layers: Layer[] = []
  readonly files: string[] = []
  readonly problems: Problem[] = []
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** `chain`: the files that led here, to refuse circles. */
  read(file: string, chain: readonly string[], namedAt: NamedAt | undefined): void {
    const display = this.#display(file)
    if (chain.includes(file)) {
      const circle = [...chain.slice(chain.indexOf(file)), file].map((one) => this.#display(one)).join(' -> ')
      this.#complain(
        namedAt,
        display,
        `base files extend each other in a circle: ${circle}`,
        'remove one extends',
      )
      return
    }
    if (this.files.includes(file)) return
    const text = this.#text(file, namedAt)
    if (text === undefined) return
    this.files.push(file)
    const document = parseDocument(text, display, 'CONFIG_INVALID')
    const problems = document.problems.length > 0 ? document.problems : fileProblems(document)
    this.problems.push(...problems)
    for (const [base, path] of basesOf(document.value))
      this.#base(base, file, [...chain, file], { document, path })
    this.layers.push({
      name: display,
      folder: dirname(file),
      value: usableSettings(document.value),
      locate: (path, onKey) => document.locate(path, onKey),
    })
  }

  #base(base: string, from: string, chain: readonly string[], namedAt: NamedAt): void {
    if (/^(git\+|git:|github:|npm:|https?:)/.test(base)) {
      this.#complain(
        namedAt,
        base,
        `extends ${base}: base files from elsewhere are not supported yet`,
        'copy the file into the workspace: extends: ./base.yaml',
        'NOT_YET_SUPPORTED',
      )
      return
    }
    this.read(resolve(dirname(from), base), chain, namedAt)
  }

  #text(file: string, namedAt: NamedAt | undefined): string | undefined {
    const display = this.#display(file)
    try {
      const { size } = statSync(file)
      if (size <= maxBytes) return readFileSync(file, 'utf8')
      this.#complain(
        namedAt,
        display,
        `${display} is larger than 1 MB`,
        'a configuration is small; is this the right file?',
      )
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      const missing = code === 'ENOENT'
      this.#complain(
        namedAt,
        display,
        missing ? `${display} does not exist` : `${display} cannot be read: ${code}`,
        missing
          ? 'correct the path; it is relative to the file that names it'
          : 'check that it is a file and its rights',
        namedAt === undefined && missing ? 'CONFIG_NOT_FOUND' : 'CONFIG_INVALID',
      )
    }
    return undefined
  }

  #complain(
    namedAt: NamedAt | undefined,
    display: string,
    message: string,
    hint: string,
    code: Problem['code'] = 'CONFIG_INVALID',
  ): void {
    const place =
      namedAt === undefined
        ? { at: { file: display, line: 1, column: 1 } }
        : namedAt.document.locate(namedAt.path)
    this.problems.push({ severity: 'error', code, ...place, message, hint })
  }

  #display(file: string): string {
    const display = relative(this.#root, file)
    return (display === '' ? file : display).split(sep).join('/')
  }
}

const basesOf = (value: unknown): readonly (readonly [string, Path])[] => {
  const bases = isMap(value) ? value['extends'] : undefined
  if (typeof bases === 'string') return [[bases, ['extends']]]
  if (!Array.isArray(bases)) return []
  return bases.flatMap((base: unknown, i) =>
    typeof base === 'string' ? [[base, ['extends', i]] as const] : [],
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
