/** svc-mock tail: the messages of a topic as a tenant sees them, as they come. */
import { findRunning } from '../../control/find-running.ts'
import type { ReadView, WireMessage, WireOffsets } from './wire.ts'

export type { WireMessage } from './wire.ts'

export interface TailFlags {
  readonly root: string
  readonly pid: number | undefined
  readonly service: string | undefined
  readonly tenant: string | undefined
  readonly topic: string
  readonly from: 'beginning' | 'latest'
  /** Ends after so many. */
  readonly count: number | undefined
  /** False: ends with what is there already. */
  readonly follow: boolean
}

export interface TailEvents {
  ready(view: Pick<ReadView, 'service' | 'tenant'>): void
  message(message: WireMessage): void
}

/** The other side waits so long for something to come. */
const waitMs = 1_000

/** Resolves when `stop` says so, or all that was asked for has come. Rejects as sendMessage does, also when svc-mock ends. */
export const tailMessages = async (
  flags: TailFlags,
  events: TailEvents,
  stop: AbortSignal,
): Promise<void> => {
  const { service, tenant, topic } = flags
  const running = await findRunning(flags.root, flags.pid)
  const read = (from: ReadView['next'] | 'beginning' | 'latest', wait: number): Promise<ReadView> =>
    running.readMessages({ service, tenant, topic, from, waitMs: wait })
  const begin = await read(flags.from, 0)
  const end = flags.follow ? undefined : (await read('latest', 0)).next
  events.ready(begin)
  let at = begin.next
  let left = flags.count ?? Number.POSITIVE_INFINITY
  while (!stop.aborted && left > 0 && !(end !== undefined && reached(at, end))) {
    const { messages, next } = await read(at, waitMs)
    for (const message of messages) {
      if (left-- > 0 && !stop.aborted) events.message(message)
    }
    at = next
  }
}

const reached = (at: WireOffsets, end: WireOffsets): boolean =>
  Object.entries(end).every(([partition, offset]) => BigInt(at[partition] ?? '0') >= BigInt(offset))
