/**
 * Calls of scripts in the script process: sends them, answers what they ask for, holds them to their time, and runs
 * them again when the process or their isolate died under them.
 */
import type { ErrorCode } from '../core/errors.ts'
import type { ScriptRun, Seed } from '../core/script.ts'
import { noteLogs } from './logs.ts'
import { between, fromHost, type Program, toHost } from './messages.ts'
import { ScriptProcess } from './process.ts'
import { Slots } from './slots.ts'

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
  readonly seed: Seed | undefined
  readonly resolve: (parts: readonly string[]) => void
  readonly reject: (failure: ScriptFailure) => void
  startedAt: number
  /** What other scripts of the same call have slept: its matchers. */
  readonly sleptBefore: number
  /** Deaths of processes and isolates that it was in. */
  deaths: number
  /** How often it waits for the real service. */
  forwarding: number
  /** It has written state or asked the real service: it must not run again. */
  acted: boolean
  /** It was cut off before because the machine was busy. */
  heldUp: boolean
}

const sweepMs = 100
/** A process that says nothing for so long behind the time limit of its scripts hangs in one of them. */
const unheededMs = 1_450

export class ScriptEngine {
  /** What time it is for every run; undefined: it passes. */
  readonly #now: (() => number) | undefined
  readonly #pending = new Slots<Pending>()
  /** Begin one at a time after a death, the next when one waits or ends, so that the one at fault meets it alone. */
  readonly #suspects: Pending[] = []
  #suspect: Pending | undefined
  #process: ScriptProcess | undefined
  #known = new Set<number>()
  #missing: string | undefined
  #sweep: NodeJS.Timeout | undefined
  /** The longest time limit of a stretch so far, in ms. */
  #longest = 0
  #lastProgram = 0
  #early = false
  #closed = false

  constructor(now?: () => number) {
    this.#now = now
  }

