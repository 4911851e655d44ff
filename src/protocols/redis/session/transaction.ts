/** MULTI to EXEC: replies of queued commands come together, and each gets its own treatment then. */
import { array, isError, type Resp } from '../resp/value.ts'

/** What becomes of a queued command's reply; undefined: it is not the client's. */
export type Take = (reply: Resp) => Resp | undefined

export class Transaction {
  /** Commands that the client sends now are queued. */
  open = false
  /** One of them was refused here, so that EXEC must not run the others. */
  broken = false
  private queued: (Take | Resp)[] = []

  begin(): void {
    if (this.open) return
    this.open = true
    this.broken = false
  }

  end(): void {
    this.open = false
    this.broken = false
  }

  /** A queued command that was answered here; its reply stands in EXEC's where the client expects it. */
  answered(reply: Resp): void {
    this.queued.push(reply)
  }

  /** The reply of a command that was sent inside MULTI. `silent`: the client did not send it. */
  take(reply: Resp, take: Take, silent: boolean): Resp | undefined {
    if (reply.text?.toString('latin1') === 'QUEUED') {
      this.queued.push(take)
      return silent ? undefined : reply
    }
    // MULTI had failed, so that it was not queued.
    if (isError(reply)) return silent ? undefined : reply
    return take(reply)
  }

  /** EXEC's reply. */
  executed(reply: Resp): Resp {
    const { queued } = this
    this.queued = []
    if (reply.items === undefined || isError(reply)) return reply
    const real = reply.items.values()
    const items = queued.flatMap((one) => {
      if (typeof one !== 'function') return one
      const { value: item } = real.next()
      if (item === undefined) return []
      return (isError(item) ? item : one(item)) ?? []
    })
    return array([...items, ...real], reply.type)
  }

  discarded(): void {
    this.queued = []
  }
}
