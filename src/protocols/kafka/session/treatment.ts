/** What is done to messages of one API on their way. APIs without a treatment pass as the bytes that they are. */
import type { Api, Message } from '../messages/index.ts'

/** A request, and what is known of whoever sent it. */
export interface Exchange {
  readonly api: Api
  readonly version: number
  readonly clientId: string | null
  readonly connection: ConnectionFacts
}

/** What the session has learned of its client. */
export interface ConnectionFacts {
  /** How the client has authenticated, where that can be said again; undefined: not at all, or not so. */
  readonly credentials: Credentials | undefined
  /** How many mocks stand before what it produces: 0 for a client's own connection. */
  readonly depth: number
}

export interface Credentials {
  readonly mechanism: string
  /** The one message of the client. */
  readonly bytes: Uint8Array
}

type Later<T> = T | Promise<T>

export interface Treatment {
  /** Changes the request. A message that it gives is the response, and the request goes nowhere. */
  request?(message: Message, exchange: Exchange): Later<Message | undefined>
  /** Changes the response. */
  response?(message: Message, exchange: Exchange): Later<void>
  /** Whether only messages of some versions need it; default: all. */
  wants?(direction: 'request' | 'response', version: number): boolean
}

export type Treatments = ReadonlyMap<number, readonly Treatment[]>

/** By API; those of one API act in the order of `parts`, on requests and on responses. */
export const joined = (parts: readonly (readonly [number, Treatment])[]): Treatments => {
  const all = new Map<number, Treatment[]>()
  for (const [key, treatment] of parts) {
    const known = all.get(key)
    if (known === undefined) all.set(key, [treatment])
    else known.push(treatment)
  }
  return all
}
