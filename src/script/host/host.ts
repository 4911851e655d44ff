/** Runs calls: finds the isolate and context, enters it under a time limit, and says what came of it. */
import { type FailureCode, fromHost, type Program, toHost } from '../messages.ts'
import {
  type Context,
  contextOf,
  type IsolateTools,
  isolateKey,
  type LiveIsolate,
  loadProgram,
  newIsolate,
  type Stay,
  type Vm,
} from './isolates.ts'

/** A built-in function of V8 may not heed its limit; this long behind it the process is given up. */
const unheededMs = 1_450

interface ActiveCall {
  readonly id: number
  readonly program: Program
  readonly timeoutMs: number
  readonly isolate: LiveIsolate
  context: Context | undefined
}

export interface HostSurroundings {
  code(name: string): string
  end(): void
}

type Send = (texts: readonly (string | number)[]) => void

export class Host {
  readonly #tools: IsolateTools
  readonly #send: Send
  readonly #surroundings: HostSurroundings
  readonly #programs = new Map<number, Program>()
  readonly #isolates = new Map<string, LiveIsolate>()
  readonly #calls = new Map<number, ActiveCall>()
  readonly #watchdog: NodeJS.Timeout

  constructor(vm: Vm, send: Send, surroundings: HostSurroundings) {
    this.#send = send
    this.#surroundings = surroundings
    this.#tools = {
      vm,
      told: (call, operation, what, text) => this.#told(call, operation, what, text),
      packageCode: (name) => surroundings.code(name),
      broken: (key) => this.#giveUp(this.#isolates.get(key)),
    }
    this.#watchdog = setInterval(() => this.#watch(), 400)
    this.#watchdog.unref()
  }

  take(texts: string[]): void {
    const kind = texts[0]
    if (kind === toHost.run) this.#run(texts)
    else if (kind === toHost.answer)
      void this.#answer(Number(texts[1]), Number(texts[2]), texts[3]!, texts[4]!)
    else if (kind === toHost.program) {
      const program = JSON.parse(texts[1]!) as Program
      this.#programs.set(program.id, program)
    } else if (kind === toHost.drop) this.#drop(Number(texts[1]))
    else this.#forget(Number(texts[1]))
  }

  #run([, id, programId, tenant, timeout, memory, seed, request, reply]: string[]): void {
    const program = this.#programs.get(Number(programId))!
    const isolate = this.#isolateOf(program.library, Number(memory))
    const call: ActiveCall = {
      id: Number(id),
      program,
      timeoutMs: Number(timeout),
      context: undefined,
      isolate,
    }
    this.#calls.set(call.id, call)
    isolate.calls.add(call.id)
    const context = isolate.ready.get(tenant!)
    const begin = (entered: Context): Promise<void> => {
      call.context = entered
      return entered.entrances.run
        .apply(undefined, [call.id, program.id, request, reply, seed], { timeout: call.timeoutMs })
        .then((outcome) => {
          if (outcome !== '') this.#end(call, outcome as string)
        })
    }
    // Everybody's usual way takes no more turns than it must.
    if (context?.loaded.has(program.id) === true) this.#enter(call, begin(context))
    else this.#enter(call, this.#prepared(call, tenant!).then(begin))
  }

  async #prepared({ isolate, program, timeoutMs }: ActiveCall, tenant: string): Promise<Context> {
    const context = await contextOf(isolate, tenant, this.#tools)
    await loadProgram(context, program, timeoutMs, this.#tools)
    return context
  }

  #answer(id: number, operation: number, ok: string, text: string): void {
    const call = this.#calls.get(id)
    if (call?.context === undefined) return
    const { entrances } = call.context
    this.#enter(
      call,
      entrances.answer.apply(undefined, [id, operation, ok === '1', text], { timeout: call.timeoutMs }),
    )
  }

  /** One stay inside an isolate, on account of one call. */
  #enter(call: ActiveCall, stay: Promise<unknown>): void {
    const { isolate } = call
    if (isolate.entered.size === 0) isolate.progressAt = performance.now()
    // One object for each stay: a call may be inside more than once.
    const token: Stay = { call: call.id, timeoutMs: call.timeoutMs }
    isolate.entered.add(token)
    const leave = (): void => {
      isolate.entered.delete(token)
      isolate.progressAt = performance.now()
    }
    stay.then(leave, (error: unknown) => {
      this.#broke(call, error as Error)
      leave()
    })
  }

  #broke(call: ActiveCall, { name, message, stack = '' }: Error): void {
    if (call.isolate.vm.isDisposed) this.#died(call, /memory limit/.test(message))
    else if (/timed out/.test(message))
      this.#fail(call, 'SCRIPT_TIMEOUT', `ran longer than ${call.timeoutMs} ms without a pause`, stack)
    else this.#fail(call, 'SCRIPT_ERROR', `${name}: ${message}`, stack)
  }

  #watch(): void {
    const now = performance.now()
    for (const isolate of this.#isolates.values()) {
      const [first] = isolate.entered
      if (first !== undefined && now - isolate.progressAt > first.timeoutMs + unheededMs)
        this.#giveUp(isolate)
    }
  }

  /** Whoever came first is inside: isolates take their visitors in order. */
  #giveUp(isolate: LiveIsolate | undefined): void {
    const [first] = isolate?.entered ?? []
    const call = first === undefined ? undefined : this.#calls.get(first.call)
    if (call !== undefined && this.#leave(call))
      this.#sayFailed(
        call,
        'SCRIPT_TIMEOUT',
        'is inside a built-in function that does not heed the time limit',
        '',
      )
    this.#surroundings.end()
  }

  #told(id: number, operation: number, what: string, text: string): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    if (what === 'end') this.#end(call, text)
    else if (what === 'sleep') {
      const ms = Number(text)
      setTimeout(() => this.#answer(id, operation, '1', ''), ms > 0 ? Math.min(ms, longestSleepMs) : 0)
    } else this.#send([fromHost.ask, id, operation, what, text])
  }

  /** `outcome` begins with its kind; see the prelude's `finish`. */
  #end(call: ActiveCall, outcome: string): void {
    if (this.#leave(call)) this.#send([outcome[0]!, call.id, outcome.slice(1)])
  }

  #fail(call: ActiveCall, code: FailureCode, message: string, stack: string): void {
    if (!this.#leave(call)) return
    this.#sayFailed(call, code, message, stack)
    void call.context?.entrances.drop.apply(undefined, [call.id], { timeout: 50 }).catch(() => undefined)
  }

  #sayFailed({ id }: ActiveCall, code: FailureCode, message: string, stack: string): void {
    this.#send([fromHost.failed, id, code, JSON.stringify([message, stack, []])])
  }

  #leave(call: ActiveCall): boolean {
    call.isolate.calls.delete(call.id)
    return this.#calls.delete(call.id)
  }

  /** The isolate is gone: the call that filled it is told so, the others run again elsewhere. */
  #died(call: ActiveCall, culprit: boolean): void {
    const { isolate } = call
    if (culprit) this.#fail(call, 'SCRIPT_MEMORY', `used more than ${isolate.memoryMb} MB`, '')
    if (this.#isolates.get(isolate.key) === isolate) this.#isolates.delete(isolate.key)
    const lost = [...isolate.calls]
    for (const id of lost) this.#calls.delete(id)
    isolate.calls.clear()
    if (lost.length > 0) this.#send([fromHost.lost, lost.join(',')])
  }

  #drop(id: number): void {
    const call = this.#calls.get(id)
    if (call === undefined || !this.#leave(call)) return
    void call.context?.entrances.drop.apply(undefined, [id], { timeout: 50 }).catch(() => undefined)
  }

  #forget(id: number): void {
    this.#programs.delete(id)
    for (const isolate of this.#isolates.values()) {
      for (const context of isolate.ready.values()) {
        if (!context.programs.delete(id)) continue
        context.loaded.delete(id)
        void context.entrances.forget.apply(undefined, [id], { timeout: 50 }).catch(() => undefined)
      }
    }
  }

  #isolateOf(library: string, memoryMb: number): LiveIsolate {
    const key = isolateKey(library, memoryMb)
    const before = this.#isolates.get(key)
    if (before !== undefined && !before.vm.isDisposed) return before
    const isolate = newIsolate(key, memoryMb, this.#tools)
    this.#isolates.set(key, isolate)
    return isolate
  }
}

/** The whole call ends earlier, by a limit that its sender keeps. */
const longestSleepMs = 3_600_000
