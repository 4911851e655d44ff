/** How a call travels in its HTTP exchange: as gRPC, gRPC-Web or Connect; its messages as protobuf or JSON. */
import type { Call } from '../../core/call.ts'
import { firstValue } from '../../core/metadata.ts'

/**
 * `grpc`: envelopes, trailers after them. `web`, `web-text`: envelopes, the last of which holds trailers; in base64.
 * `connect`: one bare message each way. `connect-get`: the same, asked in a query. `connect-stream`: envelopes, the last
 * of which is JSON. `none`: no RPC.
 */
export type Wire = 'grpc' | 'web' | 'web-text' | 'connect' | 'connect-get' | 'connect-stream' | 'none'

export interface WireForm {
  readonly wire: Wire
  readonly codec: 'proto' | 'json'
  /** What a reply's `content-type` says. */
  readonly contentType: string
}

const none: WireForm = { wire: 'none', codec: 'proto', contentType: '' }
/** What nearly every client sends: shared. */
const plainGrpc: WireForm = { wire: 'grpc', codec: 'proto', contentType: 'application/grpc' }

const rpcPath = /^\/[\w.]+\/\w+$/

export const wireFormOf = (call: Call): WireForm => {
  const type = (firstValue(call.metadata, 'content-type') ?? '').trim().toLowerCase()
  if (type === 'application/grpc') return call.method === 'POST' ? plainGrpc : none
  if (call.method === 'GET') return getForm(call)
  return call.method === 'POST' && rpcPath.test(call.path) ? formOf(type) : none
}

/** The form of a request or of a reply, by its `content-type`. */
export const formOf = (type: string): WireForm => {
  const plain = type.split(';', 1)[0]!.trim().toLowerCase()
  const match =
    /^application\/(?:(grpc-web-text|grpc-web|grpc|connect)(?:\+(proto|json))?|(proto|json))$/.exec(plain)
  if (match === null) return none
  const [, family, format, bare] = match
  if (bare !== undefined)
    return { wire: 'connect', codec: bare as 'proto' | 'json', contentType: `application/${bare}` }
  if (family === 'connect' && format === undefined) return none
  const wire = { grpc: 'grpc', 'grpc-web': 'web', 'grpc-web-text': 'web-text', connect: 'connect-stream' }[
    family!
  ]
  return { wire: wire as Wire, codec: format === 'json' ? 'json' : 'proto', contentType: plain }
}

/** Connect's unary GET, for methods without side effects ("Unary-Get-Request"). */
const getForm = ({ search = '', path }: Call): WireForm => {
  if (search.length < 2 || !rpcPath.test(path)) return none
  const query = new URLSearchParams(search)
  const encoding = query.get('encoding')
  if (!query.has('message') || (encoding !== 'proto' && encoding !== 'json')) return none
  return { wire: 'connect-get', codec: encoding, contentType: `application/${encoding}` }
}
