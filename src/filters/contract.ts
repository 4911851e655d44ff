/**
 * Holds calls and replies, mocked or real, against the contract of their service. `warn` only looks on: bytes are noted by
 * reference while they pass, and judged when the call is over. `fail` reads bodies first, and refuses what breaks the contract;
 * streams are never held, so of them it refuses what their heads tell, and looks on for the rest.
 */
import type { Call } from '../core/call.ts'
import {
  type Breach,
  breachesAtMost,
  breachSentence,
  type LiveContract,
  type SeenBody,
} from '../core/contract.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Filter, Service } from '../core/filter.ts'
import { firstValue } from '../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../core/reply.ts'
import { Held } from './contract/held.ts'
import { Look, type LookBudget } from './contract/look.ts'

/** `budget`: of bytes that wait to be judged, all calls together. */
export const contractFilter = (budget: LookBudget): Filter => ({
  name: 'contract',
  wants: (service) => service.known && service.contract !== undefined,
  operations: ({ known, contract }) =>
    known && contract !== undefined ? { all: true, named: new Set(), keyed: false } : undefined,
  handle: (call, next) => {
    const { contract } = call.service
    if (contract === undefined || !call.service.known) return next(call)
    return contract.enforce === 'fail'
      ? enforced(call, next, contract.held, budget)
      : watched(call, next, contract.held, budget)
  },
})

const watched = (
  call: Call,
  next: Service,
  held: LiveContract,
  budget: LookBudget,
): Reply | Promise<Reply> => {
  const look = new Look(call, held, budget)
  call.context.check = look
  look.watchCall()
  const seen = (reply: Reply): Reply => {
    if (isOfTheService(call, reply)) return look.watchReply(reply)
    look.noReply()
    return reply
  }
  return passed(call, next, seen, (error) => {
    look.noReply()
    throw error
  })
}

const enforced = (
  call: Call,
  next: Service,
  held: LiveContract,
  budget: LookBudget,
): Reply | Promise<Reply> => {
  const look = new Look(call, held, budget)
  call.context.check = look
  look.watchCall()
  const whole = held.readsCall(call) ? (call.wire ?? call.body).read(call.service.bodyLimit) : undefined
  const go = (): Reply | Promise<Reply> => {
    // Of what nobody waited for, the head.
    const body: SeenBody =
      whole === undefined && !call.body.empty ? { bytes: undefined, trailers: [] } : look.request
    refuse(call, 'call', look.judgeCall(body), look)
    return passed(
      call,
      next,
      (reply) => judged(call, reply, held, look),
      (error) => {
        look.noReply()
        throw error
      },
    )
  }
  if (!(whole instanceof Promise)) return go()
  return whole.then(go, (error: unknown) => {
    look.noReply()
    throw error
  })
}

const passed = (
  call: Call,
  next: Service,
  seen: (reply: Reply) => Reply | Promise<Reply>,
  failed: (error: unknown) => never,
): Reply | Promise<Reply> => {
  let reply: Reply | Promise<Reply>
  try {
    reply = next(call)
  } catch (error) {
    return failed(error)
  }
  return reply instanceof Promise ? reply.then(seen, failed) : seen(reply)
}

/** What svc-mock itself answers, and what breaks on purpose, promises nothing; nor does a mock that says so. */
const isOfTheService = (call: Call, reply: Reply): reply is SingleReply | StreamReply => {
  if (reply.kind !== 'single' && reply.kind !== 'stream') return false
  const { outcome, mock } = call.context
  if (mock?.promises === false) return false
  if (outcome !== 'mock') return true
  return mock !== undefined && firstValue(reply.metadata, 'x-svc-mock-fault') === undefined
}

const judged = (call: Call, reply: Reply, held: LiveContract, look: Look): Reply | Promise<Reply> => {
  if (!isOfTheService(call, reply)) {
    look.noReply()
    return reply
  }
  const { status, metadata } = reply
  if (reply.kind === 'single') {
    const { body: bytes = noBytes, trailers = [] } = reply
    refuse(call, 'reply', look.judgeReply({ status, metadata, bytes, trailers }), look)
    return reply
  }
  if (!held.readsReply(call, reply)) {
    const found = look.judgeReply({ status, metadata, bytes: undefined, trailers: [] })
    if (found.length > 0) reply.source.cancel(new Error('the reply breaks the contract'))
    refuse(call, 'reply', found, look)
    // The head is judged; what the rest says is told when it has passed.
    return look.watchReply(reply)
  }
  const source = new Held(reply.source, call.service.bodyLimit, call.signal)
  return source.body.then((body) => {
    const bytes = body?.bytes
    if (bytes === undefined) look.tooLong('reply')
    const found = look.judgeReply({ status, metadata, bytes, trailers: body?.trailers ?? [] })
    if (found.length > 0) source.cancel(new Error('the reply breaks the contract'))
    refuse(call, 'reply', found, look)
    return { ...reply, source }
  })
}

const noBytes = new Uint8Array(0)

/** Throws CALL_BREAKS_CONTRACT or REPLY_BREAKS_CONTRACT. */
const refuse = (call: Call, side: Breach['side'], found: readonly Breach[], look: Look): void => {
  const [first] = found
  if (first === undefined) return
  look.noReply()
  const more =
    found.length === 1
      ? ''
      : `, and ${found.length - 1}${found.length >= breachesAtMost ? ' or more' : ''} more`
  throw new SvcMockError(
    side === 'call' ? 'CALL_BREAKS_CONTRACT' : 'REPLY_BREAKS_CONTRACT',
    `${side === 'call' ? 'the call' : 'the reply'} breaks the contract of ${call.service.name}: ${breachSentence(first)}${more}`,
    { details: { service: call.service.name, operation: first.operation, violations: found } },
  )
}
