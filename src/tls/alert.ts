/** Alerts (RFC 8446 section 6): how TLS says no, ours as bytes, the client's in words. */

const descriptions = { handshakeFailure: 40, internalError: 80, unrecognizedName: 112 } as const

/** A fatal alert as the answer to a ClientHello that is not accepted. */
export const fatalAlert = (what: keyof typeof descriptions): Uint8Array =>
  Uint8Array.of(21, 3, 3, 0, 2, 2, descriptions[what])

/** Why a client that was shown our certificate went away, as far as it can be told. */
export interface ClientRefusal {
  /** `distrust`: it does not know our authority, or pins another; `other`: TLS itself did not come about. */
  readonly kind: 'distrust' | 'other'
  readonly text: string
  /** What clients of this kind have in common; for the line that is said once. */
  readonly client: string
}

/** OpenSSL's names of alerts that come when a certificate is not taken, and who sends them usually. */
const distrusts: Readonly<Record<string, string>> = {
  UNKNOWN_CA: 'a client',
  BAD_CERTIFICATE: 'a client (probably a Go program)',
  CERTIFICATE_UNKNOWN: 'a client (probably a Java program or a browser)',
  CERTIFICATE_EXPIRED: 'a client',
  CERTIFICATE_REVOKED: 'a client',
  UNSUPPORTED_CERTIFICATE: 'a client',
}

/**
 * `error`: how the handshake ended; undefined: it was done, and then the client closed without a word, as Node does
 * when it does not trust. `userAgent` names the client better than its alert.
 */
export const refusalOf = (error: Error | undefined, userAgent: string | undefined): ClientRefusal => {
  const product = /^[\w.+-]{1,40}/.exec(userAgent ?? '')?.[0]
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  const alert = /ALERT_([A-Z_]+)$/.exec(code)?.[1]
  if (error === undefined || code === 'ECONNRESET') {
    const client = product ?? 'a client (probably a Node program)'
    return { kind: 'distrust', client, text: 'it closed the connection right after our certificate' }
  }
  const distrust = alert === undefined ? undefined : distrusts[alert]
  if (distrust !== undefined)
    return { kind: 'distrust', client: product ?? distrust, text: `it said ${alert!.toLowerCase()}` }
  return { kind: 'other', client: product ?? 'a client', text: reasons[code] ?? error.message }
}

const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only TLS older than 1.2',
  ERR_SSL_VERSION_TOO_LOW: 'it speaks only TLS older than 1.2',
  ERR_SSL_NO_SHARED_CIPHER: 'it has no cipher for ECDSA certificates',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'it wants a protocol inside TLS that svc-mock does not speak',
}
