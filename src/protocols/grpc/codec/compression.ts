/** Message compression: each message for itself, by the coding that a header names (gRPC compression guide). */
import { deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { MessageTooLarge } from './envelope.ts'

export type Coding = 'identity' | 'gzip' | 'deflate'

/** What we accept, best first; sent as `grpc-accept-encoding`. */
export const knownCodings: readonly Coding[] = ['gzip', 'deflate', 'identity']

export const isCoding = (name: string): name is Coding => (knownCodings as readonly string[]).includes(name)

/** gRPC's deflate is zlib's format; some send it raw. */
const inflateEither = (bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array => {
  try {
    return inflateSync(bytes, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error
    return inflateRawSync(bytes, options)
  }
}

/** Throws MessageTooLarge, or Error with the reason. */
export const decompress = (payload: Uint8Array, coding: string, limit: number): Uint8Array => {
  if (coding === 'identity' || coding === '') return payload
  if (!isCoding(coding)) throw new Error(`the message encoding ${coding} is not known`)
  const undo = coding === 'gzip' ? gunzipSync : inflateEither
  try {
    return undo(payload, { maxOutputLength: Math.max(1, limit) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new MessageTooLarge(limit + 1, limit)
    throw new Error(`the message is not valid ${coding}: ${(error as Error).message}`)
  }
}

export const compress = (payload: Uint8Array, coding: Coding): Uint8Array => {
  if (coding === 'identity') return payload
  return coding === 'gzip' ? gzipSync(payload) : deflateSync(payload)
}
