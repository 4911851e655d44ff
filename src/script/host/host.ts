/** Runs calls: finds the isolate and context, enters it under a time limit, and says what came of it. */
import {
  behind,
  between,
  encodeMessage,
  type FailureCode,
  fromHost,
  type Program,
  toHost,
} from '../messages.ts'
import { Slots } from '../slots.ts'
import {
  type Context,
  contextOf,
  type IsolateTools,
  isolateKey,
  type LiveIsolate,
  loadProgram,
  newIsolate,
  type Vm,
  type WaitingRun,
} from './isolates.ts'
import { Sleepers } from './sleepers.ts'
import { enter, HeldUp, isQuick, isStuck, isTimeout, visit } from './stays.ts'

/** Those that enter together share this much; whoever begins has its whole time. As in the prelude. */
const companyMs = 2

interface ActiveCall {
  readonly id: number
  readonly program: Program
  readonly timeoutMs: number
  readonly isolate: LiveIsolate
  context: Context | undefined
  /** Of its sleeps. */
  timers: Set<NodeJS.Timeout> | undefined
  /** Where time stands still. */
  readonly sleepers: Sleepers | undefined
}

export interface HostSurroundings {
  /** Each run is told what time it is, and sleeping takes none. */
  readonly stillClock: boolean
  code(name: string): string
  end(): void
}

export class Host {
  readonly #tools: IsolateTools
  readonly #send: (messages: string) => void
  readonly #surroundings: HostSurroundings
  readonly #programs = new Map<number, Program>()
  readonly #isolates = new Map<string, LiveIsolate>()
  readonly #calls = new Slots<ActiveCall>()
  /** Programs to forget when the last call of theirs has ended. */
  readonly #retired = new Set<number>()
  readonly #watchdog: NodeJS.Timeout
  /** The call of which it is asked when it first waits. */
  #watched: number | undefined

