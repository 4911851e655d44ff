/** Who listens to a running proxy. A listener that throws is a bug of ours and must not cost a call. */
import type { RunningEvents } from './running.ts'

type AnyListener = (value: never) => void

export class Listeners {
  private readonly byEvent = new Map<keyof RunningEvents, Set<AnyListener>>()

  on<E extends keyof RunningEvents>(event: E, listener: RunningEvents[E]): () => void {
    const listeners = this.byEvent.get(event) ?? new Set()
    this.byEvent.set(event, listeners)
    listeners.add(listener as AnyListener)
    return () => listeners.delete(listener as AnyListener)
  }

  emit<E extends keyof RunningEvents>(event: E, value: Parameters<RunningEvents[E]>[0]): void {
    const listeners = this.byEvent.get(event)
    if (listeners === undefined) return
    for (const listener of listeners) listener(value as never)
  }
}
