/** Reply: what goes back for a call. It may begin before the call's last message has been read. */
import type { Duplex } from 'node:stream'
import type { Source } from './body.ts'
import type { Metadata } from './metadata.ts'

export interface SingleReply {
  readonly kind: 'single'
  /** In the protocol's own numbers. */
  readonly status: number
  readonly statusText?: string
  readonly metadata: Metadata
  readonly body: Uint8Array | undefined
  /** The same body as Latin-1 text, one character a byte: with a short head it leaves in a single write. */
  readonly wire?: string | undefined
  readonly trailers?: Metadata
}

export interface StreamReply {
  readonly kind: 'stream'
  readonly status: number
  readonly statusText?: string
  readonly metadata: Metadata
  /** Taken once; cancelled by whoever drops the reply. */
  readonly source: Source
}

/** Raw bytes both ways after 101 (Upgrade) or a CONNECT. `head` are bytes that came with the answer. */
export interface TunnelReply {
  readonly kind: 'tunnel'
  readonly status: number
  readonly statusText?: string
  readonly metadata: Metadata
  readonly socket: Duplex
  readonly head: Uint8Array
}

/** A broken wire, on purpose. */
export interface FaultReply {
  readonly kind: 'fault'
  /** `close`: nothing is sent. `stall`: nothing ever comes. `malformed`: bytes that are no reply. `error`: a refusal, `text`. */
  readonly fault: 'reset' | 'close' | 'stall' | 'malformed' | 'error'
  /** In the protocol's own words. */
  readonly text?: string
  /** Why, for `reset`, where the protocol has numbers for that (HTTP/2's RST_STREAM). */
  readonly code?: number
}

export type Reply = SingleReply | StreamReply | TunnelReply | FaultReply | { readonly kind: 'none' }
