/** Runs calls: finds the isolate and context, enters it under a time limit, and says what came of it. */
import { randomFillSync } from 'node:crypto'
import type { FailureCode, FromHost, Limits, Program, Seed, ToHost } from '../messages.ts'
import {
  type Context,
  contextOf,
  type IsolateTools,
  type LiveIsolate,
  loadProgram,
  newIsolate,
  type Vm,
} from './isolates.ts'

/** A built-in function of V8 may not heed its limit; after this long the process is given up. */
const unheededMs = 1_500

interface ActiveCall {
  readonly id: number
  readonly program: Program
  context: Context | undefined
  isolate: LiveIsolate
}

export interface HostSurroundings {
  code(name: string): string
  end(): void
}

export class Host {
  readonly #tools: IsolateTools
  readonly #surroundings: HostSurroundings
  readonly #programs = new Map<number, Program>()
  readonly #isolates = new Map<string, LiveIsolate>()
  readonly #calls = new Map<number, ActiveCall>()
  readonly #watchdog: NodeJS.Timeout

  constructor(vm: Vm, limits: Limits, send: (message: FromHost) => void, surroundings: HostSurroundings) {
    this.#surroundings = surroundings
    this.#tools = {
      vm,
      limits,
      send,
      told: (call, operation, what, text) => this.#told(call, operation, what, text),
      packageCode: (name) => surroundings.code(name),
      broken: (library) => this.#giveUp(this.#isolates.get(library)),
    }
    this.#watchdog = setInterval(() => this.#watch(), unheededMs / 4)
    this.#watchdog.unref()
  }

  take(message: ToHost): void {
    if (message[0] === 'program') this.#programs.set(message[1].id, message[1])
    else if (message[0] === 'run') void this.#run(message)
    else if (message[0] === 'answer') void this.#answer(message[1], message[2], message[3], message[4])
    else if (message[0] === 'drop') this.#drop(message[1])
    else this.#forget(message[1])
  }

  async #run([, id, programId, tenant, request, seed, now]: Extract<
    ToHost,
    readonly ['run', ...unknown[]]
  >): Promise<void> {
    const program = this.#programs.get(programId)!
    const isolate = this.#isolateOf(program.library)
    const call: ActiveCall = { id, program, context: undefined, isolate }
    this.#calls.set(id, call)
    isolate.calls.add(id)
    await this.#enter(call, async () => {
      const context = await contextOf(isolate, tenant, this.#tools)
      call.context = context
      await loadProgram(context, program, this.#tools)
      const [a, b, c, d] = seed ?? freshSeed()
      const outcome = await context.entrances.run.apply(
        undefined,
        [id, programId, request, a, b, c, d, now],
        {
          timeout: this.#tools.limits.stretchMs,
        },
      )
      if (outcome !== '') this.#end(call, outcome as string)
    })
  }

  async #answer(id: number, operation: number, ok: boolean, text: string): Promise<void> {
    const call = this.#calls.get(id)
    if (call?.context === undefined) return
    const { entrances } = call.context
    await this.#enter(call, () =>
      entrances.answer.apply(undefined, [id, operation, ok, text], { timeout: this.#tools.limits.stretchMs }),
    )
  }

  /** One stay inside an isolate, on account of one call. */
  async #enter(call: ActiveCall, stay: () => Promise<unknown>): Promise<void> {
    const { isolate } = call
    if (isolate.entered.size === 0) isolate.progressAt = performance.now()
    // One object for each stay: a call may be inside more than once.
    const token = { call: call.id }
    isolate.entered.add(token)
    try {
      await stay()
    } catch (error) {
      const { message, stack = '' } = error as Error
      if (call.isolate.vm.isDisposed) this.#died(call, /memory limit/.test(message))
      else if (/timed out/.test(message))
        this.#fail(
          call,
          'SCRIPT_TIMEOUT',
          `ran longer than ${this.#tools.limits.stretchMs} ms without a pause`,
          stack,
        )
      else this.#fail(call, 'SCRIPT_ERROR', `${(error as Error).name}: ${message}`, stack)
    } finally {
      isolate.entered.delete(token)
      isolate.progressAt = performance.now()
    }
  }

  #watch(): void {
    for (const isolate of this.#isolates.values()) {
      if (isolate.entered.size > 0 && performance.now() - isolate.progressAt > unheededMs)
        this.#giveUp(isolate)
    }
  }

  /** Whoever came first is inside: isolates take their visitors in order. */
  #giveUp(isolate: LiveIsolate | undefined): void {
    const [first] = isolate?.entered ?? []
    const call = first === undefined ? undefined : this.#calls.get(first.call)
    if (call !== undefined && this.#leave(call)) {
      const message = 'is inside a built-in function that does not heed the time limit'
      this.#tools.send(['failed', call.id, 'SCRIPT_TIMEOUT', message, '', []])
    }
    this.#surroundings.end()
  }

  #told(id: number, operation: number, what: string, text: string): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    if (what === 'end') this.#end(call, text)
    else if (what === 'sleep') {
      const [ms] = JSON.parse(text) as [unknown]
      const { settleMs, stillClock } = this.#tools.limits
      setTimeout(
        () => void this.#answer(id, operation, true, ''),
        typeof ms === 'number' && stillClock !== true ? Math.min(Math.max(ms, 0), settleMs) : 0,
      )
    } else this.#tools.send(['ask', id, operation, what, text])
  }

  #end(call: ActiveCall, outcome: string): void {
    if (!this.#leave(call)) return
    if (outcome[0] === 'v') {
      this.#tools.send(['done', call.id, outcome.slice(1), []])
      return
    }
    const [code, text, stack, logs] = JSON.parse(outcome.slice(1)) as [
      FailureCode | '',
      string,
      string,
      string[],
    ]
    if (code === '') this.#tools.send(['done', call.id, text, logs])
    else this.#tools.send(['failed', call.id, code, text, stack, logs])
  }

  #fail(call: ActiveCall, code: FailureCode, message: string, stack: string): void {
    if (!this.#leave(call)) return
    this.#tools.send(['failed', call.id, code, message, stack, []])
    void call.context?.entrances.drop.apply(undefined, [call.id], { timeout: 50 }).catch(() => undefined)
  }

  #leave(call: ActiveCall): boolean {
    call.isolate.calls.delete(call.id)
    return this.#calls.delete(call.id)
  }

  /** The isolate is gone: the call that filled it is told so, the others run again elsewhere. */
  #died(call: ActiveCall, culprit: boolean): void {
    const { isolate } = call
    if (culprit) this.#fail(call, 'SCRIPT_MEMORY', `used more than ${this.#tools.limits.isolateMb} MB`, '')
    for (const [library, live] of this.#isolates) if (live === isolate) this.#isolates.delete(library)
    const lost = [...isolate.calls]
    for (const id of lost) this.#calls.delete(id)
    isolate.calls.clear()
    if (lost.length > 0) this.#tools.send(['lost', lost])
  }

  #drop(id: number): void {
    const call = this.#calls.get(id)
    if (call === undefined || !this.#leave(call)) return
    void call.context?.entrances.drop.apply(undefined, [id], { timeout: 50 }).catch(() => undefined)
  }

  #forget(id: number): void {
    const program = this.#programs.get(id)
    this.#programs.delete(id)
    const isolate = program === undefined ? undefined : this.#isolates.get(program.library)
    for (const made of isolate?.contexts.values() ?? [])
      void made
        .then((context) => {
          context.programs.delete(id)
          return context.entrances.forget.apply(undefined, [id], { timeout: 50 })
        })
        .catch(() => undefined)
  }

  #isolateOf(library: string): LiveIsolate {
    const before = this.#isolates.get(library)
    if (before !== undefined && !before.vm.isDisposed) return before
    const isolate = newIsolate(library, this.#tools)
    this.#isolates.set(library, isolate)
    return isolate
  }
}

const freshSeed = (): Seed => {
  const [a, b, c, d] = randomFillSync(new Int32Array(4))
  return [a!, b!, c!, d! || 1]
}
