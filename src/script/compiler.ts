/** Compiles the scripts and expressions of mock files for the engine, and turns what goes wrong into places of the user's files. */
import { dirname } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { SpecError } from '../core/matcher.ts'
import type { Problem } from '../core/problem.ts'
import {
  type Expression,
  type Script,
  type ScriptCompiler,
  type ScriptShape,
  ScriptSpecError,
  type Seed,
  type SpecPath,
} from '../core/script.ts'
import type { SourceLocation } from '../core/source.ts'
import { formatLocation } from '../core/source.ts'
import { codeFrame } from '../yaml/code-frame.ts'
import { type ScriptEngine, ScriptFailure } from './engine.ts'
import { type InlineText, inlineText } from './inline.ts'
import type { Program, ProgramModule } from './messages.ts'
import { ScriptMistake } from './mistake.ts'
import {
  type ProgramPlace,
  type ReadProgram,
  readModule,
  readProgram,
  type SyntaxChecker,
} from './program.ts'
import { requestFields } from './request-fields.ts'
import type { Seeds } from './seeds.ts'
import { expressionsWait } from './waits.ts'

export interface Place {
  readonly at: SourceLocation
  readonly frame: string
}

/** The mock file that scripts are compiled for. */
export interface ScriptFile extends ProgramPlace {
  /** Absolute. */
  readonly path: string
  /** Relative to the workspace. */
  readonly display: string
  locate(path: SpecPath): Place
}

export class FileScripts implements ScriptCompiler {
  readonly #file: ScriptFile
  readonly #engine: ScriptEngine
  readonly #checker: SyntaxChecker
  readonly #seeds: Seeds
  /** What time it is for scripts. */
  readonly now: () => number
  /** Those that were made: forgotten when the file is compiled anew. */
  readonly programs: Program[] = []
  /** Where something stands that cannot be without the engine. */
  #needed: SpecPath | undefined

  constructor(file: ScriptFile, { engine, checker, seeds, now }: ScriptTools) {
    this.now = now
    this.#file = file
    this.#engine = engine
    this.#checker = checker
    this.#seeds = seeds
  }

  script(source: string, path: SpecPath, shape: ScriptShape): Script {
    this.#need(path)
    const isFile = /^\s*\.{1,2}\/[^\n]*$/.test(source)
    return isFile ? this.#fromFile(source.trim(), shape) : this.#inline(source, path, shape)
  }

  /** The file has no scripts, so that nobody need keep this. */
  get unused(): boolean {
    return this.#needed === undefined && this.programs.length === 0
  }

  /** What does not work because there is no isolated-vm. */
  missing(): Problem | undefined {
    const why = this.#needed === undefined ? undefined : this.#checker.missing()
    if (why === undefined) return undefined
    return {
      severity: 'warning',
      code: 'SCRIPT_ENGINE_MISSING',
      ...this.#file.locate(this.#needed!),
      message: `scripts and expressions of this file cannot run: ${why}`,
      hint: 'install isolated-vm beside svc-mock: npm install isolated-vm',
    }
  }

