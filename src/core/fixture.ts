/**
 * How a protocol's exchanges become mocks. The dialect says what a mock file would say about one exchange; which
 * file that goes into, and what is written when, is no affair of protocols.
 */
import type { Body, Decoded } from './body.ts'
import type { Call } from './call.ts'
import type { Definitions } from './definitions.ts'
import type { Exchange } from './exchange.ts'
import type { MessageHeader } from './message-bus.ts'

export interface FixtureDialect {
  /** Path and query of a call, as sent. */
  target(call: Call): string
  /** `bytes`: what is read of a body are pieces of one whole. `messages`: each is a message of its own. */
  readonly bodies: 'bytes' | 'messages'
  /**
   * The call with `watch` around the body that leaves for the real service, where that is not the call's own; `watch` is
   * asked when it leaves.
   */
  watched?(call: Call, watch: (leaving: Body) => Body): Call
  /** Which piece of the reply came after which of the request says something. */
  readonly takesTurns?: boolean
  /** Names of headers or trailers that tell how a call ended, besides the status; lower case. */
  readonly ending?: readonly string[]
  /**
   * Before it is desensitized: puts decoded fields in place of bytes that only the protocol understands, and leaves out
   * what belongs to the connection. `definitions`: those in force when the call was made. The problem is told to people,
   * and quotes nothing of the exchange.
   */
  decode?(exchange: Exchange, definitions: Definitions | undefined): Decoded<Exchange> | NoFixture
  /** What a mock file says about a desensitized exchange, in one mock or several of one operation; or why it says nothing. */
  describe(
    exchange: Exchange,
    beside: BesideExchange,
    policy: FixturePolicy,
  ): FixtureParts | readonly FixtureParts[] | NoFixture
}

/** What is known of an exchange besides what it says. */
export interface BesideExchange {
  /** When the call was made, in ms since the epoch. */
  readonly at: number
  readonly masked: MaskedPlaces
  /** Those in force when the call was made. */
  readonly definitions?: Definitions | undefined
}

/** Where in a request a fake stands for a real value, and of which type. */
export interface MaskedPlaces {
  /** By place: `query.mobile`, `body.customer.phones[0]`, `header.x-user`. */
  readonly fields: ReadonlyMap<string, string>
  /** By segment of the path, split at `/`: 0 is what stands before the first one. */
  readonly segments: ReadonlyMap<number, string>
}

export interface FixturePolicy {
  /** Request headers that count besides those that always do; lower case. */
  readonly headers: readonly string[]
  /** Names of fields whose values change from call to call, besides the usual ones; as `fieldKey` makes them. */
  readonly volatile: ReadonlySet<string>
  /** Larger request bodies are not compared. */
  readonly comparedAtMost: number
}

export interface FixtureParts {
  /** Calls that are told apart only by values are one operation: `GET /orders/{id}`. */
  readonly operation: string
  /** The same in pieces, for the name of a file. */
  readonly name: readonly string[]
  /** The mock's `request`. */
  readonly request: Readonly<Record<string, unknown>>
  /** The mock's `response`, without what `body` says. */
  readonly response: Readonly<Record<string, unknown>>
  readonly body: FixtureBody
  /** Request fields that are not compared because they differ from call to call. */
  readonly volatile: readonly VolatileField[]
  /** What the file cannot say, in words. */
  readonly notes: readonly string[]
}

export interface VolatileField {
  /** `query._`, `body.meta.timestamp`. */
  readonly place: string
  /** `timestamp`, `nonce` … */
  readonly kind: string
}

export type FixtureBody =
  | { readonly kind: 'none' }
  /** JSON as it was sent. */
  | { readonly kind: 'json'; readonly text: string }
  /** `extension`: what a file that holds it would be called. */
  | { readonly kind: 'text'; readonly text: string; readonly extension: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly extension: string }

export interface NoFixture {
  /** Why it cannot be a mock: `304 says nothing about the content`. */
  readonly skipped: string
}

/** A message as it is recorded: whole, to be sent again in its order and time, by nobody's asking. */
export interface MessageFixture {
  readonly topic: string
  /** Equal for messages whose offsets count together: topics of several tenants may have one name. */
  readonly log: string
  readonly partition: number
  /** undefined: nobody said. Else the message is one with others of the same log, partition and offset. */
  readonly offset: bigint | undefined
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** The value as JSON text, where the topic has a format that makes such of it. */
  readonly json: string | undefined
  readonly headers: readonly MessageHeader[]
}

/** The message that a call is; undefined: it is none. */
export type MessageDialect = (call: Call) => Promise<MessageFixture> | undefined
