/** What a mock sends: records that know no partition and no lane yet. */
import { stringifyJson } from '../../../core/json.ts'
import type { Reply, SingleReply } from '../../../core/reply.ts'

/** JSON until the topic's format is known; else the bytes themselves. */
export type OutgoingValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'null' }

export interface OutgoingHeader {
  readonly name: string
  readonly value: Uint8Array | null
}

export interface OutgoingRecord {
  readonly topic: string
  readonly key: Uint8Array | null
  readonly value: OutgoingValue
  readonly headers: readonly OutgoingHeader[]
  /** Before it, after the one above. */
  readonly delayMs: number
  /** undefined: by the key. */
  readonly partition: number | undefined
  /** undefined: now. */
  readonly timestamp: number | undefined
}

export interface SendReply extends SingleReply {
  readonly records: readonly OutgoingRecord[]
}

export const sendReply = (records: readonly OutgoingRecord[]): SendReply => ({
  kind: 'single',
  status: 200,
  metadata: [],
  body: undefined,
  records,
})

/** Of a reply that passed the pipeline; none for one that a fault broke, and for a record that nobody answers. */
export const recordsOf = (reply: Reply): readonly OutgoingRecord[] =>
  'records' in reply ? (reply as SendReply).records : []

const encoder = new TextEncoder()

/** JSON where no format says otherwise. */
export const bytesOf = (value: OutgoingValue): Uint8Array | null => {
  if (value.kind === 'null') return null
  return value.kind === 'bytes' ? value.bytes : encoder.encode(stringifyJson(value.value))
}
