/** MULTI to EXEC: replies of queued commands come together, and each gets its own treatment then. */
import { array, isError, type Resp } from '../resp/value.ts'

/** What becomes of a queued command's reply; undefined: it is not the client's. */
export type Take = (reply: Resp) => Resp | undefined

export class Transaction {
  /** Commands that the client sends now are queued. */
  open = false
  /** One of them was refused here, so that EXEC must not run the others. */
  broken = false
  private queued: Take[] = []

  begin(): void {
    if (this.open) return
    this.open = true
    this.broken = false
  }

  end(): void {
    this.open = false
    this.broken = false
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
    return array(
      reply.items.flatMap((item, i) => (isError(item) ? item : (queued[i] ?? same)(item)) ?? []),
      reply.type,
    )
  }

  discarded(): void {
    this.queued = []
  }
}

const same: Take = (reply) => reply
