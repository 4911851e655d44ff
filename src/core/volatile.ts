/**
 * Fields whose values differ from call to call although the same is asked: times, nonces, trace ids, signatures. A
 * recorded call would never match again if they were compared.
 */

/** Case and separators do not count: `X-Request-Id`, `requestId` and `request_id` are one. */
export const fieldKey = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const kinds: Readonly<Record<string, readonly string[]>> = {
  timestamp: ['timestamp', 'ts', 'timestampms', 'reqtime', 'requesttime', 'sendtime', 'clienttime', 'now'],
  nonce: ['nonce', 'noncestr', 'random', 'rnd', 'salt', 'echostr', 'cachebuster', 'state'],
  'trace id': [
    'traceid',
    'spanid',
    'parentspanid',
    'traceparent',
    'tracestate',
    'requestid',
    'reqid',
    'correlationid',
    'xrequestid',
    'xcorrelationid',
    'xtraceid',
    'messageid',
    'msgid',
    'b3',
    'sofatraceid',
    'rpcid',
  ],
  'idempotency key': ['idempotencykey', 'xidempotencykey', 'idempotentkey'],
  signature: ['sign', 'signature', 'sig', 'xsign', 'xsignature', 'hmac', 'paysign', 'xcasignature', 'digest'],
}

const byKey: ReadonlyMap<string, string> = new Map(
  Object.entries(kinds).flatMap(([kind, keys]) => keys.map((key) => [key, kind] as const)),
)

/** A value this near to the call's own time is the time of the call. */
const nearMs = 5 * 60_000

export interface VolatileRules {
  /** Names that the workspace adds, as `fieldKey` makes them. */
  readonly names: ReadonlySet<string>
  /** When the call was made, in ms since the epoch. */
  readonly at: number
}

/** What makes the field volatile, in a word; undefined: nothing. */
export const volatileKind = (
  name: string,
  value: unknown,
  { names, at }: VolatileRules,
): string | undefined => {
  const key = fieldKey(name)
  if (names.has(key)) return 'listed'
  const kind = byKey.get(key)
  if (kind !== undefined && isPlausible(kind, value)) return kind
  // jQuery and its like add the time as `_` against caches.
  if (key === '' && /^_+$/.test(name) && /^\d{10,}$/.test(String(value))) return 'timestamp'
  return isNow(value, at) ? 'timestamp' : undefined
}

/** What a name alone says: of which kind its values would be. */
export const volatileName = (name: string): string | undefined => byKey.get(fieldKey(name))

/** `state: PAID` and `sign: true` are data. */
const isPlausible = (kind: string, value: unknown): boolean => {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return false
  const text = String(value)
  return kind === 'timestamp' ? /\d{8,}|\d{2}:\d{2}/.test(text) : text.length >= 6 && /\d/.test(text)
}

const isNow = (value: unknown, at: number): boolean => {
  const time = timeOf(value)
  return time !== undefined && Math.abs(time - at) <= nearMs
}

/** A value that is a time in one of the usual forms, in ms since the epoch. */
export const timeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  if (/^\d{13}$/.test(text)) return Number(text)
  if (/^\d{10}(\.\d{1,6})?$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
