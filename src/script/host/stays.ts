/** Stays inside an isolate, and those of them that do not heed their time limit. */
import type { LiveIsolate, Stay } from './isolates.ts'

/** A built-in function of V8 may not heed its limit; this long behind it the process is given up. */
const unheededMs = 1_450

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
      failed(error as Error)
    },
  )
}

/** Nobody has come out for so long that whoever is inside does not heed the limit. */
export function isStuck(isolate: LiveIsolate): boolean {
  const [first] = isolate.entered
  return first !== undefined && performance.now() - isolate.progressAt > first.timeoutMs + unheededMs
}
