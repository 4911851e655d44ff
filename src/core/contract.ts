/**
 * Contracts that are in force for live calls: what a call or its reply is held against while it passes, and what is found. What
 * is found names places and types and never a value, because it is shown, counted and answered.
 */
import type { Call } from './call.ts'
import type { Metadata } from './metadata.ts'
import type { SourceLocation } from './source.ts'

/** `warn`: nothing is held up or changed. `fail`: what breaks the contract is refused. */
export type Enforce = 'warn' | 'fail'

/** One thing in a call or in its reply that the contract does not allow. */
export interface Breach {
  readonly side: 'call' | 'reply'
  /** As in contract/violation.ts: `missing-property`. */
  readonly rule: string
  /** As the contract calls it, `GET /orders/{id}`; as the call does where the contract has none. */
  readonly operation: string
  /** `request.query.page`, `response.body.items[0].sku`; names that look like data are `*`. */
  readonly path: string
  readonly message: string
  /** What the contract says. */
  readonly expected?: string
  /** A type, a status, a name: never a value. */
  readonly actual?: string
  /** Where the contract says so. */
  readonly contract?: SourceLocation
}

/** Of a call, besides its head. */
export interface SeenBody {
  /** As on the wire; undefined: it was not seen whole. */
  readonly bytes: Uint8Array | undefined
  readonly trailers: Metadata
}

export interface SeenReply extends SeenBody {
  readonly status: number
  readonly metadata: Metadata
}

/** Never throws. What needs a body that was not seen is left out. */
export interface LiveContract {
  /** Whether the call's body says something, and may be waited for. */
  readsCall(call: Call): boolean
  /** The same of the reply's, whose head is there. */
  readsReply(call: Call, head: Pick<SeenReply, 'status' | 'metadata'>): boolean
  call(call: Call, body: SeenBody): readonly Breach[]
  reply(call: Call, reply: SeenReply): readonly Breach[]
}

/** What is in force for a service. */
export interface ServiceContract {
  readonly enforce: Enforce
  readonly held: LiveContract
}

/** What was found about a call that is over. */
export interface Judged {
  /** At most 20. */
  readonly breaches: readonly Breach[]
  /** Why not all of it was looked at. */
  readonly unchecked: string | undefined
}

/** A call that is looked at once it is over. */
export interface PendingCheck {
  /** Runs once both sides have been seen, or never will be; at once where that is so already. */
  whenSeen(run: () => void): void
  /** Once, with what has been seen by then. */
  judge(): Judged
  /** It will not be judged: what it keeps is given back. */
  drop(): void
}

export const breachesAtMost = 20

/** One line: `response.body.total: it has another type (expected number, got a text)`. */
export const breachSentence = ({ path, message, expected, actual }: Breach): string => {
  const told = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(actual === undefined ? [] : [`got ${actual}`]),
  ].join(', ')
  return `${path === '' ? '' : `${path}: `}${message}${told === '' ? '' : ` (${told})`}`
}

/** A value's type, as people say it. */
export const typeWord = (value: unknown): string => {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'a text'
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a number'
    case 'bigint':
      return 'an integer'
    case 'object':
      return 'an object'
    default:
      return `a ${typeof value}`
  }
}

/** The names of fields come from the sender: one that looks like data (a number of somebody as a key) is not repeated. */
export const shownName = (name: string): string =>
  /^[A-Za-z_$@][\w$@.:-]{0,63}$/.test(name) && !/\d{5}/.test(name) ? name : '*'

/** `response.body.items[0].sku`. */
export const shownPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, step) => {
    if (/^\d{1,9}$/.test(String(step))) return `${text}[${step}]`
    const name = shownName(String(step))
    return text === '' ? name : `${text}.${name}`
  }, '')
