/**
 * Calls of scripts in the script process: sends them, answers what they ask for, holds them to their time, and runs
 * them again when the process or their isolate died under them.
 */
import type { ErrorCode } from '../core/errors.ts'
import { stringifyJson } from '../core/json.ts'
import type { ScriptRun, ScriptStates } from '../core/script.ts'
import type { FromHost, Limits, Program, Seed } from './messages.ts'
import { ScriptProcess } from './process.ts'

/** Defaults for every service; a later version may let svc-mock.yaml set them per service up to a workspace maximum. */
export const defaultLimits: Limits = { stretchMs: 50, settleMs: 5_000, isolateMb: 32 }

/** Why a run gave nothing; the caller knows the files and makes the error. */
export class ScriptFailure extends Error {
  readonly code: ErrorCode
  readonly place: string

  constructor(code: ErrorCode, message: string, place = '') {
    super(message)
    this.code = code
    this.place = place
  }
}

interface Pending {
  readonly id: number
  readonly program: Program
  readonly run: ScriptRun
  readonly seed: Seed | null
  readonly resolve: (json: string) => void
  readonly reject: (failure: ScriptFailure) => void
  startedAt: number
  /** Deaths of processes and isolates that it was in. */
  deaths: number
  /** It has written state or asked the real service: it must not run again. */
  acted: boolean
}

export interface EngineOptions {
  readonly limits?: Limits
  readonly states: ScriptStates
  /** Makes every run repeat. */
  readonly seed?: number | undefined
  /** What time it is for every run; absent: it passes. */
  readonly now?: (() => number) | undefined
}

export class ScriptEngine {
  readonly #limits: Limits
  readonly #options: EngineOptions
  readonly #pending = new Map<number, Pending>()
  /** Run one at a time after a death, so that the one at fault meets it alone. */
  readonly #suspects: Pending[] = []
  #suspect: Pending | undefined
  #process: ScriptProcess | undefined
  #known = new Set<number>()
  #missing: string | undefined
  #sweep: NodeJS.Timeout | undefined
  #lastCall = 0
  #lastProgram = 0
  readonly #runsOf = new Map<string, number>()
  #closed = false

  constructor(options: EngineOptions) {
    this.#options = options
    const limits = options.limits ?? defaultLimits
    this.#limits = options.now === undefined ? limits : { ...limits, stillClock: true }
  }

  nextProgram(): number {
    return ++this.#lastProgram
  }

