/** The head of a reply in HTTP/1.1 (RFC 9112): its status line, its fields, and what they say about the bytes behind them. */
import { BadReply, parseFields, refuseControls } from './fields.ts'

export interface ReplyHead {
  readonly status: number
  /** Reason phrase as sent, Latin-1; '' for none. */
  readonly text: string
  /** Raw pairs. */
  readonly headers: string[]
  readonly framing: Framing
  /** How long the connection may be kept for the next call, in ms; 0: not at all. */
  readonly keepMs: number
}

/** How the end of a body is known: it has none, so many bytes, chunks, or the end of the connection (RFC 9112 section 6.3). */
export type Framing = number | 'chunked' | 'close'

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/

/** Where the server says nothing. Many close idle connections after five seconds. */
const defaultKeepMs = 4_000
/** Closed by us before the server does it, for a call must not be on its way then. */
const earlierMs = 1_000
const longestKeepMs = 600_000

/** `text`: Latin-1 without the empty line. `method`: of the request. Throws BadReply. */
export const parseReplyHead = (text: string, method: string): ReplyHead => {
  refuseControls(text)
  let end = text.indexOf('\r\n')
  if (end < 0) end = text.length
  const line = statusLine.exec(text.slice(0, end))
  if (line === null)
    throw new BadReply(`it sent ${JSON.stringify(text.slice(0, Math.min(end, 80)))}, which is no HTTP/1.1`)
  const status = Number(line[2])
  const headers = parseFields(text, end + 2)
  let keepMs = line[1] === '1' ? defaultKeepMs : 0
  let hint: number | undefined
  let lengths: string | undefined
  let codings: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    // Nearly every header is told apart by its length.
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue
    const lower = name.toLowerCase()
    const value = headers[i + 1]!
    if (lower === 'content-length') lengths = lengths === undefined ? value : `${lengths},${value}`
    else if (lower === 'transfer-encoding') codings = codings === undefined ? value : `${codings},${value}`
    else if (lower === 'keep-alive') hint = keepHint(value)
    else if (lower === 'connection') keepMs = keptBy(value, keepMs)
  }
  if (lengths !== undefined && codings !== undefined)
    throw new BadReply('it sent both Content-Length and Transfer-Encoding')
  return {
    status,
    text: line[3] ?? '',
    headers,
    framing: framingOf(status, method, lengths, codings),
    keepMs: keepMs === 0 || hint === undefined ? keepMs : hint,
  }
}

const framingOf = (
  status: number,
  method: string,
  lengths: string | undefined,
  codings: string | undefined,
): Framing => {
  const length = lengths === undefined ? undefined : lengthOf(lengths)
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  if (codings !== undefined) return /(?:^|,)[ \t]*chunked$/i.test(codings) ? 'chunked' : 'close'
  return length ?? 'close'
}

/** The same length may be said more than once (RFC 9110 section 8.6). */
const lengthOf = (text: string): number => {
  const [first, ...others] = text.split(',').map((part) => part.trim())
  const length = /^\d+$/.test(first!) ? Number(first) : Number.NaN
  if (!Number.isSafeInteger(length) || others.some((other) => other !== first))
    throw new BadReply(`its Content-Length is ${JSON.stringify(text.slice(0, 80))}`)
  return length
}

/** `connection` (RFC 9110 section 7.6.1): `close` ends it, `keep-alive` keeps that of HTTP/1.0. */
const keptBy = (value: string, keepMs: number): number => {
  const tokens = value.toLowerCase()
  if (tokens === 'keep-alive') return keepMs === 0 ? defaultKeepMs : keepMs
  const names = tokens.split(',').map((name) => name.trim())
  if (names.includes('close')) return 0
  return names.includes('keep-alive') && keepMs === 0 ? defaultKeepMs : keepMs
}

const keepHint = (value: string): number | undefined => {
  const seconds = /(?:^|[\s,;])timeout\s*=\s*(\d{1,9})/i.exec(value)?.[1]
  if (seconds === undefined) return undefined
  return Math.min(Math.max(Number(seconds) * 1_000 - earlierMs, 0), longestKeepMs)
}
