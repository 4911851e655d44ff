/** The headers of requests and responses (https://kafka.apache.org/protocol#protocol_messages; version 2 and 1 with tags: KIP-482). */
import { type Api, apiOf } from '../messages/api.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export interface RequestHead {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  /** Where the body begins. Of an API that nobody knows, where its tags or its body begin. */
  readonly end: number
}

/** `frame`: without its size. Throws MalformedMessage. */
export const readRequestHead = (frame: Uint8Array): RequestHead => {
  const reader = new Reader(frame, 0, "the request's header")
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  // Not compact in any version, so that a server can read the header of a version that it doesn't know.
  const clientId = reader.string(false)
  if (apiOf(apiKey)?.requestHeader(apiVersion) === 2) reader.skipTags()
  return { apiKey, apiVersion, correlationId, clientId, end: reader.at }
}

/** `head` has place for its size. */
const sized = (head: Buffer, body: readonly Uint8Array[]): readonly Uint8Array[] => {
  const [first = head.subarray(0, 0), ...rest] = body
  head.writeInt32BE(body.reduce((sum, { length }) => sum + length, head.length - 4))
  // Mostly all there is: one part to write.
  return [Buffer.concat([head, first]), ...rest.filter(({ length }) => length > 0)]
}

/** A whole request, with its size, as parts. `body`: the first part of it isn't large. */
export const requestOf = (
  { apiKey, apiVersion, correlationId, clientId }: Omit<RequestHead, 'end'>,
  body: readonly Uint8Array[],
): readonly Uint8Array[] => {
  const writer = new Writer(64)
  writer.int32(0)
  writer.int16(apiKey)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  writer.string(clientId, false)
  if (apiOf(apiKey)?.requestHeader(apiVersion) === 2) writer.uvarint(0)
  return sized(writer.done(), body)
}

/** A whole request, with its size. */
export const writeRequest = (head: Omit<RequestHead, 'end'>, body: Uint8Array): Buffer =>
  Buffer.concat(requestOf(head, [body]))

export interface ResponseHead {
  readonly correlationId: number
  /** Where the body begins. */
  readonly end: number
}

/** `frame`: without its size. Throws MalformedMessage. */
export const readResponseHead = (api: Api, version: number, frame: Uint8Array): ResponseHead => {
  const reader = new Reader(frame, 0, "the response's header")
  const correlationId = reader.int32()
  if (api.responseHeader(version) === 1) reader.skipTags()
  return { correlationId, end: reader.at }
}

/** A whole response, with its size, as parts. `body`: the first part of it isn't large. */
export const responseOf = (
  api: Api,
  version: number,
  correlationId: number,
  body: readonly Uint8Array[],
): readonly Uint8Array[] => {
  const head = Buffer.alloc(8 + api.responseHeader(version))
  head.writeInt32BE(correlationId, 4)
  return sized(head, body)
}

/** A whole response, with its size. */
export const writeResponse = (api: Api, version: number, correlationId: number, body: Uint8Array): Buffer =>
  Buffer.concat(responseOf(api, version, correlationId, [body]))
