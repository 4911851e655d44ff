/** Reads the first bytes of a connection, says what they are, and puts them back. */
import type { Duplex } from 'node:stream'
import type { Protocol } from '../core/protocol.ts'

export type Detected =
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'tls' }
  | { readonly kind: 'unknown' }
  /** Nothing came in time. */
  | { readonly kind: 'silent' }

/** TLS records begin with the content type handshake (22), then the major version 3 (RFC 8446 section 5.1). */
const isTls = (bytes: Uint8Array): boolean => bytes[0] === 0x16 && (bytes.length < 2 || bytes[1] === 0x03)

/** Calls `found` once, unless the connection ends first. Nothing is lost: bytes read are put back. */
export const detect = (
  socket: Duplex,
  protocols: readonly Protocol[],
  patienceMs: number,
  found: (what: Detected) => void,
): void => {
  let peek: Buffer = Buffer.alloc(0)
  const timer = setTimeout(
    () => settle(peek.length === 0 ? { kind: 'silent' } : { kind: 'unknown' }),
    patienceMs,
  )
  const settle = (what: Detected): void => {
    stop()
    if (peek.length > 0) socket.unshift(peek)
    found(what)
  }
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('readable', look).off('close', stop)
  }
  const look = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) {
      // End of stream without a byte: nobody to serve.
      if (socket.readableEnded) socket.destroy()
      return
    }
    peek = peek.length === 0 ? chunk : Buffer.concat([peek, chunk])
    const what = classify(peek, protocols)
    if (what !== undefined) settle(what)
  }
  socket
    .on('readable', look)
    .on('close', stop)
    .on('end', () => {
      if (peek.length === 0) socket.destroy()
    })
}

const classify = (peek: Buffer, protocols: readonly Protocol[]): Detected | undefined => {
  if (isTls(peek)) return { kind: 'tls' }
  let undecided = false
  for (const protocol of protocols) {
    const verdict = protocol.detect(peek)
    if (verdict === 'yes') return { kind: 'protocol', protocol }
    if (verdict === 'more') undecided = true
  }
  return undecided ? undefined : { kind: 'unknown' }
}
