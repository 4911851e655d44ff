/** A workspace as a bundler sees it: built again when something changed, and what is wrong as the bundler's own error. */
import { resolve, sep } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { formatLocation } from '../../core/source.ts'
import type { ParseModule } from '../../script/page/expression.ts'
import { nearest } from '../nearest.ts'
import { type Config, openWorkspace } from '../workspace.ts'
import { type BuiltPage, buildPage } from './build-page.ts'

export interface PageFilesOptions {
  /** Absolute. */
  readonly root: string
  /** Relative to it. */
  readonly workspace: string
  readonly services: readonly string[] | undefined
  readonly parse: ParseModule
}

/** As bundlers of Rollup's family take it, and Vite's overlay shows it. */
export interface Mistake {
  readonly message: string
  /** Absolute. */
  readonly id?: string
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number }
  readonly frame?: string
}

export interface Built {
  /** Absent where there is a mistake. */
  readonly page?: BuiltPage
  readonly mistake?: Mistake
  readonly warnings: readonly string[]
  /** Absolute: when one of them changes, it must be built again. */
  readonly files: readonly string[]
}

export class PageFiles {
  readonly #options: PageFilesOptions
  #last: Config | undefined
  #files: ReadonlySet<string> = new Set()

  constructor(options: PageFilesOptions) {
    this.#options = options
  }

  build(): Built {
    const { root, workspace, services, parse } = this.#options
    let config: Config
    try {
      config = openWorkspace({ cwd: resolve(root, workspace), env: process.env }).config
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      const problems = (error.context.details?.['problems'] ?? []) as readonly Problem[]
      const mistake = mistakeOf(problems, this.#last?.root ?? root) ?? {
        message: `svc-mock: ${error.message}\n${error.hint}`,
      }
      return { mistake, warnings: [], files: [...this.#files] }
    }
    this.#last = config
    const unknown = services?.find((name) => config.services.every((service) => service.name !== name))
    if (unknown !== undefined)
      return { mistake: noService(unknown, config), warnings: [], files: [config.file] }
    const page = buildPage(config, { services, parse })
    this.#files = new Set(page.files)
    const errors = page.problems.filter(({ severity }) => severity === 'error')
    const warnings = page.problems.filter(({ severity }) => severity !== 'error').map(tell)
    const mistake = mistakeOf(errors, config.root)
    return {
      ...(mistake === undefined ? { page } : { mistake }),
      files: page.files,
      warnings: [
        ...warnings,
        ...page.leftOut.map(
          ({ name, protocol }) => `${name} speaks ${protocol}, and is left out of the page`,
        ),
      ],
    }
  }

  /** Absolute: folders in which new files may be mock files, and files of the configuration, also those that are not there yet. */
  watched(): readonly string[] {
    if (this.#last === undefined) this.build()
    const { library = [], files = [] } = this.#last ?? {}
    return [...library.map(({ folder }) => folder), ...files]
  }

  /** Whether a file that was changed, made or removed may change the page. */
  concerns(file: string): boolean {
    const path = resolve(file)
    return (
      this.#files.has(path) ||
      this.#last?.library.some(({ folder }) => path.startsWith(folder + sep)) === true
    )
  }
}

const noService = (name: string, { services, file }: Config): Mistake => {
  const names = services.map((service) => service.name)
  const meant = nearest(name, names)
  const hint = meant === undefined ? `services: ${names.join(', ') || 'none'}` : `did you mean ${meant}?`
  return { message: `svc-mock: there is no service ${name} in svc-mock.yaml\n${hint}`, id: file }
}

const tell = (problem: Problem): string =>
  [
    `${formatLocation(problem.at)}: ${problem.message}`,
    ...(problem.hint === undefined ? [] : [`  hint: ${problem.hint}`]),
  ].join('\n')

/** The first has its place and frame; all others follow in words. */
const mistakeOf = (problems: readonly Problem[], root: string): Mistake | undefined => {
  const [first, ...others] = problems
  if (first === undefined) return undefined
  const { at, frame } = first
  const file = resolve(root, at.file)
  return {
    message: ['svc-mock:', tell(first), ...others.map((one) => `\n${tell(one)}\n${one.frame ?? ''}`)].join(
      '\n',
    ),
    id: file,
    loc: { file, line: at.line, column: at.column },
    ...(frame !== undefined && { frame }),
  }
}
