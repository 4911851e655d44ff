/** Reads the first bytes of a connection, says what they are, and puts them back. */
import type { Duplex } from 'node:stream'
import type { Protocol } from '../core/protocol.ts'
import { type ClientHello, readClientHello } from '../tls/client-hello.ts'

/** A client that connects and says nothing (browsers connect ahead of need). */
export const patienceMs = 75_000

export type Detected =
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'tls'; readonly hello: ClientHello }
  | { readonly kind: 'unknown' }
  /** Nothing came in time. */
  | { readonly kind: 'silent' }
  /** The connection ended without a byte. */
  | { readonly kind: 'gone' }

/**
 * Calls `found` once, unless the connection breaks off in the middle. Nothing is lost: bytes read are put back.
 * Returns what stops looking, with the bytes put back too.
 */
export const detect = (
  socket: Duplex,
  protocols: readonly Protocol[],
  patienceMs: number,
  found: (what: Detected) => void,
): (() => void) => {
  let peek: Buffer = Buffer.alloc(0)
  const timer = setTimeout(
    () => settle(peek.length === 0 ? { kind: 'silent' } : { kind: 'unknown' }),
    patienceMs,
  )
  const settle = (what: Detected): void => {
    stop()
    found(what)
  }
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('readable', look).off('close', closed).off('end', ended)
    if (peek.length > 0) socket.unshift(peek)
  }
  const closed = (): void => {
    if (peek.length === 0) settle({ kind: 'gone' })
    else {
      peek = Buffer.alloc(0)
      stop()
    }
  }
  // End of stream without a whole beginning: nobody to serve.
  const ended = (): void => {
    socket.destroy()
  }
  const look = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) {
      if (socket.readableEnded) socket.destroy()
      return
    }
    peek = peek.length === 0 ? chunk : Buffer.concat([peek, chunk])
    const what = classify(peek, protocols)
    if (what !== undefined) settle(what)
  }
  socket.on('readable', look).on('close', closed).on('end', ended)
  return stop
}

const classify = (peek: Buffer, protocols: readonly Protocol[]): Detected | undefined => {
  const hello = readClientHello(peek)
  if (hello !== 'more' && hello !== 'no') return { kind: 'tls', hello }
  let undecided = hello === 'more'
  for (const protocol of protocols) {
    const verdict = protocol.detect(peek)
    if (verdict === 'yes') return { kind: 'protocol', protocol }
    if (verdict === 'more') undecided = true
  }
  return undecided ? undefined : { kind: 'unknown' }
}
