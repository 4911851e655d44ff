/**
 * Lets somebody keep calls with their bodies, for assertions. Where nobody does it stands in no pipeline; where somebody
 * does, each call is read whole before it is answered, so that whoever has an answer finds its call kept.
 */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Filter, Service } from '../core/filter.ts'
import type { Reply } from '../core/reply.ts'

export interface JournalKeeper {
  /** Before anything answers. Returns who is told how it ended, once; `reply` undefined: it was refused, or it broke. */
  came(call: Call, body: DecodedBody): (reply: Reply | undefined) => void
  /** Milliseconds by which mocks hold back their answers, where they say no delay of their own. */
  readonly delayMs: number
}

export const journalFilter = (keeper: JournalKeeper, clock: Clock): Filter => {
  const kept = (call: Call, body: DecodedBody, next: Service): Reply | Promise<Reply> => {
    const ended = keeper.came(call, body)
    const tell = (reply: Reply): Reply => {
      ended(reply)
      return reply
    }
    const broken = (error: unknown): never => {
      ended(undefined)
      throw error
    }
    let reply: Reply | Promise<Reply>
    try {
      reply = next(call)
    } catch (error) {
      return broken(error)
    }
    if (reply instanceof Promise)
      return reply.then((done) => heldBack(call, tell(done), keeper.delayMs, clock), broken)
    return heldBack(call, tell(reply), keeper.delayMs, clock)
  }

  return {
    name: 'journal',
    wants: (service) => isKept(service),
    handle: (call, next) => {
      if (!isKept(call.service)) return next(call)
      const body = call.body.read(call.service.bodyLimit)
      return body instanceof Promise ? body.then((read) => kept(call, read, next)) : kept(call, body, next)
    },
  }
}

const isKept = ({ known, protocol }: Call['service']): boolean => known && protocol === 'http'

/** A mock's own delay stands in place of everybody's. */
const heldBack = (call: Call, reply: Reply, ms: number, clock: Clock): Reply | Promise<Reply> => {
  const { mock, outcome } = call.context
  if (ms === 0 || outcome !== 'mock' || mock === undefined || (mock.fault?.delayMs ?? 0) > 0) return reply
  return new Promise((resolve) => {
    clock.after(ms, () => resolve(reply))
  })
}
