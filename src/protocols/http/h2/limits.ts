/** How much one HTTP/2 connection may ask for, on either side. */
import type { ClientSessionOptions, ServerSessionOptions } from 'node:http2'

/** A header section may be this long, as in HTTP/1.1; beyond it the call gets 431. */
export const maxHeaderBytes = 64 * 1024
/** Beyond this a stream is reset before anybody has looked at it. */
const readableHeaderBytes = 2 * maxHeaderBytes

/** More calls of one client wait at the client. */
const streamsAtMost = 1_000
/** Bytes of one call that may be on their way before somebody reads them. */
const streamWindow = 256 * 1024
/** The same for a connection: RFC 9113's 64 kB would make fast clients wait for us. */
export const connectionWindow = 16 * 2 ** 20

/**
 * What node:http2 itself looks after: streams reset faster than streamResetBurst and streamResetRate (rapid reset), more
 * than maxSessionInvalidFrames malformed or empty frames, long chains of CONTINUATION, answers that nobody reads,
 * streams beyond the limit. Each ends the connection that does it.
 */
export const serverOptions: ServerSessionOptions = {
  settings: {
    maxHeaderListSize: readableHeaderBytes,
    maxConcurrentStreams: streamsAtMost,
    initialWindowSize: streamWindow,
    // WebSocket in a stream (RFC 8441): such clients fall back to a connection of their own.
    enableConnectProtocol: false,
  },
  maxHeaderListPairs: 1_000,
  // Above node's, because callers under test cancel a lot: by deadlines, by hedging, under load.
  streamResetBurst: 5_000,
  streamResetRate: 500,
  // A reply of an upstream or a mock is not ours to judge.
  maxSendHeaderBlockLength: 2 ** 20,
  /** In MB. */
  maxSessionMemory: 64,
  strictSingleValueFields: false,
}

/** Replies may need a longer way to us than calls, and their upstream is trusted more than a client. */
const replyWindow = 2 ** 20

/** node's types know strictSingleValueFields for servers only. */
export const clientOptions: ClientSessionOptions & Pick<ServerSessionOptions, 'strictSingleValueFields'> = {
  settings: {
    maxHeaderListSize: readableHeaderBytes,
    initialWindowSize: replyWindow,
    enablePush: false,
  },
  maxHeaderListPairs: 1_000,
  maxSendHeaderBlockLength: 2 ** 20,
  /** In MB. */
  maxSessionMemory: 256,
  strictSingleValueFields: false,
}
