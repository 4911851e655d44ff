/** The expressions of one response as a page has them: functions, made when the page was built. */
import type { SourceLocation } from '../../core/source.ts'

export interface PagePlace {
  readonly at: SourceLocation
  readonly frame: string
}

/** What compiled expressions are called with, besides `request`: what they name, of the tools. */
export type PageTools = Readonly<Record<string, unknown>>

export interface PageProgram {
  /** Each value is waited for before the next expression is evaluated. */
  readonly waits: boolean
  /** The fields of `request` that they look at; undefined: all. */
  readonly wants?: readonly string[] | undefined
  readonly expressions: readonly ((request: never, tools: never) => unknown)[]
  /** Where each stands in its mock file. */
  readonly places: readonly PagePlace[]
}

/** Code that is in the bundle only where an expression names the tool. */
export interface ToolPackages {
  readonly faker?: FakerPackage
  readonly jsonpath?: JsonPathPackage
  readonly hash?: (algorithm: string, text: string) => string
}

interface FakerPackage {
  readonly Faker: new (options: {
    readonly locale: readonly unknown[]
    readonly randomizer: { readonly next: () => number; readonly seed: () => void }
  }) => object
  readonly base: unknown
  readonly en: unknown
  readonly zh_CN: unknown
}

interface JsonPathPackage {
  readonly jsonpath: { query(path: string, value: never): { values(): unknown } }
}
