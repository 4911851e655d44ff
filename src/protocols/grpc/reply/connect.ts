/** Ends of calls in the Connect protocol's words ("Error End-Stream" and "EndStreamResponse" of its reference). */
import type { Metadata } from '../../../core/metadata.ts'
import { encodeBinary } from '../codec/metadata.ts'
import { connectCode } from '../codec/status.ts'
import { statusIn, trailingMetadata } from './trailers.ts'

export interface ConnectError {
  readonly code: string
  readonly message?: string
  readonly details?: readonly { readonly type: string; readonly value: string }[]
}

/** A reply without a message that says OK is a failure too: a unary call has exactly one. */
export const connectError = (trailers: Metadata): ConnectError => {
  const { code, message, details } = statusIn(trailers)
  if (code === 0) return { code: 'internal', message: 'the reply holds no message' }
  return {
    code: connectCode(code),
    ...(message !== '' && { message }),
    ...(details.length > 0 && {
      details: details.map(({ typeUrl, value }) => ({
        type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
        value: encodeBinary(value),
      })),
    }),
  }
}

/** Trailing metadata of unary calls travels in the head, under a prefix. */
export const connectTrailers = (trailers: Metadata): readonly string[] =>
  trailingMetadata(trailers).map((text, i) => (i % 2 === 0 ? `trailer-${text.toLowerCase()}` : text))

export const connectEnd = (trailers: Metadata): object => {
  const metadata: Record<string, string[]> = {}
  const own = trailingMetadata(trailers)
  for (let i = 0; i < own.length; i += 2) {
    const name = own[i]!.toLowerCase()
    metadata[name] ??= []
    metadata[name].push(own[i + 1]!)
  }
  return {
    ...(statusIn(trailers).code !== 0 && { error: connectError(trailers) }),
    ...(own.length > 0 && { metadata }),
  }
}
