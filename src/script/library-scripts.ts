/** The engine as a library of mock files uses it: one for the process, made when the first file is compiled. */
import type { ScriptStates } from '../core/script.ts'
import { FileScripts, type ScriptFile } from './compiler.ts'
import { ScriptEngine } from './engine.ts'
import { memoryStates } from './memory-states.ts'
import { SyntaxChecker } from './program.ts'

export interface LibraryScriptOptions {
  readonly states?: ScriptStates
  readonly seed?: number | undefined
  readonly now?: (() => number) | undefined
}

export class LibraryScripts {
  readonly #engine: ScriptEngine
  readonly #checker = new SyntaxChecker()

  constructor({ states = memoryStates(), seed, now }: LibraryScriptOptions = {}) {
    this.#engine = new ScriptEngine({ states, seed, now })
  }

  forFile(file: ScriptFile): FileScripts {
    return new FileScripts(file, this.#engine, this.#checker)
  }

  /** A new version of the file is in force. */
  forget(scripts: FileScripts): void {
    for (const program of scripts.programs) this.#engine.forget(program)
  }

  /** Seeded runs that follow are as those after a start. */
  begin(): void {
    this.#engine.begin()
  }

  warm(): void {
    this.#engine.warm()
  }

  close(): void {
    this.#engine.close()
  }
}
