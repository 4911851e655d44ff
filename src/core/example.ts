/**
 * Examples: calls written down in mock files, and how they are answered. A protocol says what a call and a reply look
 * like in its own words; everything else about examples is the same for all protocols.
 */
import type { ZodType } from 'zod'
import type { Call, Tenant } from './call.ts'
import type { Compilers, ResponseFiles } from './dialect.ts'
import type { Mismatch } from './matcher.ts'
import type { Routed } from './protocol.ts'
import type { Reply, SingleReply } from './reply.ts'

export interface ExampleDialect {
  /** Keys of a concrete call. `version` and `tenant` are added for all protocols. */
  readonly callShape: Readonly<Record<string, ZodType>>
  /** Keys of what is expected of a reply; values are conditions. */
  readonly replyShape: Readonly<Record<string, ZodType>>
  /** `request`: of the mock that the example stands under, as written; undefined at the top of a file. Throws SpecError. */
  compileCall(spec: unknown, request: unknown, files: ResponseFiles): ExampleCall
  /** Throws SpecError. */
  compileReply(spec: unknown, compile: Compilers): ExpectedReply
  /** What an example says in place of the real service, as that would send it; absent: as it stands. */
  real?(call: Call, reply: Reply): Reply
}

export interface ExampleCall {
  /** For people: `GET /orders/42`. */
  readonly operation: string
  make(place: ExamplePlace): Call
}

/** Where and when a call is made. */
export interface ExamplePlace {
  readonly tenant: Tenant
  /** Asked for, unless the call itself says another one. */
  readonly version: string | undefined
  /** The file's own service, at its first host. */
  readonly home: Routed
  /** Where a call goes that names its host. */
  route(host: string, port: number, path: string): Routed
}

export interface ExpectedReply {
  /** Empty when the reply is as expected. A reply that was streamed is handed over whole. */
  check(reply: SingleReply, call: Call): readonly Unexpected[]
}

/** One condition that does not hold. */
export interface Unexpected {
  /** Below `expect`: where the condition stands. */
  readonly path: readonly string[]
  /** `status`, `headers.location`, `body.items[0].sku`. */
  readonly clause: string
  readonly expected: string
  readonly actual: string
}

/** `description`: of the condition, for one that cannot tell why it does not hold. */
export const unexpected = (
  path: readonly string[],
  description: string,
  mismatch: Mismatch | undefined,
): Unexpected => {
  const clause = path.join('.')
  if (mismatch === undefined) return { path, clause, expected: description, actual: 'something else' }
  const dot = mismatch.path === '' || mismatch.path.startsWith('[') ? '' : '.'
  return {
    path,
    clause: `${clause}${dot}${mismatch.path}`,
    expected: mismatch.expected,
    actual: mismatch.actual,
  }
}
