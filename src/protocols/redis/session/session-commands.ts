/** Commands that change what the replies after them mean. */

import { Refusal } from '../refusal.ts'
import { errorReply, isError } from '../resp/value.ts'
import { sessionCommands } from '../treatments/index.ts'
import { word } from '../treatments/treatment.ts'
import type { Session } from './session.ts'
import { eventsPattern } from './subscriptions.ts'

const names: ReadonlySet<string> = new Set(sessionCommands)

export const isSessionCommand = (name: string): boolean => names.has(name)

export const sessionCommand = (args: readonly Buffer[], session: Session): void => {
  const name = word(args, 0)
  switch (name) {
    case 'MULTI':
      multi(args, session)
      return
    case 'EXEC':
      exec(args, session)
      return
    case 'DISCARD':
      discard(args, session)
      return
    case 'RESET':
      reset(args, session)
      return
    case 'MONITOR':
      monitor(args, session)
      return
    case 'CLIENT':
      clientReply(args, session)
      return
    case 'QUIT':
      session.transaction.end()
      session.forward(args)
      return
    default:
      subscribe(name.toLowerCase(), args, session)
  }
}

const multi = (args: readonly Buffer[], session: Session): void => {
  const { transaction } = session
  // Its own reply, and that of one inside another, are no queued command's.
  if (transaction.open || args.length !== 1) unqueued(args, session)
  else {
    session.forward(args)
    transaction.begin()
  }
}

const exec = (args: readonly Buffer[], session: Session): void => {
  const { transaction } = session
  if (args.length !== 1) {
    unqueued(args, session)
    return
  }
  if (transaction.open && transaction.broken) {
    endTransaction('EXEC', undefined, session)
    return
  }
  transaction.end()
  session.awaitAny(args, (reply) => transaction.executed(reply))
}

/**
 * Gives the transaction up. EXEC is answered what the server says when it rejects an EXEC (rejectCommand in its server.c), with the
 * error in place of the reason; DISCARD, which it never rejects, is answered the error itself.
 */
export const endTransaction = (name: string, error: string | undefined, session: Session): void => {
  const { transaction } = session
  const text =
    name === 'DISCARD' && error !== undefined
      ? error
      : `EXECABORT Transaction discarded because of${error === undefined ? ' previous errors.' : `: ${error}`}`
  if (!transaction.open) {
    session.answer(errorReply(text))
    return
  }
  transaction.end()
  session.forward([Buffer.from('DISCARD')], () => {
    transaction.discarded()
    return errorReply(text)
  })
}

const discard = (args: readonly Buffer[], session: Session): void => {
  const { transaction } = session
  if (args.length !== 1) {
    unqueued(args, session)
    return
  }
  transaction.end()
  session.awaitAny(args, (reply) => {
    transaction.discarded()
    return reply
  })
}

/** Sends a command whose reply is its own also inside MULTI. */
const unqueued = (args: readonly Buffer[], session: Session): void => {
  session.awaitAny(args, (reply) => reply)
}

const reset = (args: readonly Buffer[], session: Session): void => {
  if (args.length !== 1) {
    unqueued(args, session)
    return
  }
  const { transaction, replies } = session
  // The server answers RESET whatever CLIENT REPLY has said.
  session.reset()
  session.awaitAny(args, (reply) => {
    transaction.discarded()
    if (!isError(reply)) replies.reset()
    return reply
  })
}

const monitor = (args: readonly Buffer[], session: Session): void => {
  if (session.transaction.open) throw new Refusal('ERR svc-mock cannot do MONITOR inside MULTI')
  const { replies } = session
  session.forward(args, (reply) => {
    replies.monitoring = true
    return reply
  })
}

const clientReply = (args: readonly Buffer[], session: Session): void => {
  if (session.transaction.open) throw new Refusal('ERR svc-mock cannot do CLIENT REPLY inside MULTI')
  const asked = args.length === 3 ? word(args, 2) : ''
  if (asked === 'SKIP') {
    // It is sent with the command whose reply is skipped.
    if (session.silence === 'none') session.silence = 'next'
    return
  }
  if (asked === 'ON') session.silence = 'none'
  // Itself it is not answered.
  if (asked === 'OFF') session.silence = 'off'
  session.forward(args)
}

const subscribe = (verb: string, args: readonly Buffer[], session: Session): void => {
  if (session.transaction.open) throw new Refusal(`ERR svc-mock cannot do ${verb.toUpperCase()} inside MULTI`)
  const leaves = verb.includes('unsub')
  if (args.length === 1 && !leaves) {
    session.forward(args)
    return
  }
  const { subscriptions } = session.replies
  const beside = session.names.lane.baseline ? undefined : subscriptions.eventsBeside(verb, args.slice(1))
  if (beside !== undefined) {
    const asked = [Buffer.from(beside), Buffer.from(eventsPattern)]
    session.confirm(asked, { kind: 'confirming', verb: beside, left: 1 })
  }
  const wire = args.map((arg, i) =>
    i === 0 ? arg : subscriptions.ask(verb, Buffer.from(arg), session.names),
  )
  session.confirm(wire, { kind: 'confirming', verb, left: args.length - 1 })
}
