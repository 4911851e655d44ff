/** Heads of HTTP/2 in the words of HTTP/1.1, which is what calls are made of, and back (RFC 9113 section 8). */
import type { Http2Stream } from 'node:http2'
import { allValues, type Metadata } from '../../../core/metadata.ts'
import { codingsUnderChunks, namedByConnection } from '../hop-by-hop.ts'
import { codes } from './reset.ts'

export interface RequestHead {
  readonly method: string
  /** `:path` as sent; for CONNECT, which has none, the host and port of `:authority`. */
  readonly path: string
  /** `http` or `https`; undefined for CONNECT. */
  readonly scheme: string | undefined
  /** With `host` in the place of `:authority`, and cookies in one line. */
  readonly headers: string[]
  /** Bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts them: 32 for each field beside its text. */
  readonly size: number
  /** Why it is no call. */
  readonly malformed: string | undefined
}

/** Raw pairs as they came, `:method` and its like first. Most of what breaks section 8 has been reset before. */
export const requestHead = (raw: Metadata): RequestHead => {
  const pseudo = { method: '', path: '', scheme: undefined as string | undefined }
  let authority: string | undefined
  let host: string | undefined
  let otherHost = false
  let cookieAt = -1
  let size = 0
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    const value = raw[i + 1]!
    size += name.length + value.length + 32
    if (name.charCodeAt(0) === 58 /* : */) {
      if (name === ':authority') {
        authority = value
        headers.push('host', value)
      } else if (name === ':method') pseudo.method = value
      else if (name === ':path') pseudo.path = value
      else if (name === ':scheme') pseudo.scheme = value.toLowerCase()
    } else if (name === 'host') {
      if (host !== undefined && host !== value) otherHost = true
      host = value
      if (authority === undefined) headers.push(name, value)
    } else if (name === 'cookie' && cookieAt >= 0) {
      // Compression splits them; outside HTTP/2 they are one line (section 8.2.3).
      headers[cookieAt] += `; ${value}`
    } else {
      if (name === 'cookie') cookieAt = headers.length + 1
      headers.push(name, value)
    }
  }
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase())
    otherHost = true
  const { method, scheme } = pseudo
  const path = method === 'CONNECT' ? (authority ?? '') : pseudo.path
  const malformed = otherHost ? ':authority and Host name different hosts' : whyStrange(method, scheme)
  return { method, path, scheme, headers, size, malformed }
}

const whyStrange = (method: string, scheme: string | undefined): string | undefined =>
  method === 'CONNECT' || scheme === 'http' || scheme === 'https'
    ? undefined
    : `its :scheme is neither http nor https: ${scheme?.slice(0, 20)}`

/** Section 8.2.2: what only makes sense on a connection of HTTP/1.1 must not be sent. */
const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
])

/** `into`, followed by the headers as HTTP/2 may carry them: names in lower case, nothing of the connection. */
export const appendHeaders = (
  into: (string | number)[],
  headers: Metadata,
  keep: (lower: string) => boolean = always,
): void => {
  let named: ReadonlySet<string> | undefined
  let codings: readonly string[] | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const lower = headers[i]!.toLowerCase()
    if (connectionSpecific.has(lower)) {
      if (lower === 'connection') named ??= namedByConnection(headers)
      else if (lower === 'transfer-encoding')
        codings ??= codingsUnderChunks(allValues(headers, 'transfer-encoding'))
    } else if (keep(lower)) into.push(lower, headers[i + 1]!)
  }
  if (named !== undefined) removeNamed(into, named)
  // HTTP/2 has no codings of the transfer: what is still compressed by one is content that is.
  if (codings !== undefined && codings.length > 0) into.push('content-encoding', codings.join(', '))
}

const always = (): boolean => true

const removeNamed = (pairs: (string | number)[], named: ReadonlySet<string>): void => {
  for (let i = pairs.length - 2; i >= 0; i -= 2) if (named.has(String(pairs[i]))) pairs.splice(i, 2)
}

export type HeaderObject = Record<string, string | string[]>

/** Pairs grouped by name: trailers, which node:http2 takes only so. */
export const grouped = (headers: Metadata): HeaderObject => {
  const object: HeaderObject = Object.create(null)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    if (connectionSpecific.has(name) || name.charCodeAt(0) === 58) continue
    const known = object[name]
    const value = headers[i + 1]!
    if (known === undefined) object[name] = value
    else if (typeof known === 'string') object[name] = [known, value]
    else known.push(value)
  }
  return object
}

/** On `wantTrailers`. What node:http2 refuses to send costs the stream only. */
export const sendTrailers = (stream: Http2Stream, trailers: Metadata): void => {
  try {
    stream.sendTrailers(grouped(trailers))
  } catch {
    if (!stream.closed) stream.close(codes.internal)
  }
}