  nextProgram(): number {
    if (this.#early && !this.#closed) this.#process ??= this.#start()
    return ++this.#lastProgram
  }

  /** From now on the process starts with the first script that is compiled, so that its first call need not wait for it. */
  warm(): void {
    this.#early = true
  }

  /** Resolves with the parts of the script's result; rejects with ScriptFailure. */
  run(program: Program, run: ScriptRun, seed: Seed | undefined): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const id = this.#pending.next()
      const startedAt = performance.now()
      const sleptBefore = run.call.context.sleptMs
      this.#go({
        id,
        program,
        run,
        seed,
        resolve,
        reject,
        startedAt,
        sleptBefore,
        forwarding: 0,
        deaths: 0,
        acted: false,
        heldUp: false,
      })
    })
  }

  forget(program: Program): void {
    if (this.#known.delete(program.id)) this.#process?.send([toHost.forget, program.id])
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#sweep)
    this.#process?.kill()
  }

  #go(call: Pending): void {
    if (this.#missing !== undefined || this.#closed) {
      this.#pending.release(call.id)
      call.reject(new ScriptFailure('SCRIPT_ENGINE_MISSING', this.#missing ?? 'svc-mock is stopping'))
      return
    }
    this.#process ??= this.#start()
    if (!this.#known.has(call.program.id)) {
      this.#known.add(call.program.id)
      this.#process.send([toHost.program, JSON.stringify(call.program)])
    }
    this.#pending.set(call.id, call)
    if (call === this.#suspect) this.#process.send([toHost.watch, call.id])
    const { tenant, service } = call.run.call
    const { timeoutMs, memoryMb } = service.script
    this.#process.send([
      toHost.run,
      tenant.id,
      timeoutMs,
      memoryMb,
      call.program.id,
      call.id,
      call.program.id,
      call.seed === undefined ? '' : call.seed.join(','),
      call.run.request,
      call.run.reply ?? '',
      this.#now?.() ?? '',
    ])
    this.#longest = Math.max(this.#longest, timeoutMs)
    // Keeps a short command alive until its script has answered.
    this.#sweep ??= setInterval(() => this.#look(), sweepMs)
  }

  #start(): ScriptProcess {
    const started: ScriptProcess = new ScriptProcess(
      { stillClock: this.#now !== undefined },
      (message) => this.#take(message.split(between)),
      () => this.#ended(started),
    )
    return started
  }

  #take(texts: string[]): void {
    const kind = texts[0]
    const id = Number(texts[1])
    if (kind === fromHost.done) this.#finish(id)?.resolve(texts.slice(2))
    else if (kind === fromHost.doneWithLogs) {
      const call = this.#finish(id)
      if (call !== undefined) noteLogs(call.run.call, JSON.parse(texts[2]!) as string[])
      call?.resolve(texts.slice(3))
    } else if (kind === fromHost.failed) {
      const [message, stack, logs] = JSON.parse(texts[3]!) as [string, string, string[]]
      const call = this.#finish(id)
      if (call !== undefined) noteLogs(call.run.call, logs)
      call?.reject(new ScriptFailure(texts[2] as ErrorCode, message, stack))
    } else if (kind === fromHost.ask) void this.#answer(id, texts[2]!, texts[3]!, texts.slice(4))
    else if (kind === fromHost.waits) {
      if (this.#suspect?.id === id) this.#nextSuspect()
    } else if (kind === fromHost.slept) this.#slept(id, Number(texts[2]))
    else if (kind === fromHost.pong) return
    else if (kind === fromHost.heldUp) this.#onceMore(id)
    else if (kind === fromHost.ends) this.#endsFor(id)
    else if (kind === fromHost.lost) this.#again(texts[1]!.split(',').map(Number))
    else this.#without(JSON.parse(texts[1]!) as string)
  }

  #without(reason: string): void {
    this.#missing = reason
    for (const call of [...this.#pending.values(), ...this.#suspects.splice(0)]) {
      this.#end(call)
      call.reject(new ScriptFailure('SCRIPT_ENGINE_MISSING', reason))
    }
  }

  #finish(id: number): Pending | undefined {
    const call = this.#pending.get(id)
    if (call === undefined) return undefined
    this.#end(call)
    if (call === this.#suspect) this.#nextSuspect()
    return call
  }

  /** Nothing more comes of it. */
  #end(call: Pending): void {
    this.#pending.delete(call.id)
    this.#pending.release(call.id)
  }

  async #answer(id: number, operation: string, what: string, values: readonly string[]): Promise<void> {
    const call = this.#pending.get(id)
    if (call === undefined) return
    const host = this.#process
    try {
      const json = await perform(call, what, values)
      host?.send([toHost.answer, id, operation, 1, json])
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      host?.send([toHost.answer, id, operation, 0, JSON.stringify(message)])
    }
  }

  #slept(id: number, ms: number): void {
    const call = this.#pending.get(id)
    if (call === undefined) return
    const { context, service } = call.run.call
    if (ms > service.script.totalMs) this.#giveUp(call)
    else context.sleptMs = call.sleptBefore + ms
  }

  #giveUp(call: Pending): void {
    const { totalMs } = call.run.call.service.script
    this.#process?.send([toHost.drop, call.id])
    this.#finish(call.id)
    call.reject(new ScriptFailure('SCRIPT_TIMEOUT', `did not settle within ${totalMs} ms`))
  }

  #look(): void {
    if (this.#pending.size === 0 && this.#suspects.length === 0) {
      clearInterval(this.#sweep)
      this.#sweep = undefined
      return
    }
    this.#tooLate()
    if (this.#process?.isDeaf(Math.ceil((this.#longest + unheededMs) / sweepMs)) === true)
      this.#process.kill()
  }

  #tooLate(): void {
    const now = performance.now()
    for (const call of this.#pending.values()) {
      const { totalMs } = call.run.call.service.script
      if (now - call.startedAt > totalMs) this.#giveUp(call)
    }
  }

  /** The machine was busy with something else: the script is not blamed for that at once. */
  #onceMore(id: number): void {
    const call = this.#pending.get(id)
    if (call === undefined) return
    if (!call.acted && !call.heldUp) {
      call.heldUp = true
      this.#go(call)
      return
    }
    const { timeoutMs } = call.run.call.service.script
    const message = `did not pause within ${timeoutMs} ms, in which the machine hardly let it run`
    this.#finish(id)?.reject(new ScriptFailure('SCRIPT_TIMEOUT', message))
  }

  /** The others go to the next process at once: this one would take those with it that are sent to it now. */
  #endsFor(culprit: number): void {
    this.#process = undefined
    this.#known = new Set()
    const others = this.#pending.values().map(({ id }) => id)
    this.#again(others.filter((id) => id !== culprit))
  }

  #ended(ended: ScriptProcess): void {
    if (this.#process !== ended) return
    this.#process = undefined
    this.#known = new Set()
    this.#again(this.#pending.values().map(({ id }) => id))
  }

  #again(ids: readonly number[]): void {
    // The one that had its first stretch alone was it; those that waited meanwhile are innocent.
    const culprit = this.#suspect !== undefined && ids.includes(this.#suspect.id) ? this.#suspect : undefined
    for (const id of ids) {
      const call = this.#pending.get(id)
      if (call === undefined) continue
      this.#pending.delete(id)
      if (call === this.#suspect) this.#suspect = undefined
      if (culprit === undefined || culprit === call) call.deaths++
      if (call.acted || call.deaths > 1) {
        this.#pending.release(id)
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
}

/** More would keep others from the real service, and from looking up names. */
const maxForwarding = 10

/** JSON of the answer, '' for none. */
const perform = (
  call: Pending,
  what: string,
  [key = '""', value = 'null']: readonly string[],
): string | Promise<string> => {
  if (what === 'forward') {
    if (call.run.forward === undefined) throw new Error('forward() is not for matchers and patches')
    if (call.forwarding >= maxForwarding)
      throw new Error(`forward() asks at most ${maxForwarding} times at once: write await`)
    call.acted = true
    call.forwarding++
    return call.run.forward().finally(() => call.forwarding--)
  }
  const state = call.run.state()
  const name = JSON.parse(key) as string
  if (what === 'get') return state.get(name) ?? ''
  call.acted = true
  if (what === 'set') state.set(name, value)
  else if (what === 'incr') return String(state.incr(name, Number(value)))
  else return String(state.delete(name))
  return ''
}
