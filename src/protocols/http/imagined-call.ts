/** A call that nobody sent: what `explain` asks about, and what is tried before it is shown as an example. */
import type { Tenant } from '../../core/call.ts'
import type { Routed } from '../../core/protocol.ts'
import { decodedAs } from './body.ts'
import { type ClientSide, HttpCall } from './call.ts'
import { knownBody, noBytes } from './decode-body.ts'

export interface ImaginedCall {
  readonly method: string
  /** Raw. */
  readonly path: string
  /** With its `?`, or ''. */
  readonly search: string
  /** Raw pairs. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
  /** Asked for, unless the call itself says another one. */
  readonly version?: string | undefined
}

export const imaginedCall = (asked: ImaginedCall, routed: Routed, tenant: Tenant): HttpCall => {
  const client: ClientSide = {
    method: asked.method,
    requestTarget: asked.path + asked.search,
    rawHeaders: asked.headers,
    httpVersion: '1.1',
    entrance: { kind: 'proxy', listen: '' },
    gone: false,
    onGone: () => undefined,
  }
  const target = { authority: undefined, scheme: 'http', path: asked.path, search: asked.search } as const
  const call = new Imagined(
    0,
    tenant,
    routed,
    target,
    client,
    knownBody(asked.body ?? noBytes, asked.headers, decodedAs),
  )
  call.otherwise = asked.version
  return call
}

class Imagined extends HttpCall {
  otherwise: string | undefined

  override get version(): string | undefined {
    return super.version ?? this.otherwise
  }
}
