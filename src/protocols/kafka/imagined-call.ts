/** A record that nobody sent: what `explain` asks about. */
import type { Tenant } from '../../core/call.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { RecordCall } from './call.ts'

export interface ImaginedRecord {
  readonly topic: string
  readonly key: string | undefined
  /** Raw pairs. */
  readonly headers: readonly string[]
  /** undefined: a tombstone. */
  readonly value: Uint8Array | undefined
}

export const imaginedRecord = (
  { topic, key, headers, value }: ImaginedRecord,
  service: ServiceEntry,
  tenant: Tenant,
): RecordCall => {
  const pairs = headers.flatMap((name, i) =>
    i % 2 === 0 ? [{ name, value: Buffer.from(headers[i + 1] ?? '') }] : [],
  )
  return new RecordCall({
    id: 0,
    tenant,
    service,
    record: {
      topic,
      log: topic,
      partition: 0,
      offset: 0n,
      timestamp: 0,
      key: key === undefined ? null : Buffer.from(key),
      value: value ?? null,
      headers: pairs,
    },
    unmocked: false,
    signal: new AbortController().signal,
  })
}
