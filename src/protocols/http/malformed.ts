/** Calls that are none: why the parser refuses them (node:http's codes in the words of RFC 9112), and what they are called. */
import { parseHostPort, parseTarget } from './target.ts'

/** For people, where not even the method could be read. */
export const unreadable = '(unreadable)'

/** `GET /orders/42`: no query, and no credentials that may stand in an address. */
export const refusedOperation = ({
  method,
  requestTarget,
}: {
  readonly method: string
  readonly requestTarget: string
}): string => {
  if (method === 'CONNECT')
    return `CONNECT ${parseHostPort(requestTarget, 443) === undefined ? unreadable : requestTarget}`
  return `${method} ${parseTarget(requestTarget)?.path ?? unreadable}`
}

/** A target that is none, for messages: without what may be secret in it. */
export const shownTarget = (target: string): string =>
  target
    .replace(/[?#].*$/s, '')
    .replace(/\/\/[^/]*@/, '//')
    .slice(0, 80)

export interface Malformed {
  readonly status: number
  readonly reason: string
}

const reasons: Readonly<Record<string, Malformed>> = {
  HPE_INVALID_CHUNK_SIZE: { status: 400, reason: 'a chunk has a broken size' },
  HPE_UNEXPECTED_CONTENT_LENGTH: {
    status: 400,
    reason: 'Content-Length stands twice, or beside Transfer-Encoding',
  },
  HPE_INVALID_TRANSFER_ENCODING: {
    status: 400,
    reason: 'Transfer-Encoding is not chunked, or stands beside Content-Length',
  },
  HPE_INVALID_CONTENT_LENGTH: { status: 400, reason: 'Content-Length is no number' },
  HPE_INVALID_METHOD: { status: 400, reason: 'it does not begin with a method' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'the headers took too long',
  },
}

export const whyMalformed = (error: NodeJS.ErrnoException, maxHeaderBytes: number): Malformed =>
  error.code === 'HPE_HEADER_OVERFLOW'
    ? { status: 431, reason: `the headers are longer than ${maxHeaderBytes / 1024} kB` }
    : (reasons[error.code ?? ''] ?? { status: 400, reason: error.message })
