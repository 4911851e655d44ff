/** What the codes of the operating system and of OpenSSL mean, in words a tired person understands. */

export interface NetworkReason {
  /** As `ECONNREFUSED`; '' when there is none. */
  readonly code: string
  readonly text: string
  /** It is about certificates: theirs, or one of ours that they want. */
  readonly trust: boolean
}

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up just now',
  ETIMEDOUT: 'no answer (timed out)',
  EHOSTUNREACH: 'no way to that network',
  ENETUNREACH: 'no way to that network',
  ECONNRESET: 'the connection was reset',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is it http://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there; is it http://?',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only TLS older than 1.2',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it takes no TLS version that svc-mock speaks',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'it speaks none of the protocols that were offered',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it knows no host of that name',
}

const certificates: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that is not trusted here',
  CERT_UNTRUSTED: 'its certificate is signed by an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is a clock wrong?',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  INVALID_CA: 'its certificate is signed by one that may not sign others',
  INVALID_PURPOSE: 'its certificate is not one for servers',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_DH_KEY_TOO_SMALL: 'its keys are too short',
  ERR_SSL_EE_KEY_TOO_SMALL: 'its keys are too short',
  ERR_SSL_CA_MD_TOO_WEAK: 'its certificate is signed in a way that is no longer safe',
}

/** Alerts that a server sends when it wants a certificate and gets none, or not the right one. */
const clientCertificate =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|ACCESS_DENIED|HANDSHAKE_FAILURE)$/

export const networkReason = (error: Error): NetworkReason => {
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = (inner as NodeJS.ErrnoException).code ?? ''
  const about = certificates[code]
  if (about !== undefined) return { code, text: about, trust: true }
  const alert = clientCertificate.exec(code)?.[1]
  if (alert !== undefined) {
    const said = alert.toLowerCase().replaceAll('_', ' ')
    return {
      code,
      text: `it refused TLS (${said}), as servers do that want a client certificate`,
      trust: true,
    }
  }
  return { code, text: network[code] ?? inner.message, trust: false }
}

/** What to do about it; undefined: the error's own hint says enough. */
export const trustHint = ({ code }: NetworkReason): string | undefined =>
  clientCertificate.test(code)
    ? 'show one: services: { <name>: { tls: { cert: ./client.pem, key: ./client-key.pem } } }'
    : undefined
