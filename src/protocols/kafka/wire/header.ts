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

/** A whole request, with its size. */
export const writeRequest = (
  { apiKey, apiVersion, correlationId, clientId }: Omit<RequestHead, 'end'>,
  body: Uint8Array,
): Buffer => {
  const writer = new Writer(body.length + 64)
  writer.int32(0)
  writer.int16(apiKey)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  writer.string(clientId, false)
  if (apiOf(apiKey)?.requestHeader(apiVersion) === 2) writer.uvarint(0)
  writer.raw(body)
  writer.setInt32(0, writer.at - 4)
  return writer.done()
}

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

/** A whole response, with its size. */
export const writeResponse = (api: Api, version: number, correlationId: number, body: Uint8Array): Buffer => {
  const tags = api.responseHeader(version)
  const whole = Buffer.allocUnsafe(8 + tags + body.length)
  whole.writeInt32BE(4 + tags + body.length, 0)
  whole.writeInt32BE(correlationId, 4)
  if (tags === 1) whole[8] = 0
  whole.set(body, 8 + tags)
  return whole
}