  constructor(vm: Vm, send: (messages: string) => void, surroundings: HostSurroundings) {
    this.#send = send
    this.#surroundings = surroundings
    this.#tools = {
      vm,
      stillClock: surroundings.stillClock,
      told: (call, operation, what, text) => this.#told(call, operation, what, text),
      packageCode: (name) => surroundings.code(name),
      broken: (key) => this.#giveUp(this.#isolates.get(key)),
    }
    this.#watchdog = setInterval(() => this.#watch(), 400)
    this.#watchdog.unref()
  }

  take(message: string): void {
    const kind = message[0]
    if (kind === toHost.run) this.#run(message)
    else {
      const [, first, second, third, fourth] = message.split(between) as [
        string,
        string,
        string,
        string,
        string,
      ]
      if (kind === toHost.answer) this.#answer(Number(first), Number(second), third, fourth)
      else if (kind === toHost.watch) this.#watched = Number(first)
      else if (kind === toHost.ping) this.#send(encodeMessage([fromHost.pong]))
      else if (kind === toHost.program) {
        const program = JSON.parse(first) as Program
        this.#programs.set(program.id, program)
        this.#retired.delete(program.id)
      } else if (kind === toHost.drop) this.#drop(Number(first))
      else this.#forget(Number(first))
    }
  }

  #run(message: string): void {
    // Only the head is looked at here; the run itself goes inside as it came.
    const head: string[] = []
    let from = 2
    for (let i = 0; i < 4; i++) {
      const to = message.indexOf(between, from)
      head.push(message.slice(from, to))
      from = to + 1
    }
    const [tenant, timeout, memory, programId] = head as [string, string, string, string]
    const program = this.#programs.get(Number(programId))!
    const isolate = this.#isolateOf(program.library, Number(memory))
    const id = Number(message.slice(from, message.indexOf(between, from)))
    const sleepers = this.#surroundings.stillClock ? new Sleepers() : undefined
    const call: ActiveCall = {
      id,
      program,
      timeoutMs: Number(timeout),
      context: undefined,
      timers: undefined,
      isolate,
      sleepers,
    }
    this.#calls.set(id, call)
    const enqueue = (context: Context): void => {
      call.context = context
      context.waiting.push({ call: id, timeoutMs: call.timeoutMs, text: message.slice(from) })
      if (!context.busy) this.#soon(context)
    }
    const context = isolate.ready.get(tenant)
    if (context?.loaded.has(program.id) === true) enqueue(context)
    else
      enter(call.isolate, call.timeoutMs, this.#prepared(call, tenant), enqueue, (error) => {
        isolate.current[0] = id
        this.#broke(call, error)
      })
  }

  /** Where threads are spared, those that came together enter together; else the first need not wait. */
  #soon(context: Context): void {
    if (!isQuick(context.isolate)) {
      this.#begin(context)
      return
    }
    context.busy = true
    queueMicrotask(() => this.#begin(context))
  }

  /**
   * Runs that wait enter together, because entering costs more than most of them. Those that come meanwhile are the
   * next. Inside, one that takes long sends the others of its company back.
   */
  #begin(context: Context): void {
    const { waiting, isolate, entrances } = context
    const first = waiting[0]
    context.busy = first !== undefined
    if (first === undefined) return
    const { timeoutMs } = first
    const others = waiting.findIndex((run) => run.timeoutMs !== timeoutMs)
    const runs = waiting.splice(0, others < 0 ? waiting.length : others)
    const text = runs.length === 1 ? first.text : runs.map((run) => run.text).join(behind)
    const again = (): void => this.#begin(context)
    const stay = visit(isolate, entrances.begin, [text], timeoutMs + companyMs)
    enter(
      isolate,
      timeoutMs,
      stay,
      (outcome) => {
        this.#began(context, runs, outcome as string)
        again()
      },
      (error) => {
        if (isolate.vm.isDisposed) {
          this.#died(isolate, error)
          return
        }
        this.#interrupted(context, runs, error, again)
      },
    )
  }

  /** Those before the one that was cut off have their outcome still, and those behind it their turn. */
  #interrupted(context: Context, runs: readonly WaitingRun[], error: Error, again: () => void): void {
    const { isolate, entrances } = context
    const allBroke = (reason: Error): void => {
      for (const run of runs) {
        const call = this.#calls.get(run.call)
        if (call !== undefined) this.#broke(call, reason)
      }
      if (!isolate.vm.isDisposed) again()
    }
    const stay = entrances.interrupted.apply(undefined, [], { timeout: 50 })
    enter(
      isolate,
      0,
      stay,
      (outcome) => {
        const cut = this.#calls.get(Number((outcome as string).split(';', 2)[1]!.split(',').at(-1)))
        if (cut === undefined) {
          allBroke(error)
          return
        }
        this.#began(context, runs, outcome as string)
        this.#broke(cut, error)
        again()
      },
      allBroke,
    )
  }

  /** `outcome`: how many have begun, those of them that go on, and messages of the others; see the prelude's `begin`. */
  #began(context: Context, runs: readonly WaitingRun[], outcome: string): void {
    const afterCount = outcome.indexOf(';')
    const afterOpen = outcome.indexOf(';', afterCount + 1)
    const count = Number(outcome.slice(0, afterCount))
    const open = outcome.slice(afterCount + 1, afterOpen)
    const goOn = open === '' ? nobody : new Set(open.split(',').map(Number))
    for (let i = 0; i < count; i++) {
      const call = goOn.has(runs[i]!.call) ? undefined : this.#calls.get(runs[i]!.call)
      if (call !== undefined) this.#leave(call)
    }
    if (this.#watched !== undefined && goOn.has(this.#watched)) {
      this.#send(encodeMessage([fromHost.waits, this.#watched]))
      this.#watched = undefined
    }
    const messages = outcome.slice(afterOpen + 1)
    if (messages !== '') this.#send(messages)
    if (count < runs.length)
      context.waiting.unshift(...runs.slice(count).filter(({ call }) => this.#calls.get(call) !== undefined))
  }

  async #prepared({ id, isolate, program, timeoutMs }: ActiveCall, tenant: string): Promise<Context> {
    const context = await contextOf(isolate, tenant, this.#tools)
    await loadProgram(context, program, { call: id, timeout: timeoutMs }, this.#tools)
    return context
  }

  #answer(id: number, operation: number, ok: string, text: string, done: () => void = nothing): void {
    const call = this.#calls.get(id)
    if (call?.context === undefined) return
    const { isolate, timeoutMs, context } = call
    const stay = context.entrances.answer.apply(undefined, [id, operation, ok === '1', text], {
      timeout: timeoutMs,
    })
    enter(isolate, timeoutMs, stay, done, (error) => {
      if (isolate.vm.isDisposed) this.#died(isolate, error)
      else this.#broke(call, error)
    })
  }

  #broke(call: ActiveCall, error: Error): void {
    if (call.isolate.vm.isDisposed) {
      this.#died(call.isolate, error)
      return
    }
    // A module may throw anything while it is evaluated.
    if (!(error instanceof Error)) {
      this.#fail(call, 'SCRIPT_ERROR', `threw ${String(error).slice(0, 300)}`, '')
      return
    }
    const { name, message, stack = '' } = error
    if (error instanceof HeldUp) this.#heldUp(call)
    else if (isTimeout(error))
      this.#fail(call, 'SCRIPT_TIMEOUT', `ran longer than ${call.timeoutMs} ms without a pause`, stack)
    else this.#fail(call, 'SCRIPT_ERROR', `${name}: ${message}`, stack)
  }

  #watch(): void {
    for (const isolate of this.#isolates.values()) if (isStuck(isolate)) this.#giveUp(isolate)
  }

  #giveUp(isolate: LiveIsolate | undefined): void {
    const call = isolate === undefined ? undefined : this.#calls.get(isolate.current[0]!)
    if (call !== undefined && this.#leave(call)) {
      const message = 'is inside a built-in function that does not heed the time limit'
      this.#send(encodeMessage([fromHost.ends, call.id]))
      this.#sayFailed(call, 'SCRIPT_TIMEOUT', message, '')
    }
    this.#surroundings.end()
  }

  #told(id: number, operation: number, what: string, text: string): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    if (what === 'end') {
      if (this.#leave(call)) this.#send(text)
    } else if (what === 'sleep') this.#sleep(call, operation, Number(text))
    else this.#send(encodeMessage([fromHost.ask, id, operation, what, text]))
  }

  #sleep(call: ActiveCall, operation: number, asked: number): void {
    const ms = asked > 0 ? Math.min(asked, longestSleepMs) : 0
    if (call.sleepers === undefined) {
      const timer = setTimeout(() => {
        call.timers?.delete(timer)
        this.#answer(call.id, operation, '1', '')
      }, ms)
      call.timers ??= new Set()
      call.timers.add(timer)
    } else if (call.sleepers.add(operation, ms)) setTimeout(() => this.#wake(call, call.sleepers!), 0)
  }

  /** All that happens in a stretch happens before the next of its sleepers wakes. */
  #wake(call: ActiveCall, sleepers: Sleepers): void {
    // Somebody is inside still, and may lie down to sleep before the stretch is over.
    if (call.isolate.entered.size > 0) {
      setTimeout(() => this.#wake(call, sleepers), 0)
      return
    }
    const operation = sleepers.next()
    if (operation === undefined || this.#calls.get(call.id) !== call) return
    this.#send(encodeMessage([fromHost.slept, call.id, sleepers.sleptMs]))
    this.#answer(call.id, operation, '1', '', () => setTimeout(() => this.#wake(call, sleepers), 0))
  }

  #fail(call: ActiveCall, code: FailureCode, message: string, stack: string): void {
    if (!this.#leave(call)) return
    this.#sayFailed(call, code, message, stack)
    forgetCall(call)
  }

  /** It is not known how long it would have run. */
  #heldUp(call: ActiveCall): void {
    if (!this.#leave(call)) return
    this.#send(encodeMessage([fromHost.heldUp, call.id]))
    forgetCall(call)
  }

  #sayFailed({ id }: ActiveCall, code: FailureCode, message: string, stack: string): void {
    this.#send(encodeMessage([fromHost.failed, id, code, JSON.stringify([message, stack, []])]))
  }

  #leave(call: ActiveCall): boolean {
    const left = this.#calls.delete(call.id)
    if (call.timers !== undefined) for (const timer of call.timers) clearTimeout(timer)
    if (this.#retired.size > 0 && this.#retired.has(call.program.id)) this.#forget(call.program.id)
    return left
  }

  /** The isolate is gone: the call that filled it is told so, the others run again elsewhere. */
  #died(isolate: LiveIsolate, { message }: Error): void {
    const culprit = /memory limit/.test(message) ? this.#calls.get(isolate.current[0]!) : undefined
    if (culprit?.isolate === isolate)
      this.#fail(culprit, 'SCRIPT_MEMORY', `used more than ${isolate.memoryMb} MB`, '')
    if (this.#isolates.get(isolate.key) === isolate) this.#isolates.delete(isolate.key)
    const lost = this.#calls.values().filter((call) => call.isolate === isolate)
    for (const call of lost) this.#leave(call)
    if (lost.length > 0) this.#send(encodeMessage([fromHost.lost, lost.map(({ id }) => id).join(',')]))
  }

  #drop(id: number): void {
    const call = this.#calls.get(id)
    if (call !== undefined && this.#leave(call)) forgetCall(call)
  }

  /** Calls that wait for their turn need it still. */
  #forget(id: number): void {
    if (this.#calls.values().some((call) => call.program.id === id)) {
      this.#retired.add(id)
      return
    }
    this.#retired.delete(id)
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

/** Inside, nothing waits for it any more. */
const forgetCall = ({ id, context }: ActiveCall): void => {
  void context?.entrances.drop.apply(undefined, [id], { timeout: 50 }).catch(() => undefined)
}

const nobody: ReadonlySet<number> = new Set()
const nothing = (): void => undefined

/** The whole call ends earlier, by a limit that its sender keeps. */
const longestSleepMs = 3_600_000
