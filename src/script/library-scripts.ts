/** The engine as a library of mock files uses it: one for the process, made when the first file is compiled. */
import { FileScripts, type ScriptFile } from './compiler.ts'
import { ScriptEngine } from './engine.ts'
import { SyntaxChecker } from './program.ts'
import { Seeds } from './seeds.ts'

export interface LibraryScriptOptions {
  /** Makes chance repeat. */
  readonly seed?: number | undefined
}

export class LibraryScripts {
  readonly #engine = new ScriptEngine()
  readonly #checker = new SyntaxChecker()
  readonly #seeds: Seeds

  constructor({ seed }: LibraryScriptOptions = {}) {
    this.#seeds = new Seeds(seed)
  }

  forFile(file: ScriptFile): FileScripts {
    return new FileScripts(file, { engine: this.#engine, checker: this.#checker, seeds: this.#seeds })
  }

  /** A new version of the file is in force. */
  forget(scripts: FileScripts): void {
    for (const program of scripts.programs) this.#engine.forget(program)
  }

  warm(): void {
    this.#engine.warm()
  }

  close(): void {
    this.#engine.close()
  }
}
