/** RST_STREAM and its codes (RFC 9113 section 7), and which of them mean something beyond the connection they came on. */
import type { Http2Session } from 'node:http2'

export const codes = {
  none: 0,
  protocol: 1,
  internal: 2,
  refused: 7,
  cancel: 8,
  calm: 11,
  http11Required: 13,
} as const

const names = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const

export const codeName = (code: number): string => names[code] ?? `code ${code}`

/** The upstream reset the stream of one call. */
export class StreamReset extends Error {
  readonly code: number

  constructor(code: number, who = 'the upstream') {
    super(`${who} reset the stream (${codeName(code)})`)
    this.code = code
  }
}

/** The others speak of the connection, and ours with the client is another one. */
const forwardedCodes: ReadonlySet<number> = new Set([codes.internal, codes.refused, codes.cancel, codes.calm])

/** What the client is told by RST_STREAM when its reply breaks off; INTERNAL_ERROR for whatever has no code that fits. */
export const resetCodeFor = (error: unknown): number =>
  error instanceof StreamReset && forwardedCodes.has(error.code) ? error.code : codes.internal

/** GOAWAY, and every stream is reset: with NO_ERROR, node's own way, what was cut off would look whole to some. */
export const endNow = (session: Http2Session, code: number): void =>
  session.destroy(new Error(`ended with ${codeName(code)}`), code)
