/** One mock file as it is used, and how a read file becomes that: a file that breaks keeps its last good mocks. */
import type { Clock } from '../core/clock.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Compilers, Dialect } from '../core/dialect.ts'
import type { Preset, PresetDialect } from '../core/preset.ts'
import type { Problem } from '../core/problem.ts'
import type { Responder, ResponderTools } from '../core/responder.ts'
import { type CompiledFile, compileFile, SharedParts } from '../mock/compile.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { responseFiles } from '../mock/load/response-files.ts'
import { compilePresets } from '../mock/presets.ts'
import { DerivedScripts, type HeldScripts } from '../script/derived-scripts.ts'
import type { LibraryScripts } from '../script/library-scripts.ts'

export interface LibraryTools {
  readonly dialects: ReadonlyMap<string, Dialect>
  /** By protocol, of those whose embedded servers can begin with something. */
  readonly presets?: ReadonlyMap<string, PresetDialect>
  readonly responders: readonly Responder[]
  readonly compilers: Compilers
  readonly tools: ResponderTools
  readonly scripts?: LibraryScripts
  definitionsOf?(service: string): Definitions | undefined
  readonly clock?: Clock | undefined
}

/** One file as it is used. */
export interface Entry {
  readonly file: MockFile
  /** Of the last good version. */
  readonly mocks: readonly CompiledMock[]
  /** The same. */
  readonly presets: readonly Preset[]
  readonly problems: readonly Problem[]
  /** Files that its mocks name: when one changes, this is compiled again. */
  readonly used: ReadonlySet<string>
  readonly scripts: HeldScripts | undefined
}

const noPresets: ReadonlyMap<string, PresetDialect> = new Map()
const nothing: CompiledFile = { mocks: [], problems: [] }

const usesNothing: ReadonlySet<string> = new Set()

export const isError = (problem: Problem): boolean => problem.severity === 'error'

/** What cannot be done yet takes out its own mock only; any other mistake may mean anything for the whole file. */
const isBreaking = (problem: Problem): boolean => isError(problem) && problem.code !== 'NOT_YET_SUPPORTED'

export class EntryCompiler {
  private readonly root: string
  private readonly tools: LibraryTools
  private readonly selected: (label: string | undefined) => boolean
  private readonly shared = new SharedParts()

  /** `selected`: whether mocks of a case are in force. */
  constructor(root: string, tools: LibraryTools, selected: (label: string | undefined) => boolean) {
    this.root = root
    this.tools = tools
    this.selected = selected
  }

  /** `before`: the entry whose place it takes. */
  compile(file: MockFile, before: Entry | undefined): Entry {
    const inForce = file.problems.some(isBreaking) ? (file.drafts ?? file) : file
    const used = new Set<string>()
    let compiling = true
    // What a script asks for in a call is read anew in each, and could be any number of names.
    const uses = (path: string): void => {
      if (compiling) used.add(path)
    }
    const files = responseFiles(file, uses)
    const scripts = this.scriptsOf(file, uses)
    const context = {
      ...this.tools,
      filesFor: () => files,
      ...(scripts !== undefined && { scriptsFor: () => scripts }),
    }
    const preset = compilePresets(inForce, this.tools.presets ?? noPresets, files)
    const compiled =
      inForce.mocks.length > 0 || inForce.preset === undefined
        ? compileFile(inForce, context, this.shared)
        : nothing
    compiling = false
    const found = [...file.problems, ...compiled.problems, ...preset.problems]
    const problems = file.derived === undefined ? found : found.map((one) => withExtender(one, file))
    const broken = problems.some(isBreaking)
    const retired = broken ? scripts : before?.scripts
    if (retired !== undefined) this.tools.scripts?.forget(retired)
    return {
      file,
      problems,
      // Most files use no others and have no scripts: ten thousand of them shall hold nothing for that.
      used: used.size === 0 ? usesNothing : used,
      mocks: broken ? (before?.mocks ?? []) : this.selected(file.case) ? compiled.mocks : [],
      presets: broken ? (before?.presets ?? []) : this.selected(file.case) ? preset.presets : [],
      scripts: broken ? before?.scripts : scripts?.unused === true ? undefined : scripts,
    }
  }

  /** Nothing of it runs any more. */
  forget({ scripts }: Entry): void {
    if (scripts !== undefined) this.tools.scripts?.forget(scripts)
  }

  private scriptsOf(file: MockFile, uses: (path: string) => void): HeldScripts | undefined {
    const engine = this.tools.scripts
    if (engine === undefined) return undefined
    const { root } = this
    const locate = (path: readonly (string | number)[]) => file.locate(path)
    const of = ({ path, display, library }: Pick<MockFile, 'path' | 'display' | 'library'>) =>
      engine.forFile({ path, display, library, root, uses, locate })
    const { derived } = file
    if (derived === undefined) return of(file)
    const isOwn = (path: readonly (string | number)[]) => derived.owner(path).path === file.path
    return new DerivedScripts(of(file), of(rootOf(derived.base.file)), isOwn)
  }
}

/** A mistake that a patch makes of what stays of its base stands in the base's file: who extends it must be told. */
const withExtender = (problem: Problem, { display, derived }: MockFile): Problem => {
  if (problem.at.file === display) return problem
  const line = derived!.mock.at.line
  const by = `${display}:${line} extends this mock, and null in its patch removes a key`
  return { ...problem, hint: problem.hint === undefined ? by : `${problem.hint}; ${by}` }
}

/** Of a chain of extending mocks only the first and the last file are told apart for scripts. */
const rootOf = (file: MockFile): MockFile =>
  file.derived === undefined ? file : rootOf(file.derived.base.file)
