/** Stays inside an isolate: on its own thread or on ours, and those of them that do not heed their time limit. */
import type IsolatedVm from 'isolated-vm'
import type { LiveIsolate, Stay } from './isolates.ts'

/** A built-in function of V8 may not heed its limit; this long behind it the process is given up. */
const unheededMs = 1_450

/** It was cut off, but the machine had hardly let it run. */
export class HeldUp extends Error {}

/** Of its time: what used less was waiting for the processor. A quarter, since a busy machine gives a loop no more. */
const worked = 0.25

/** Counts `stay` among those inside until it ends; `done` and `failed` are called when it has left. */
export function enter<T>(
  isolate: LiveIsolate,
  timeoutMs: number,
  stay: Promise<T>,
  done: (result: T) => void,
  failed: (error: Error) => void,
): void {
  if (isolate.entered.size === 0) isolate.progressAt = performance.now()
  const token: Stay = { timeoutMs }
  const before = process.cpuUsage()
  isolate.entered.add(token)
  const leave = (): void => {
    isolate.entered.delete(token)
    isolate.progressAt = performance.now()
  }
  stay.then(
    (result) => {
      leave()
      done(result)
    },
    (error: unknown) => {
      leave()
      failed(judged(error as Error, before, timeoutMs))
    },
  )
}

const judged = (error: Error, before: NodeJS.CpuUsage, timeoutMs: number): Error => {
  if (!(error instanceof Error) || !isTimeout(error)) return error
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 < timeoutMs * worked ? new HeldUp(error.message, { cause: error }) : error
}

export const isTimeout = ({ message }: Error): boolean => message.includes('timed out')

/** Nobody has come out for so long that whoever is inside does not heed the limit. */
export function isStuck(isolate: LiveIsolate): boolean {
  const [first] = isolate.entered
  return first !== undefined && performance.now() - isolate.progressAt > first.timeoutMs + unheededMs
}

/** Visits in a row that must have been short before one is made on our own thread. */
const quickBefore = 20
/** Most take some microseconds; whatever takes this long need not be a script that loops. */
const quickMs = 5
/** After a script was cut off: all others would have waited for it. */
const forgivenAfter = 1_000

/**
 * Changing threads costs more than most scripts do. An isolate whose visits have been short is entered on our own thread,
 * and nobody else runs meanwhile. One that takes long takes that away from its isolate again, so a script that loops
 * holds up the others once, for its time limit; one that is stuck in a built-in function until the program, which gets
 * no answer any more, ends this process and has its calls begin one at a time.
 */
export const isQuick = (isolate: LiveIsolate): boolean =>
  isolate.quickVisits >= quickBefore && isolate.entered.size === 0

/** Calls `entrance`; on our thread if the isolate is quick. */
export function visit<T>(
  isolate: LiveIsolate,
  entrance: IsolatedVm.Reference<(...args: unknown[]) => T>,
  args: string[],
  timeout: number,
): Promise<T> {
  const before = performance.now()
  const learn = (): void => {
    if (performance.now() - before < quickMs) isolate.quickVisits++
    else isolate.quickVisits = Math.min(isolate.quickVisits, 0)
  }
  const distrust = (): void => {
    isolate.quickVisits = -forgivenAfter
  }
  if (!isQuick(isolate)) {
    const stay = entrance.apply(undefined, args, { timeout }) as Promise<T>
    stay.then(learn, distrust)
    return stay
  }
  try {
    const result = entrance.applySync(undefined, args, { timeout }) as T
    learn()
    return Promise.resolve(result)
  } catch (error) {
    distrust()
    return Promise.reject(error)
  }
}
