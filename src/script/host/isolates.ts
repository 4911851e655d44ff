/**
 * One isolate per library and memory limit, in it one context per tenant: made on first use, replaced when it dies.
 * Every entry into an isolate is timed, and belongs to a call that can be blamed for it.
 */
import { createHash, randomFillSync } from 'node:crypto'
import type IsolatedVm from 'isolated-vm'
import type { Program } from '../messages.ts'
import { prelude } from './prelude.ts'

export type Vm = typeof IsolatedVm

const entranceNames = [
  'begin',
  'interrupted',
  'answer',
  'drop',
  'register',
  'forget',
  'provide',
  'freeze',
  'blame',
] as const

/** Functions of the prelude, by name. */
type Entrances = Readonly<
  Record<(typeof entranceNames)[number], IsolatedVm.Reference<(...args: unknown[]) => unknown>>
>

export interface Context {
  readonly isolate: LiveIsolate
  readonly context: IsolatedVm.Context
  readonly entrances: Entrances
  /** By program: settled when it can be run. */
  readonly programs: Map<number, Promise<void>>
  /** Programs that can be run now. */
  readonly loaded: Set<number>
  /** Runs that wait for those that are inside. */
  readonly waiting: WaitingRun[]
  busy: boolean
}

export interface WaitingRun {
  readonly call: number
  readonly timeoutMs: number
  /** As it came. */
  readonly text: string
}

export interface LiveIsolate {
  readonly key: string
  readonly vm: IsolatedVm.Isolate
  readonly memoryMb: number
  /** The call that runs inside; shared with the isolate, so that it can be read when that is dead. */
  readonly current: Float64Array
  readonly contexts: Map<string, Promise<Context>>
  /** By tenant: contexts that can be entered now. */
  readonly ready: Map<string, Context>
  /** Stays that have not ended, in the order in which they were asked for: isolates take their visitors in order. */
  readonly entered: Set<Stay>
  /** When one ended, by performance.now(). */
  progressAt: number
  /** Visits in a row that were short; below 0, so many must be before they count again. */
  quickVisits: number
}

export interface Stay {
  readonly timeoutMs: number
}

export interface IsolateTools {
  readonly vm: Vm
  readonly stillClock: boolean
  /** A call told something from inside. */
  readonly told: (call: number, operation: number, what: string, text: string) => void
  /** Code of a package, for inside. */
  readonly packageCode: (name: string) => string
  /** V8 gave up on an isolate: nothing in this process can be trusted to end. */
  readonly broken: (key: string) => void
}

/** Longer than any stretch of a call: the packages and the prelude are ours. */
const ownCodeMs = 2_000
const hashed = 1024 * 1024

export const isolateKey = (library: string, memoryMb: number): string => `${memoryMb} ${library}`

export const newIsolate = (key: string, memoryMb: number, { vm, broken }: IsolateTools): LiveIsolate => ({
  key,
  vm: new vm.Isolate({ memoryLimit: memoryMb, onCatastrophicError: () => broken(key) }),
  memoryMb,
  current: new Float64Array(new SharedArrayBuffer(8)),
  contexts: new Map(),
  ready: new Map(),
  entered: new Set(),
  progressAt: performance.now(),
  quickVisits: 0,
})

export const contextOf = (isolate: LiveIsolate, tenant: string, tools: IsolateTools): Promise<Context> => {
  let context = isolate.contexts.get(tenant)
  if (context === undefined) {
    context = newContext(isolate, tools).then((made) => {
      isolate.ready.set(tenant, made)
      return made
    })
    isolate.contexts.set(tenant, context)
  }
  return context
}

const newContext = async (isolate: LiveIsolate, { vm, told, stillClock }: IsolateTools): Promise<Context> => {
  const context = await isolate.vm.createContext()
  const chance = [...randomFillSync(new Int32Array(4))]
  const made = await context.evalClosure(
    prelude,
    [
      new vm.Callback(told, { ignored: true }),
      new vm.Callback(hash, { sync: true }),
      chance.map((word) => word || 1).join(','),
      new vm.ExternalCopy(isolate.current).copyInto(),
      stillClock,
    ],
    { result: { reference: true }, timeout: ownCodeMs },
  )
  const found = await Promise.all(
    entranceNames.map(async (name) => [name, await made.get(name, { reference: true })] as const),
  )
  const entrances = Object.fromEntries(found) as Entrances
  await entrances.freeze.apply(undefined, [], { timeout: ownCodeMs })
  return { isolate, context, entrances, programs: new Map(), loaded: new Set(), waiting: [], busy: false }
}

/** `ok:<hex>`, or why not: an error object would carry our own stack inside. */
const hash = (algorithm: string, text: string): string => {
  if (!/^(md5|sha1|sha256|sha384|sha512)$/.test(algorithm))
    return 'no:hash takes md5, sha1, sha256, sha384 or sha512'
  if (text.length > hashed) return 'no:hash takes at most 1 MB'
  return `ok:${createHash(algorithm).update(text).digest('hex')}`
}

/** The call that a program is loaded for, and the time that a stretch of it has. */
export interface LoadingFor {
  readonly call: number
  readonly timeout: number
}

/** Compiles and evaluates a program in a context, once. */
export const loadProgram = (
  context: Context,
  program: Program,
  loading: LoadingFor,
  tools: IsolateTools,
): Promise<void> => {
  let loaded = context.programs.get(program.id)
  if (loaded === undefined) {
    loaded = load(context, program, loading, tools).then(() => {
      context.loaded.add(program.id)
    })
    // A module whose first evaluation failed fails for good; a new run tries again.
    loaded.catch(() => context.programs.delete(program.id))
    context.programs.set(program.id, loaded)
  }
  return loaded
}

const load = async (
  { isolate, context, entrances }: Context,
  program: Program,
  { call, timeout }: LoadingFor,
  { packageCode }: IsolateTools,
): Promise<void> => {
  for (const name of program.packages) {
    const value = await context.evalClosure(`${packageCode(name)}\nreturn scriptPackage`, [], {
      timeout: ownCodeMs,
      result: { reference: true },
      filename: `tools.${name}`,
    })
    await entrances.provide.apply(undefined, [name, value.derefInto()], { timeout })
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
  // Not awaited: nobody may enter between the two. An error's getters run when it is read, under no limit.
  const blamed = entrances.blame.apply(undefined, [call], { timeout })
  await Promise.all([blamed, entry.evaluate({ timeout })])
  const run = await defaultExport(entry)
  if (run.typeof !== 'function') throw new TypeError('the script has no function as default export')
  await entrances.register.apply(undefined, [program.id, run.derefInto(), program.shape], { timeout })
}

const defaultExport = async (entry: IsolatedVm.Module): Promise<IsolatedVm.Reference<unknown>> => {
  try {
    return await entry.namespace.get('default', { reference: true })
  } catch {
    // It has no value as long as the module waits.
    throw new TypeError('the script waits before it exports: await is for functions only')
  }
}