  /** Starts the process if there is any script, so that the first call need not wait for it. */
  warm(): void {
    if (!this.#closed && this.#lastProgram > 0) this.#process ??= this.#start()
  }

  /** Resolves with the JSON of the script's result; rejects with ScriptFailure. */
  run(program: Program, run: ScriptRun): Promise<string> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastCall
      const startedAt = performance.now()
      const seed = this.#seedOf(program)
      this.#go({ id, program, run, seed, resolve, reject, startedAt, deaths: 0, acted: false })
    })
  }

  /** Seeded runs that follow are as those after a start. */
  begin(): void {
    this.#runsOf.clear()
  }

  forget(program: Program): void {
    if (this.#known.delete(program.id)) this.#process?.send(['forget', program.id])
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#sweep)
    this.#process?.kill()
  }

  #go(call: Pending): void {
    if (this.#missing !== undefined || this.#closed) {
      call.reject(new ScriptFailure('SCRIPT_ENGINE_MISSING', this.#missing ?? 'svc-mock is stopping'))
      return
    }
    this.#process ??= this.#start()
    if (!this.#known.has(call.program.id)) {
      this.#known.add(call.program.id)
      this.#process.send(['program', call.program])
    }
    this.#pending.set(call.id, call)
    this.#process.send([
      'run',
      call.id,
      call.program.id,
      call.run.call.tenant.id,
      call.run.request,
      call.seed,
      this.#options.now?.() ?? null,
    ])
    if (this.#sweep === undefined) {
      // Keeps a short command alive until its script has answered.
      this.#sweep = setInterval(() => this.#tooLate(), 100)
    }
  }

  #start(): ScriptProcess {
    const started: ScriptProcess = new ScriptProcess(
      this.#limits,
      (message) => this.#take(message),
      () => this.#ended(started),
    )
    return started
  }

  #take(message: FromHost): void {
    if (message[0] === 'done') {
      const call = this.#finish(message[1])
      if (call === undefined) return
      this.#logs(call, message[3])
      call.resolve(message[2])
    } else if (message[0] === 'failed') {
      const call = this.#finish(message[1])
      if (call === undefined) return
      this.#logs(call, message[5])
      call.reject(new ScriptFailure(message[2], message[3], message[4]))
    } else if (message[0] === 'ask') void this.#answer(message[1], message[2], message[3], message[4])
    else if (message[0] === 'lost') this.#again(message[1])
    else {
      this.#missing = message[1]
      for (const call of [...this.#pending.values(), ...this.#suspects.splice(0)]) {
        this.#pending.delete(call.id)
        call.reject(new ScriptFailure('SCRIPT_ENGINE_MISSING', this.#missing))
      }
    }
  }

  #finish(id: number): Pending | undefined {
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    if (call !== undefined && call === this.#suspect) this.#nextSuspect()
    return call
  }

  #logs(call: Pending, logs: readonly string[]): void {
    if (logs.length === 0) return
    const { context } = call.run.call
    // A terminal must not obey what a script says.
    const text = logs.join('; ').replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    context.note = [context.note, text]
      .filter((part) => part !== undefined)
      .join('; ')
      .slice(0, 1_000)
  }

  async #answer(id: number, operation: number, what: string, json: string): Promise<void> {
    const call = this.#pending.get(id)
    if (call === undefined) return
    const host = this.#process
    try {
      const value = await this.#perform(call, what, JSON.parse(json) as readonly unknown[])
      host?.send(['answer', id, operation, true, value === undefined ? '' : stringifyJson(value)])
    } catch (error) {
      host?.send(['answer', id, operation, false, error instanceof Error ? error.message : String(error)])
    }
  }

  #perform(call: Pending, what: string, [key, value]: readonly unknown[]): unknown {
    if (what === 'forward') {
      if (call.run.forward === undefined) throw new Error('forward() is not for matchers')
      call.acted = true
      return call.run.forward()
    }
    const state = this.#options.states(call.run.call.tenant.id, '')
    const name = String(key)
    if (what === 'get') return state.get(name)
    call.acted = true
    if (what === 'set') return state.set(name, value)
    if (what === 'incr') return state.incr(name, Number(value))
    return state.delete(name)
  }

  #tooLate(): void {
    if (this.#pending.size === 0) {
      clearInterval(this.#sweep)
      this.#sweep = undefined
      return
    }
    const before = performance.now() - this.#limits.settleMs
    for (const call of this.#pending.values()) {
      // In the order of their starts, but for those that ran again.
      if (call.startedAt > before) continue
      this.#process?.send(['drop', call.id])
      this.#finish(call.id)
      call.reject(new ScriptFailure('SCRIPT_TIMEOUT', `did not settle within ${this.#limits.settleMs} ms`))
    }
  }

  #ended(ended: ScriptProcess): void {
    if (this.#process !== ended) return
    this.#process = undefined
    this.#known = new Set()
    this.#again([...this.#pending.keys()])
  }

  #again(ids: readonly number[]): void {
    for (const id of ids) {
      const call = this.#pending.get(id)
      if (call === undefined) continue
      this.#pending.delete(id)
      if (call === this.#suspect) this.#suspect = undefined
      call.deaths++
      if (call.acted || call.deaths > 1) {
        const why = call.acted ? 'it had written state or used forward() already' : 'it did so twice'
        call.reject(new ScriptFailure('SCRIPT_ISOLATE_LOST', `was running when its isolate died, and ${why}`))
      } else this.#suspects.push(call)
    }
    if (this.#suspect === undefined) this.#nextSuspect()
  }

  #nextSuspect(): void {
    this.#suspect = this.#suspects.shift()
    if (this.#suspect === undefined) return
    this.#suspect.startedAt = performance.now()
    this.#go(this.#suspect)
  }

  /** The same for the same run of the same script, whatever runs beside it. */
  #seedOf(program: Program): Seed | null {
    const { seed } = this.#options
    if (seed === undefined) return null
    const name = program.modules[0]!.name
    const count = (this.#runsOf.get(name) ?? 0) + 1
    this.#runsOf.set(name, count)
    let mixed = seed | 0
    for (const letter of `${name}:${count}`) mixed = Math.imul(mixed ^ letter.codePointAt(0)!, 0x01000193) | 0
    const part = (salt: number): number => Math.imul(mixed ^ (mixed >>> 15) ^ salt, 0x2c1b3c6d) | 0
    return [part(1), part(0x9e3779b9), part(0x85ebca6b), part(0xc2b2ae35) | 1]
  }
}
