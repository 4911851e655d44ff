/**
 * Compiles the expressions of one mock file for a page, while it is built, and refuses whole scripts: those run in an isolate,
 * and there is none in a page.
 */
import { SpecError } from '../../core/matcher.ts'
import {
  type Expression,
  type Script,
  type ScriptCompiler,
  ScriptSpecError,
  type SpecPath,
} from '../../core/script.ts'
import { requestFields } from '../request-fields.ts'
import { expressionsWait } from '../waits.ts'
import { compileExpression, expressionProblem, type ParseModule } from './expression.ts'
import type { PagePlace } from './program.ts'
import { programKey } from './scripts.ts'

/** What becomes a `PageProgram`, as text. */
export interface PageProgramCode {
  readonly waits: boolean
  readonly wants: readonly string[] | undefined
  /** Text of functions. */
  readonly expressions: readonly string[]
  readonly places: readonly PagePlace[]
}

export interface PageFile {
  /** Relative to the workspace. */
  readonly display: string
  locate(path: SpecPath): PagePlace
}

export class PageCompiler implements ScriptCompiler {
  /** By `programKey`. */
  readonly programs = new Map<string, PageProgramCode>()
  /** All expressions, as they are written. */
  readonly sources = new Set<string>()
  /** Tools that are named. */
  readonly tools = new Set<string>()
  readonly #file: PageFile
  readonly #parse: ParseModule

  constructor(file: PageFile, parse: ParseModule) {
    this.#file = file
    this.#parse = parse
  }

  script(source: string, path: SpecPath): Script {
    const name = /^\s*\.{1,2}\/[^\n]*$/.test(source) ? source.trim() : 'a script'
    throw new ScriptSpecError(
      `${name} cannot run in a page: scripts need an isolate`,
      this.#file.locate(path),
      'write ${{ }} expressions instead, or leave the service out of the page: services: [...]',
    )
  }

  expressions(sources: readonly Expression[]): Script {
    const waits = expressionsWait(sources)
    const expressions = sources.map(({ source, path }) => {
      const compiled = compileExpression(source, this.#parse, waits)
      if (!compiled.ok)
        throw new ScriptSpecError(
          `\${{${source}}} cannot run in a page: ${compiled.problem}`,
          this.#file.locate(path),
          compiled.hint,
        )
      this.sources.add(source)
      for (const tool of compiled.expression.tools) this.tools.add(tool)
      return compiled.expression.code
    })
    const places = sources.map(({ path }) => this.#file.locate(path))
    const all = sources.map(({ source }) => `(${source}\n),`).join('\n')
    const wants = requestFields(`export default (request, tools) => [\n${all}\n]`)
    const key = programKey(this.#file.display, sources)
    this.programs.set(key, { waits, wants: wants && [...wants], expressions, places })
    return neverRun(places[0]!)
  }

  expressionProblem(source: string): string | undefined {
    return expressionProblem(source, this.#parse)
  }

  seed(): undefined {
    return undefined
  }

  now(): number {
    return Date.now()
  }
}

/** While a page is built, no call comes. */
const neverRun = ({ at }: PagePlace): Script => ({
  name: 'template',
  at,
  wants: undefined,
  run: () => Promise.reject(new SpecError('nothing runs while a page is built')),
  badResult: (why) => new SpecError(why),
})
