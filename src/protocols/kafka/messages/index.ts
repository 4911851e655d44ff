/** Messages <-> bytes, without their headers (`wire/header.ts`). */
import { MalformedMessage } from '../wire/malformed.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import type { Api } from './api.ts'
import type { Message } from './message.ts'

export { type Api, apiOf, apis } from './api.ts'
export * from './message.ts'

type Direction = 'request' | 'response'

const decode = (api: Api, version: number, direction: Direction, bytes: Uint8Array): Message => {
  const codec = api.codec(direction, version)
  const reader = new Reader(bytes)
  return named(api, version, direction, () => {
    const message = codec.decode(reader)
    reader.place = 'end'
    // Brokers don't look at what is behind a request: librdkafka asks for all topics with three bytes too many.
    if (direction === 'response' && reader.left > 0) reader.fail(`${reader.left} bytes are left over`)
    return message
  })
}

const encode = (api: Api, version: number, direction: Direction, message: Message): Buffer => {
  const codec = api.codec(direction, version)
  const writer = new Writer()
  return named(api, version, direction, () => {
    codec.encode(writer, message)
    return writer.done()
  })
}

const named = <T>(api: Api, version: number, direction: Direction, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error
    throw new MalformedMessage(`${api.name} ${direction} v${version}: ${error.message}`)
  }
}

/** `bytes`: the body. Views of it stay in the message. Throws MalformedMessage, and RangeError for a version that isn't known. */
export const decodeRequest = (api: Api, version: number, bytes: Uint8Array): Message =>
  decode(api, version, 'request', bytes)

/** Throws MalformedMessage for a value that the version can't hold. Fields that it doesn't have are left out. */
export const encodeRequest = (api: Api, version: number, message: Message): Buffer =>
  encode(api, version, 'request', message)

/** As `decodeRequest`. */
export const decodeResponse = (api: Api, version: number, bytes: Uint8Array): Message =>
  decode(api, version, 'response', bytes)

/** As `encodeRequest`. */
export const encodeResponse = (api: Api, version: number, message: Message): Buffer =>
  encode(api, version, 'response', message)
