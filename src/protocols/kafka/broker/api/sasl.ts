/** SaslHandshake and SaslAuthenticate: clients that must log in may, as whoever they say; nobody is checked. */
import { bytesOf, text } from '../../messages/index.ts'
import { errors } from '../error-codes.ts'
import type { ApiHandler } from './handler.ts'

const mechanisms = ['PLAIN']

export const saslHandshake: ApiHandler = {
  key: 17,
  // After version 0 tokens come without a header.
  min: 1,
  handle: (request) => ({
    errorCode: mechanisms.includes(text(request, 'mechanism'))
      ? errors.none
      : errors.unsupportedSaslMechanism,
    mechanisms,
  }),
}

export const saslAuthenticate: ApiHandler = {
  key: 36,
  handle: (request) => {
    // RFC 4616: authorization id, user, password.
    const parts = Buffer.from(bytesOf(request, 'authBytes')).toString().split('\0')
    const good = parts.length === 3 && parts[1] !== ''
    return {
      errorCode: good ? errors.none : errors.saslAuthenticationFailed,
      errorMessage: good ? null : 'Authentication failed: these are no credentials of SASL PLAIN.',
      authBytes: new Uint8Array(0),
    }
  },
}
