/** The engine as a library of mock files uses it: one for the process, made when the first file is compiled. */
import { FileScripts, type ScriptFile } from './compiler.ts'
import type { HeldScripts } from './derived-scripts.ts'
import { ScriptEngine } from './engine.ts'
import { SyntaxChecker } from './program.ts'
import { Seeds } from './seeds.ts'

export interface LibraryScriptOptions {
  /** Makes chance repeat. */
  readonly seed?: number | undefined
  /** What time it is for every run; absent: it passes. */
  readonly now?: (() => number) | undefined
}

export class LibraryScripts {
  readonly #engine: ScriptEngine
  readonly #checker = new SyntaxChecker()
  readonly #seeds: Seeds
  readonly #now: () => number

  constructor({ seed, now }: LibraryScriptOptions = {}) {
    this.#engine = new ScriptEngine(now)
    this.#now = now ?? (() => Date.now())
    this.#seeds = new Seeds(seed)
  }

  forFile(file: ScriptFile): FileScripts {
    return new FileScripts(file, {
      engine: this.#engine,
      checker: this.#checker,
      seeds: this.#seeds,
      now: this.#now,
    })
  }

  /** A new version of the file is in force. */
  forget(scripts: HeldScripts): void {
    for (const program of scripts.programs) this.#engine.forget(program)
  }

  /** Seeded runs that follow are as those after a start. */
  begin(): void {
    this.#seeds.begin()
  }

  warm(): void {
    this.#engine.warm()
  }

  close(): void {
    this.#engine.close()
  }
}
