/** svc-mock send: one message, by the running svc-mock. */
import { findRunning } from '../../control/find-running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { base64, type SentView, type WireHeader } from './wire.ts'

export type { SentView } from './wire.ts'

export interface SendFlags {
  readonly root: string
  readonly pid: number | undefined
  readonly service: string | undefined
  readonly tenant: string | undefined
  readonly topic: string
  readonly key: string | undefined
  /** undefined: a tombstone. */
  readonly value: Uint8Array | undefined
  /** The value was typed, not read from a file. */
  readonly typed: boolean
  /** `name=value` */
  readonly headers: readonly string[]
  readonly partition: number | undefined
}

/** As brokers have it by default (message.max.bytes). */
const largestValue = 1024 * 1024

/** Rejects with FLAG_INVALID, NOT_RUNNING, UPSTREAM_UNREACHABLE. */
export const sendMessage = async (flags: SendFlags): Promise<SentView> => {
  const headers = flags.headers.map(headerOf)
  const { length = 0 } = flags.value ?? {}
  if (length > largestValue)
    throw new SvcMockError('FLAG_INVALID', `the value has ${length} bytes, and brokers take a megabyte`)
  const running = await findRunning(flags.root, flags.pid)
  return running.sendMessage({
    service: flags.service,
    tenant: flags.tenant,
    topic: flags.topic,
    key: flags.key === undefined ? null : base64(Buffer.from(flags.key)),
    value: base64(flags.value ?? null),
    typed: flags.typed,
    headers,
    partition: flags.partition,
  })
}

const headerOf = (written: string): WireHeader => {
  const equals = written.indexOf('=')
  if (equals > 0)
    return { name: written.slice(0, equals), value: base64(Buffer.from(written.slice(equals + 1))) }
  throw new SvcMockError('FLAG_INVALID', `--header ${JSON.stringify(written)} has no name and value`, {
    hint: 'write --header kind=card',
  })
}
