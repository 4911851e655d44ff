/** A call that nobody sent: what `explain` asks about, and what is tried before it is shown as an example. */
import type { Body } from '../../core/body.ts'
import type { Tenant } from '../../core/call.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import { firstValue } from '../../core/metadata.ts'
import type { Routed } from '../../core/protocol.ts'
import { type ClientSide, HttpCall } from './call.ts'

export interface ImaginedCall {
  readonly method: string
  /** Raw. */
  readonly path: string
  /** With its `?`, or ''. */
  readonly search: string
  /** Raw pairs. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
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
  return new HttpCall(0, tenant, routed, target, client, knownBody(asked))
}

const knownBody = ({ body, headers }: ImaginedCall): Body => {
  const bytes = body ?? new Uint8Array(0)
  const decoded = decodedBody(bytes, firstValue(headers, 'content-type') ?? '')
  return {
    empty: bytes.length === 0,
    read: () => decoded,
    source: () => ({
      pipe: (sink) => {
        if (bytes.length > 0) sink.message(bytes)
        sink.end()
      },
      resume: () => undefined,
      cancel: () => undefined,
    }),
  }
}
