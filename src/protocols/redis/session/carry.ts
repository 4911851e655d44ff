/**
 * A command that some filter wants to see: it becomes a Call, passes the pipeline, and is answered in its turn, or goes its own
 * way as if nobody had looked. The client's next commands wait, as they wait for each other on the server.
 */
import type { Tenant } from '../../../core/call.ts'
import { SvcMockError } from '../../../core/errors.ts'
import type { LiveOperations } from '../../../core/operations.ts'
import type { ProtocolHost } from '../../../core/protocol.ts'
import type { Reply, StreamReply } from '../../../core/reply.ts'
import { RedisCall } from '../call.ts'
import type { Command, CommandTable } from '../commands/table.ts'
import { keysIn } from '../imagined-call.ts'
import { wordOf } from '../mock/reply.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from './session.ts'
import { endTransaction } from './session-commands.ts'
import { realReply } from './treat.ts'

/** What a session needs to make Calls. */
export interface CallHost extends Pick<ProtocolHost, 'nextId' | 'handle' | 'finished'> {
  readonly operations: LiveOperations
  readonly table: CommandTable
  tenantOf(id: string): Tenant
}

export interface Carried {
  /** undefined: the table does not know it. */
  readonly command: Command | undefined
  readonly args: readonly Buffer[]
  readonly name: string
  /** It takes keys. */
  readonly keyed: boolean
}

export const carry = (carried: Carried, session: Session, host: CallHost): void => {
  const { command, args } = carried
  const startedAt = performance.now()
  const call = callOf(carried, session, host)
  const settle = (reply: Reply): Promise<void> | undefined => {
    if (reply === call.real && !call.real.read) {
      session.pass(command, args)
      host.finished(call, 200, startedAt, 'sent')
      return undefined
    }
    const finished: Finished = (status, told) => host.finished(call, status, startedAt, told)
    if (reply.kind === 'fault' && reply.fault === 'error' && isEnd(command)) {
      endTransaction(command!.name, reply.text ?? 'ERR', session)
      finished(500, command!.name === 'EXEC' ? 'EXECABORT' : reply.text?.split(' ', 1)[0])
      return undefined
    }
    return answer(reply, session, finished)
  }
  const fail = (error: unknown): void => {
    const { context } = call
    context.outcome ??= 'error'
    if (!(error instanceof Refusal))
      context.error = error instanceof SvcMockError ? error.code : 'INVARIANT_BROKEN'
    if (context.outcome !== 'miss') context.note = (error as Error).message
    session.refuse(error instanceof Refusal ? error.message : `ERR svc-mock: ${inOneLine(error)}`)
    host.finished(call, 500, startedAt, 'ERR')
  }
  try {
    const reply = host.handle(call)
    const done = reply instanceof Promise ? reply.then(settle) : settle(reply)
    if (done !== undefined) void session.meanwhile(() => done.catch(fail), false)
  } catch (error) {
    fail(error)
  }
}

/** What ends a transaction ends it also where it is answered an error, as on the server. */
const isEnd = (command: Command | undefined): boolean =>
  command?.name === 'EXEC' || command?.name === 'DISCARD'

const callOf = (
  { command, args, name, keyed }: Carried,
  session: Session,
  { operations, nextId, tenantOf, table }: CallHost,
): RedisCall => {
  const keys = keyed ? keysIn(args, command) : []
  if (keys.length > 0) session.settle()
  return new RedisCall({
    id: nextId(),
    tenant: tenantOf(session.names.lane.tenant),
    service: operations.service,
    name,
    args,
    keys,
    resp: session.resp,
    unmocked: !operations.mocks(name, keyed),
    signal: () => session.gone,
    ask: () => realReply(command, args, session, table).catch(asUnreached),
  })
}

/** Questions end with the connection. */
const asUnreached = (error: Error): never => {
  if (error instanceof SvcMockError || error instanceof Refusal) throw error
  throw new SvcMockError('UPSTREAM_UNREACHABLE', error.message, { cause: error })
}

type Finished = (status: number, told?: string) => void

/** A promise where bytes are still to come. */
const answer = (reply: Reply, session: Session, finished: Finished): Promise<void> | undefined => {
  switch (reply.kind) {
    case 'single': {
      session.answerBytes(Buffer.from(reply.body ?? []))
      finished(reply.status, wordOf(reply.body))
      return undefined
    }
    case 'stream':
      return streamed(reply, session, finished)
    case 'fault':
      broken(reply, session, finished)
      return undefined
    default:
      finished(0)
      return undefined
  }
}

const broken = (reply: Reply & { readonly kind: 'fault' }, session: Session, finished: Finished): void => {
  const { fault, text = 'ERR' } = reply
  if (fault === 'error') session.refuse(text)
  // No type of RESP begins so.
  else if (fault === 'malformed') session.answerBytes(Buffer.from('\x00no RESP\r\n'), true)
  else if (fault === 'stall') session.stall()
  else session.breakOff(fault)
  finished(fault === 'error' ? 500 : 0, fault === 'error' ? text.split(' ', 1)[0] : undefined)
}

/** A reply that a fault sends in part: what comes of it goes out as it is, and then the connection ends. */
const streamed = ({ source, status }: StreamReply, session: Session, finished: Finished): Promise<void> =>
  new Promise((resolve) => {
    const pieces: Uint8Array[] = []
    const end = (whole: boolean) => (): void => {
      session.answerBytes(Buffer.concat(pieces), !whole)
      finished(whole ? status : 0, whole ? wordOf(pieces[0]) : undefined)
      resolve()
    }
    source.pipe({
      message: (bytes) => {
        pieces.push(bytes)
        return true
      },
      end: end(true),
      fail: end(false),
    })
  })

interface Nearest {
  readonly mock: string
  readonly at: string
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}

/** With the nearest mocks, where there are any: a Redis error is one line. */
const inOneLine = (error: unknown): string => {
  const { message } = error as Error
  const details = error instanceof SvcMockError ? error.context.details : undefined
  const nearest = (details?.['nearest'] ?? []) as readonly Nearest[]
  if (nearest.length === 0) return message
  const told = nearest.map(({ at, failed }) => {
    const [first] = failed
    return first === undefined ? at : `${at} (${first.clause}: ${first.expected}, not ${first.actual})`
  })
  return `${message}; nearest: ${told.join(', ')}`
}
