/** Whether the first bytes of a connection are HTTP, and of which version. */

/** The begin of HTTP/2's preface (RFC 9113 section 3.4), which looks like a method and is none. */
const http2Preface = new TextEncoder().encode('PRI * HTTP/2.0\r\n')

/**
 * A request line begins with a method, which is a token (RFC 9110 section 9.1). An empty line before it is
 * tolerated as RFC 9112 section 2.2 asks. TLS begins with 0x16, so it is never taken for HTTP.
 */
export const detectHttp = (peek: Uint8Array): 'yes' | 'no' | 'more' => {
  const first = peek[0]
  if (first === undefined) return 'more'
  if (first === 0x50 /* P */ && isHttp2(peek) === 'more') return 'more'
  if (first === 0x0d || first === 0x0a) return 'yes'
  return isTokenByte(first) ? 'yes' : 'no'
}

/** `more` while the bytes could still become the preface. */
export const isHttp2 = (peek: Uint8Array): 'yes' | 'no' | 'more' => {
  const length = Math.min(peek.length, http2Preface.length)
  for (let i = 0; i < length; i++) if (peek[i] !== http2Preface[i]) return 'no'
  return length === http2Preface.length ? 'yes' : 'more'
}

const isTokenByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte))
