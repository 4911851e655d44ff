/** The scripts of a mock that extends another one: each is compiled where it was written, so that its imports lie beside it. */

import type { Problem } from '../core/problem.ts'
import type { Expression, Script, ScriptCompiler, ScriptShape, Seed, SpecPath } from '../core/script.ts'
import type { FileScripts } from './compiler.ts'
import type { Program } from './messages.ts'

/** What a library needs to know of the scripts of one of its files. */
export interface HeldScripts extends ScriptCompiler {
  readonly programs: readonly Program[]
  /** See FileScripts. */
  readonly unused: boolean
  missing(): Problem | undefined
}

export class DerivedScripts implements HeldScripts {
  readonly #own: FileScripts
  readonly #ofBase: FileScripts
  readonly #isOwn: (path: SpecPath) => boolean

  /** `own`: of the extending mock's file; `isOwn`: whether it has written what stands at a path. */
  constructor(own: FileScripts, ofBase: FileScripts, isOwn: (path: SpecPath) => boolean) {
    this.#own = own
    this.#ofBase = ofBase
    this.#isOwn = isOwn
  }

  get programs(): readonly Program[] {
    return [...this.#own.programs, ...this.#ofBase.programs]
  }

  get unused(): boolean {
    return this.#own.unused && this.#ofBase.unused
  }

  missing(): Problem | undefined {
    return this.#own.missing() ?? this.#ofBase.missing()
  }

  script(source: string, path: SpecPath, shape: ScriptShape): Script {
    return (this.#isOwn(path) ? this.#own : this.#ofBase).script(source, path, shape)
  }

  /** They import nothing, so it does not matter whose they are; places are found by path. */
  expressions(sources: readonly Expression[], seldom: boolean): Script {
    return this.#own.expressions(sources, seldom)
  }

  expressionProblem(source: string): string | undefined {
    return this.#own.expressionProblem(source)
  }

  seed(script: string): Seed | undefined {
    return this.#own.seed(script)
  }

  now(): number {
    return this.#own.now()
  }
}
