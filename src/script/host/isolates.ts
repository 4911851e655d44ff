/**
 * One isolate per library, in it one context per tenant: made on first use, replaced when it dies. Every entry into
 * an isolate is timed, and belongs to a call that can be blamed for it.
 */
import { createHash } from 'node:crypto'
import type IsolatedVm from 'isolated-vm'
import type { FromHost, Limits, Program } from '../messages.ts'
import { prelude } from './prelude.ts'

export type Vm = typeof IsolatedVm

/** Functions of the prelude, by name. */
type Entrances = Readonly<
  Record<
    'run' | 'answer' | 'drop' | 'register' | 'forget' | 'provide' | 'freeze',
    IsolatedVm.Reference<(...args: unknown[]) => unknown>
  >
>

export interface Context {
  readonly isolate: LiveIsolate
  readonly context: IsolatedVm.Context
  readonly entrances: Entrances
  /** By program: settled when it can be run. */
  readonly programs: Map<number, Promise<void>>
}

export interface LiveIsolate {
  readonly vm: IsolatedVm.Isolate
  readonly contexts: Map<string, Promise<Context>>
  /** Calls inside. */
  readonly calls: Set<number>
  /** Stays that have not ended, in the order in which they were asked for. */
  readonly entered: Set<{ readonly call: number }>
  /** When one ended, by performance.now(). */
  progressAt: number
}

export interface IsolateTools {
  readonly vm: Vm
  readonly limits: Limits
  readonly send: (message: FromHost) => void
  /** A call told something from inside. */
  readonly told: (call: number, operation: number, what: string, text: string) => void
  /** Code of a package, for inside. */
  readonly packageCode: (name: string) => string
  /** V8 gave up on an isolate: nothing in this process can be trusted to end. */
  readonly broken: (library: string) => void
}

/** Longer than any stretch of a call: the packages and the prelude are ours. */
const ownCodeMs = 2_000
const hashed = 1024 * 1024

export const newIsolate = (library: string, { vm, limits, broken }: IsolateTools): LiveIsolate => ({
  vm: new vm.Isolate({ memoryLimit: limits.isolateMb, onCatastrophicError: () => broken(library) }),
  contexts: new Map(),
  calls: new Set(),
  entered: new Set(),
  progressAt: performance.now(),
})

export const contextOf = (isolate: LiveIsolate, tenant: string, tools: IsolateTools): Promise<Context> => {
  let context = isolate.contexts.get(tenant)
  if (context === undefined) {
    context = newContext(isolate, tools)
    isolate.contexts.set(tenant, context)
  }
  return context
}

const newContext = async (isolate: LiveIsolate, { vm, told, limits }: IsolateTools): Promise<Context> => {
  const context = await isolate.vm.createContext()
  const made = await context.evalClosure(
    prelude,
    [
      new vm.Callback(told, { ignored: true }),
      new vm.Callback(hash, { sync: true }),
      limits.stillClock === true,
    ],
    { result: { reference: true }, timeout: ownCodeMs },
  )
  const names = ['run', 'answer', 'drop', 'register', 'forget', 'provide', 'freeze'] as const
  const found = await Promise.all(
    names.map(async (name) => [name, await made.get(name, { reference: true })] as const),
  )
  const entrances = Object.fromEntries(found) as Entrances
  await entrances.freeze.apply(undefined, [], { timeout: ownCodeMs })
  return { isolate, context, entrances, programs: new Map() }
}

/** `ok:<hex>`, or why not: an error object would carry our own stack inside. */
const hash = (algorithm: string, text: string): string => {
  if (!/^(md5|sha1|sha256|sha384|sha512)$/.test(algorithm))
    return 'no:hash takes md5, sha1, sha256, sha384 or sha512'
  if (text.length > hashed) return 'no:hash takes at most 1 MB'
  return `ok:${createHash(algorithm).update(text).digest('hex')}`
}

/** Compiles and evaluates a program in a context, once. */
export const loadProgram = (context: Context, program: Program, tools: IsolateTools): Promise<void> => {
  let loaded = context.programs.get(program.id)
  if (loaded === undefined) {
    loaded = load(context, program, tools)
    // A module whose first evaluation failed fails for good; a new run tries again.
    loaded.catch(() => context.programs.delete(program.id))
    context.programs.set(program.id, loaded)
  }
  return loaded
}

const load = async (
  { isolate, context, entrances }: Context,
  program: Program,
  { limits, packageCode }: IsolateTools,
): Promise<void> => {
  for (const name of program.packages) {
    const value = await context.evalClosure(`${packageCode(name)}\nreturn scriptPackage`, [], {
      timeout: ownCodeMs,
      result: { reference: true },
      filename: `tools.${name}`,
    })
    await entrances.provide.apply(undefined, [name, value.derefInto()], { timeout: limits.stretchMs })
  }
  const modules = new Map<string, IsolatedVm.Module>()
  for (const { name, source } of program.modules)
    modules.set(name, await isolate.vm.compileModule(source, { filename: name }))
  const nameOf = new Map([...modules].map(([name, module]) => [module, name]))
  const imports = new Map(program.modules.map((module) => [module.name, module.imports]))
  const entry = modules.get(program.modules[0]!.name)!
  await entry.instantiate(context, (specifier, referrer) => {
    const target = imports.get(nameOf.get(referrer) ?? '')?.[specifier]
    const module = target === undefined ? undefined : modules.get(target)
    if (module === undefined) throw new Error(`${specifier} cannot be imported`)
    return module
  })
  await entry.evaluate({ timeout: limits.stretchMs })
  const run = await entry.namespace.get('default', { reference: true })
  if (run.typeof !== 'function') throw new TypeError('the script has no function as default export')
  await entrances.register.apply(undefined, [program.id, run.derefInto()], { timeout: limits.stretchMs })
}
