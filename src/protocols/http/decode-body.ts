/** A whole body in its decoded forms, without its codings. What undoes them is lent: node has zlib, a browser streams. */
import type { Body, Decoded, DecodedBody } from '../../core/body.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import { allValues, firstValue, type Metadata } from '../../core/metadata.ts'
import { codingsUnderChunks } from './hop-by-hop.ts'

export const noBytes = new Uint8Array(0)

/** `coding`: the list of `content-encoding` (RFC 9110 section 8.4); `limit`: bytes that may come out. */
export type Undo<Plain extends Decoded<Uint8Array> | Promise<Decoded<Uint8Array>>> = (
  bytes: Uint8Array,
  coding: string,
  limit: number,
) => Plain

/** At once where there is nothing to undo, or what undoes it does so at once. */
export type Decode = (raw: Uint8Array, headers: Metadata, limit: number) => DecodedBody | Promise<DecodedBody>

export function decodedWith(
  undo: Undo<Decoded<Uint8Array>>,
): (raw: Uint8Array, headers: Metadata, limit: number) => DecodedBody
export function decodedWith(undo: Undo<Decoded<Uint8Array> | Promise<Decoded<Uint8Array>>>): Decode
export function decodedWith(undo: Undo<Decoded<Uint8Array> | Promise<Decoded<Uint8Array>>>): Decode {
  return (raw, headers, limit) => {
    if (raw.length > limit) return tooLarge(headers, limit)
    const type = firstValue(headers, 'content-type') ?? ''
    const coding = [
      ...allValues(headers, 'content-encoding'),
      ...codingsUnderChunks(allValues(headers, 'transfer-encoding')),
    ].join(',')
    if (coding === '' || raw.length === 0) return decodedBody(raw, type)
    const told = (plain: Decoded<Uint8Array>): DecodedBody =>
      plain.ok ? decodedBody(plain.value, type) : decodedBody(noBytes, type, plain.problem)
    const plain = undo(raw, coding, limit)
    return plain instanceof Promise ? plain.then(told) : told(plain)
  }
}

export const tooLarge = (headers: Metadata, limit: number): DecodedBody =>
  decodedBody(
    noBytes,
    firstValue(headers, 'content-type') ?? '',
    `the body is larger than limits.body (${limit} bytes)`,
  )

/** A body that is in memory already. */
export const knownBody = (bytes: Uint8Array, headers: Metadata, decode: Decode): Body => {
  let decoded: DecodedBody | Promise<DecodedBody> | undefined
  return {
    empty: bytes.length === 0,
    read: (limit) => {
      decoded ??= decode(bytes, headers, limit)
      return decoded
    },
    source: () => ({
      pipe: (sink) => {
        if (bytes.length > 0) sink.message(bytes)
        sink.end()
      },
      resume: () => undefined,
      cancel: () => undefined,
    }),
    watch: (onlooker) => {
      if (bytes.length === 0 || onlooker.piece(bytes)) onlooker.end([])
    },
  }
}
