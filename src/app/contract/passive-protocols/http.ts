/** Calls of HTTP that somebody else made. */
import type { Call } from '../../../core/call.ts'
import { select } from '../../../mock/select.ts'
import type { HttpCall } from '../../../protocols/http/call.ts'
import { codingsOf, decompress } from '../../../protocols/http/content-coding.ts'
import { imaginedCall } from '../../../protocols/http/imagined-call.ts'
import { operationOf } from '../http-mock.ts'
import { compareHttp } from '../provider-protocols/http.ts'
import { type PassiveProtocol, Unheld, type WholeReply } from './protocol.ts'

/** Larger replies are not compared. */
const replyAtMost = 32 * 1024 * 1024

export const httpPassive: PassiveProtocol<HttpCall> = {
  name: 'http',
  operationOf: ({ definition }) => operationOf(definition.request),
  asked: (call, body, tenant) => {
    const { method, path, search, metadata, service, target } = call as HttpCall
    return imaginedCall(
      { method, path, search, headers: metadata, body },
      { service, basePath: '', target },
      tenant,
    )
  },
  choose: (index, asked) => select(index, asked),
  compare: (item, call: Call, reply) => {
    // A reply without a body says too little of a mock that has one.
    if (call.method === 'HEAD' && item.mock.method !== 'HEAD') throw new Unheld('calls with HEAD')
    return compareHttp(item, { status: reply.status, headers: reply.metadata, body: bodyOf(reply) })
  },
}

const bodyOf = ({ bytes, metadata }: WholeReply): Uint8Array => {
  const codings = codingsOf(metadata)
  if (bytes.length === 0 || codings === '') return bytes
  const plain = decompress(bytes, codings, replyAtMost)
  if (!plain.ok) throw new Unheld('calls whose reply cannot be unpacked')
  return plain.value
}
