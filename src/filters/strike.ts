/** One fault on one call: the delay first, then the break or the answer, then the answer's speed. */
import type { Call } from '../core/call.ts'
import type { Chance, Clock } from '../core/clock.ts'
import type { Abort, Fault } from '../core/fault.ts'
import type { Reply } from '../core/reply.ts'
import { shownDuration } from '../core/units.ts'
import { cutOff, paced } from './pace.ts'

export interface FaultTools {
  readonly clock: Clock
  readonly chance: Chance
  /** Decides in place of chance. */
  readonly fate?: (fault: Fault) => { readonly hit: boolean; readonly delayMs: number }
}

/** `label`: what the call's line says before what hit. `answer` is asked at most once, and not for a broken wire. */
export const strike = (
  fault: Fault,
  label: string,
  call: Call,
  answer: () => Reply | Promise<Reply>,
  { clock, chance, fate }: FaultTools,
): Reply | Promise<Reply> => {
  // Both are drawn for every call, so that a seed gives the same calls the same fate.
  const decided = fate?.(fault)
  const hit = isBreak(fault) && (decided?.hit ?? chance() < fault.rate)
  const ms = decided?.delayMs ?? delayOf(fault, chance)
  const note = `${label}: ${hits(fault, hit, ms)}`
  const go = (): Reply | Promise<Reply> => {
    const broken = hit ? brokenWire(fault, label) : undefined
    if (broken !== undefined) {
      call.context.outcome = 'mock'
      noted(call, note)
      return broken
    }
    const reply = answer()
    if (reply instanceof Promise) return reply.then((done) => slowed(done))
    return slowed(reply)
  }
  const slowed = (reply: Reply): Reply => {
    if (hit || ms > 0 || isSlow(fault)) noted(call, note)
    if (hit && fault.abort === 'close') return cutOff(reply, clock)
    return isSlow(fault) ? paced(reply, fault, clock) : reply
  }
  return ms > 0 ? waited(ms, call, clock).then((done) => (done ? go() : left(call, note))) : go()
}

const isBreak = ({ abort, status, error }: Fault): boolean =>
  abort !== undefined || status !== undefined || error !== undefined

const isSlow = ({ bytesPerSecond, slowBodyMs }: Fault): boolean =>
  bytesPerSecond !== undefined || slowBodyMs > 0

/** Whole milliseconds, never below 0. */
export const delayOf = (fault: Fault, chance: Chance): number => {
  const { delayMs, jitterMs, distribution } = fault
  if (jitterMs === 0) return delayMs
  if (distribution === 'uniform') return Math.max(0, Math.round(delayMs + (chance() * 2 - 1) * jitterMs))
  // Median `delay`; one deviation upwards is `delay + jitter`.
  const sigma = delayMs === 0 ? 0 : Math.log(1 + jitterMs / delayMs)
  return Math.min(24 * 3_600_000, Math.round(delayMs * Math.exp(sigma * gaussian(chance))))
}

/** Box and Muller's; 1 - chance() is never 0. */
const gaussian = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())

const wires: Readonly<Record<Exclude<Abort, 'close'>, Reply>> = {
  reset: { kind: 'fault', fault: 'reset' },
  empty: { kind: 'fault', fault: 'close' },
  timeout: { kind: 'fault', fault: 'stall' },
  malformed: { kind: 'fault', fault: 'malformed' },
}

/** What is answered without asking anybody; undefined for `close`, which breaks a real reply. */
const brokenWire = ({ abort, status, error }: Fault, label: string): Reply | undefined => {
  if (error !== undefined) return { kind: 'fault', fault: 'error', text: error }
  if (status === undefined) return abort === undefined || abort === 'close' ? undefined : wires[abort]
  const body = new TextEncoder().encode(`${label}: status ${status} on purpose\n`)
  const metadata = ['x-svc-mock-fault', 'status']
  if (status === 204 || status === 304) return { kind: 'single', status, metadata, body: undefined }
  metadata.push('content-type', 'text/plain; charset=utf-8', 'content-length', String(body.length))
  return { kind: 'single', status, metadata, body }
}

const hits = (fault: Fault, hit: boolean, ms: number): string => {
  const parts: string[] = []
  if (ms > 0) parts.push(`delay ${shownDuration(ms)}`)
  if (hit) parts.push(fault.abort ?? (fault.error === undefined ? `status ${fault.status}` : fault.error))
  if (fault.bytesPerSecond !== undefined) parts.push(`${fault.bytesPerSecond} bytes/s`)
  if (fault.slowBodyMs > 0) parts.push(`body over ${shownDuration(fault.slowBodyMs)}`)
  return parts.join(', ')
}

const noted = ({ context }: Call, note: string): void => {
  context.note = context.note === undefined ? note : `${context.note}; ${note}`
}

/** False when the client went away meanwhile; then no timer is left. */
const waited = (ms: number, call: Call, clock: Clock): Promise<boolean> =>
  new Promise((resolve) => {
    const { signal } = call
    const gone = (): void => {
      callOff()
      resolve(false)
    }
    const callOff = clock.after(ms, () => {
      signal.removeEventListener('abort', gone)
      resolve(true)
    })
    signal.addEventListener('abort', gone, { once: true })
    if (signal.aborted) gone()
  })

const left = (call: Call, note: string): Reply => {
  call.context.outcome ??= 'error'
  noted(call, note)
  noted(call, 'the client went away')
  return { kind: 'none' }
}
