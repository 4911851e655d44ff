/**
 * Who may talk to the control address: whoever knows the token, names us as host, and is no web page. A page
 * can make a browser call loopback, and DNS rebinding can make it look like its own site; both stop here.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface Refusal {
  readonly status: 401 | 403 | 421
  readonly reason: string
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Hashing first makes the lengths equal, so that not even the token's length shows in the time taken. */
const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

export interface Guarded {
  readonly token: string
  /** `127.0.0.1:49152`. */
  readonly address: string
  /**
   * Clients of other makers: they may say `localhost`, which resolves to nobody else's machine, and bring the token in the way that they
   * have, as `Token` or as the password of `Basic` (RFC 7617).
   */
  readonly foreign?: boolean
}

export const refusalOf = (
  headers: IncomingHttpHeaders,
  { token, address, foreign = false }: Guarded,
): Refusal | undefined => {
  if (headers.origin !== undefined)
    return { status: 403, reason: 'web pages may not call the control address' }
  const host = foreign ? headers.host?.replace(/^localhost(?=:)/i, '127.0.0.1') : headers.host
  if (host !== address) return { status: 421, reason: 'this host is not the control address' }
  const given = givenToken(headers.authorization ?? '', foreign)
  if (given === undefined || !sameSecret(given, token)) {
    return { status: 401, reason: 'the token of .svc-mock/run/<pid>.json is needed' }
  }
  return undefined
}

const givenToken = (authorization: string, foreign: boolean): string | undefined => {
  const [, scheme = '', value] = /^(\w+) (\S+)$/.exec(authorization) ?? []
  if (/^bearer$/i.test(scheme)) return value
  if (!foreign || value === undefined) return undefined
  if (/^token$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : pair.slice(colon + 1)
}