  #need(path: SpecPath): void {
    this.#needed ??= path
  }

  seed(script: string): Seed | undefined {
    return this.#seeds.next(script)
  }

  expressions(sources: readonly Expression[], seldom: boolean): Script {
    if (!seldom) this.#need(sources[0]!.path)
    const lines: string[] = []
    const starts: { readonly line: number; readonly path: SpecPath }[] = []
    const waits = expressionsWait(sources)
    const names = toolNames.filter((name) => sources.some(({ source }) => source.includes(name)))
    const head = `export default ${waits ? 'async ' : ''}(request, { ${names.join(', ')} }) => [`
    let line = 2
    for (const { source, path } of sources) {
      starts.push({ line, path })
      lines.push(`${waits ? 'await ' : ''}(${source}\n),`)
      line += source.split('\n').length + 1
    }
    const text = [head, ...lines, ']'].join('\n')
    const name = `${this.#file.display}#${sources[0]!.path.join('.')}`
    const locate = (module: string, at: number): Place | undefined =>
      module === name
        ? this.#file.locate(starts.findLast((start) => start.line <= at)?.path ?? [])
        : undefined
    const program = this.#program(
      () =>
        readProgram(
          { name, folder: dirname(this.#file.path), source: text, text: { file: name, text } },
          this.#file,
          this.#checker,
        ),
      locate,
      { kind: 'list' },
    )
    return this.#script('template', program, locate, this.#file.locate(sources[0]!.path))
  }

  expressionProblem(source: string): string | undefined {
    try {
      this.#checker.check(`export default async () => (\n${source}\n)`, 'expression')
      return undefined
    } catch (error) {
      return (error as Error).message.replace(/ \[expression:\d+:\d+\]$/, '')
    }
  }

  #fromFile(path: string, shape: ScriptShape): Script {
    const found = readModule(path, dirname(this.#file.path), this.#file)
    const texts = new Map([[found.name, found.text]])
    let read: ReadProgram | undefined
    const locate = (module: string, line: number, column: number): Place | undefined => {
      const text = read?.texts.get(module) ?? texts.get(module) ?? this.#textOf(module)
      return text === undefined ? undefined : placeIn(module, text, line, column)
    }
    const program = this.#program(
      () => {
        read = readProgram(found, this.#file, this.#checker)
        return read
      },
      locate,
      shape,
    )
    return this.#script(path, program, locate, entryPlace(found.name, found.source))
  }

  #textOf(module: string): { readonly text: string } | undefined {
    try {
      return readModule(`${this.#file.root}/${module}`, this.#file.root, this.#file).text
    } catch {
      return undefined
    }
  }

  #inline(source: string, path: SpecPath, shape: ScriptShape): Script {
    const { file } = this.#file.locate(path).at
    const name = `${file}#${path.join('.')}`
    const inline: InlineText = inlineText(this.#file.path, this.#file.locate(path), source)
    const locate = (module: string, line: number, column: number): Place | undefined =>
      module === name ? inline.place(line, column) : this.#importedPlace(module, line, column)
    const program = this.#program(
      () =>
        readProgram(
          { name, folder: dirname(this.#file.path), source, text: { file: name, text: source } },
          this.#file,
          this.#checker,
        ),
      locate,
      shape,
    )
    return this.#script('script', program, locate, this.#file.locate(path))
  }

  #importedPlace(module: string, line: number, column: number): Place | undefined {
    const text = this.#textOf(module)
    return text === undefined ? undefined : placeIn(module, text, line, column)
  }

  #program(read: () => ReadProgram, locate: Locate, shape: ScriptShape): Program {
    try {
      const { modules } = read()
      if (!/\bexport\b[^;]*\bdefault\b/.test(modules[0]!.source))
        throw new SpecError(
          'the script has no default export',
          [],
          'write export default (request, tools) => ({ body: … })',
        )
      const all = modules.map(({ source }) => source).join('\n')
      const packages = ['faker', 'jsonpath'].filter((name) => all.includes(name))
      const program = {
        id: this.#engine.nextProgram(),
        library: this.#file.library,
        modules,
        packages,
        shape: shape.kind === 'apart' ? `apart:${shape.key}` : shape.kind,
      }
      this.programs.push(program)
      return program
    } catch (error) {
      if (!(error instanceof ScriptMistake)) throw error
      let { line, column } = error
      if (error.specifier !== undefined) [line, column] = this.#placeOfImport(error.module, error.specifier)
      const place = locate(error.module, line, column) ?? this.#file.locate([])
      throw new ScriptSpecError(error.message, place, error.hint)
    }
  }

  #placeOfImport(module: string, specifier: string): [number, number] {
    const before = this.#textOf(module)?.text.split(specifier, 2)
    if (before === undefined || before.length < 2) return [1, 1]
    const lines = before[0]!.split('\n')
    return [lines.length, lines.at(-1)!.length + 1]
  }

  #script(name: string, program: Program, locate: Locate, entry: Place): Script {
    const engine = this.#engine
    const seeds = this.#seeds
    const [{ name: module, source }] = program.modules as [ProgramModule]
    return {
      name,
      at: entry.at,
      wants: requestFields(source),
      badResult: (why, hint) =>
        failureAt(name, new ScriptFailure('SCRIPT_BAD_RESULT', why), locate, entry, hint),
      run: async (run) => {
        try {
          return await engine.run(program, run, seeds.next(module))
        } catch (error) {
          throw error instanceof ScriptFailure ? failureAt(name, error, locate, entry) : error
        }
      },
    }
  }
}

/** What the scripts of all files share. */
export interface ScriptTools {
  readonly engine: ScriptEngine
  readonly checker: SyntaxChecker
  readonly seeds: Seeds
  now(): number
}

type Locate = (module: string, line: number, column: number) => Place | undefined

const toolNames = ['now', 'uuid', 'random', 'faker', 'state', 'jsonpath', 'hash', 'base64', 'sleep', 'log']

const placeIn = (file: string, { text }: { readonly text: string }, line: number, column: number): Place => ({
  at: { file, line, column },
  frame: codeFrame(text, line, column),
})

/** For what has no place of its own: the default export. */
const entryPlace = (file: string, text: string): Place => {
  const before = text.slice(0, Math.max(0, text.search(/\bexport\b[^;]*\bdefault\b/))).split('\n')
  return placeIn(file, { text }, before.length, before.at(-1)!.length + 1)
}

const failureAt = (
  name: string,
  failure: ScriptFailure,
  locate: Locate,
  entry: Place,
  hint?: string,
): SvcMockError => {
  const { at, frame } = placeOf(failure.place, locate) ?? entry
  return new SvcMockError(failure.code, `${name} (${formatLocation(at)}): ${failure.message}`, {
    source: at,
    details: { script: name, at: formatLocation(at), frame: frame.split('\n') },
    ...(hint !== undefined && { hint }),
  })
}

/** The innermost frame of the stack that lies in the user's files. */
const placeOf = (stack: string, locate: Locate): Place | undefined => {
  for (const line of stack.split('\n')) {
    const found = /(?:\(|at |\[)([^()[\]]+):(\d+):(\d+)[)\]]?\s*$/.exec(line)
    const place =
      found === null
        ? undefined
        : locate(found[1]!.replace(/^async /, ''), Number(found[2]), Number(found[3]))
    if (place !== undefined) return place
  }
  return undefined
}
