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

export const refusalOf = (
  headers: IncomingHttpHeaders,
  { token, address }: { readonly token: string; readonly address: string },
): Refusal | undefined => {
  if (headers.origin !== undefined)
    return { status: 403, reason: 'web pages may not call the control address' }
  if (headers.host !== address) return { status: 421, reason: 'this host is not the control address' }
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (given === undefined || !sameSecret(given, token)) {
    return { status: 401, reason: 'the token of .svc-mock/run/<pid>.json is needed' }
  }
  return undefined
}
