/**
 * A script's modules, read and checked: relative imports inside the library by real path, JavaScript or erasable
 * TypeScript. Syntax is checked by V8 itself in an isolate that never runs anything.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, relative, resolve, sep } from 'node:path'
import type IsolatedVm from 'isolated-vm'
import { SpecError } from '../core/matcher.ts'
import { isInside, realPath } from '../mock/load/inside.ts'
import type { ProgramModule } from './messages.ts'
import { ScriptMistake } from './mistake.ts'

const maxBytes = 1024 * 1024
const maxModules = 200

/** A module's text where it stands, for code frames. */
export interface SourceText {
  readonly file: string
  readonly text: string
}

export interface ReadProgram {
  readonly modules: readonly ProgramModule[]
  /** By module name. */
  readonly texts: ReadonlyMap<string, SourceText>
}

/** Asks V8 for syntax, if isolated-vm is there. */
export class SyntaxChecker {
  #loaded: { readonly vm: typeof IsolatedVm } | { readonly missing: string } | undefined
  #isolate: IsolatedVm.Isolate | undefined

  /** The specifiers it imports; undefined when nothing can be checked. Throws what V8 says. */
  check(source: string, name: string): readonly string[] | undefined {
    const loaded = this.#load()
    if ('missing' in loaded) return undefined
    if (this.#isolate === undefined || this.#isolate.isDisposed)
      this.#isolate = new loaded.vm.Isolate({ memoryLimit: 64 })
    const module = this.#isolate.compileModuleSync(source, { filename: name })
    const { dependencySpecifiers } = module
    module.release()
    return dependencySpecifiers
  }

  /** Why isolated-vm could not be loaded; undefined: it could. */
  missing(): string | undefined {
    const loaded = this.#load()
    return 'missing' in loaded ? loaded.missing : undefined
  }

  #load(): { readonly vm: typeof IsolatedVm } | { readonly missing: string } {
    this.#loaded ??= loadIsolatedVm()
    return this.#loaded
  }
}

const loadIsolatedVm = (): { readonly vm: typeof IsolatedVm } | { readonly missing: string } => {
  try {
    return { vm: createRequire(import.meta.url)('isolated-vm') as typeof IsolatedVm }
  } catch (error) {
    return { missing: error instanceof Error ? error.message.split('\n')[0]! : String(error) }
  }
}

export interface ProgramPlace {
  /** Absolute folder that nothing may leave. */
  readonly library: string
  /** Absolute; names are shown relative to it. */
  readonly root: string
  /** Told every file that is asked for, missing ones too. */
  uses(file: string): void
}

/** The modules that `entry` needs. */
export const readProgram = (
  entry: {
    readonly name: string
    readonly folder: string
    readonly source: string
    readonly text: SourceText
  },
  place: ProgramPlace,
  checker: SyntaxChecker,
): ReadProgram => {
  const modules = new Map<string, ProgramModule>()
  const texts = new Map<string, SourceText>()
  const add = (name: string, folder: string, source: string, text: SourceText): void => {
    if (modules.size >= maxModules) throw new SpecError(`more than ${maxModules} modules`)
    const imports: Record<string, string> = Object.create(null)
    texts.set(name, text)
    const code = /\.[mc]?ts$/.test(name) ? erased(source, name) : source
    modules.set(name, { name, source: code, imports })
    for (const specifier of checked(checker, code, name)) {
      const found = readImport(specifier, folder, place, name)
      imports[specifier] = found.name
      if (!modules.has(found.name)) add(found.name, found.folder, found.source, found.text)
    }
  }
  add(entry.name, entry.folder, entry.source, entry.text)
  return { modules: [...modules.values()], texts }
}

const checked = (checker: SyntaxChecker, source: string, name: string): readonly string[] => {
  try {
    return checker.check(source, name) ?? []
  } catch (error) {
    const { message } = error as Error
    const found = /^(.*) \[(.*):(\d+):(\d+)\]$/s.exec(message)
    throw new ScriptMistake(found?.[1] ?? message, name, Number(found?.[3] ?? 1), Number(found?.[4] ?? 1))
  }
}

interface Found {
  readonly name: string
  readonly folder: string
  readonly source: string
  readonly text: SourceText
}

const readImport = (specifier: string, folder: string, place: ProgramPlace, from: string): Found => {
  try {
    if (!/^\.\.?\//.test(specifier))
      throw new SpecError(
        `${specifier} cannot be imported`,
        [],
        'scripts import relative files of their own library, ./prices.js',
      )
    return readModule(specifier, folder, place)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new ScriptMistake(error.message, from, 1, 1, error.hint, specifier)
  }
}

/** Reads one module below `folder`; throws SpecError. */
export const readModule = (path: string, folder: string, place: ProgramPlace): Found => {
  const file = resolve(folder, path)
  place.uses(file)
  const root = realPath(place.library)
  const real = realPath(file)
  if (real === undefined && isInside(file, place.library))
    throw new SpecError(
      `${path} does not exist`,
      [],
      'the path is relative to this file, and ends in .js or .ts',
    )
  if (real === undefined || root === undefined || !isInside(real, root))
    throw new SpecError(`${path} leads out of the library`, [], 'copy the file into the library')
  if (!/\.(?:[mc]?[jt]s)$/.test(real))
    throw new SpecError(`${path} is no script`, [], 'scripts end in .js, .mjs, .ts or .mts')
  const source = readText(real, path)
  const name = relative(place.root, file).split(sep).join('/')
  return { name, folder: dirname(file), source, text: { file: name, text: source } }
}

/** Does not follow a link that was put there after the check. */
const readText = (real: string, shown: string): string => {
  const handle = openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const stats = fstatSync(handle)
    if (!stats.isFile()) throw new SpecError(`${shown} is no file`)
    if (stats.size > maxBytes) throw new SpecError(`${shown} is larger than 1 MB`, [], 'split it')
    return readFileSync(handle, 'utf8')
  } finally {
    closeSync(handle)
  }
}

/** Types become spaces, so that places stay what they are. */
const erased = (source: string, name: string): string => {
  const { emitWarning } = process
  // Node says once that this is experimental; the users of svc-mock did not choose it and can do nothing about it.
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(source)
  } catch (error) {
    const { message, stack = '' } = error as Error
    const line = Number(/^\S*:(\d+)\n/.exec(stack)?.[1] ?? 1)
    const column = (/^\S*:\d+\n[^\n]*\n( *)\^/.exec(stack)?.[1] ?? '').length + 1
    throw new ScriptMistake(message.split('\n')[0]!, name, line, column)
  } finally {
    process.emitWarning = emitWarning
  }
}
