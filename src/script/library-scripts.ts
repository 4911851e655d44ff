/** The engine as a library of mock files uses it: one for the process, made when the first file is compiled. */
import type { ScriptStates } from '../core/script.ts'
import { FileScripts, type ScriptFile } from './compiler.ts'
import { ScriptEngine } from './engine.ts'
import { memoryStates } from './memory-states.ts'
import { SyntaxChecker } from './program.ts'

export interface LibraryScriptOptions {
  readonly states?: ScriptStates
  readonly seed?: number | undefined
}

export class LibraryScripts {
  readonly #engine: ScriptEngine
  readonly #checker = new SyntaxChecker()

  constructor({ states = memoryStates(), seed }: LibraryScriptOptions = {}) {
    this.#engine = new ScriptEngine({ states, seed })
  }

  forFile(file: ScriptFile): FileScripts {
    return new FileScripts(file, this.#engine, this.#checker)
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
