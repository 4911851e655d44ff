/** A record's value as a body: its bytes, or the JSON that a schema makes of them, so that conditions and scripts see fields. */
import type { Body, DecodedBody, Source } from '../../../core/body.ts'
import { decodedBody } from '../../../core/decoded-body.ts'

/** JSON text of a value in a format of its own. Rejects or throws with the reason. */
export type ValueReader = (bytes: Uint8Array) => string | Promise<string>

const encoder = new TextEncoder()

export const valueBody = (
  { value }: { readonly value: Uint8Array | null },
  read: ValueReader | undefined,
): Body => {
  const bytes = value ?? new Uint8Array(0)
  let decoded: DecodedBody | Promise<DecodedBody> | undefined
  const decode = (limit: number): DecodedBody | Promise<DecodedBody> => {
    if (bytes.length > limit)
      return decodedBody(new Uint8Array(0), '', `the value is larger than ${limit} bytes`)
    if (read === undefined || value === null) return decodedBody(bytes, '')
    try {
      const json = read(bytes)
      return typeof json === 'string' ? asJson(json) : json.then(asJson, unreadable)
    } catch (error) {
      return unreadable(error)
    }
  }
  return {
    empty: value === null,
    read: (limit) => {
      decoded ??= decode(limit)
      if (decoded instanceof Promise)
        return decoded.then((done) => {
          decoded = done
          return done
        })
      return decoded
    },
    source: (): Source => ({
      pipe: (sink) => {
        if (bytes.length > 0) sink.message(bytes)
        sink.end()
      },
      resume: () => undefined,
      whole: () => bytes,
      cancel: () => undefined,
    }),
  }
}

const asJson = (json: string): DecodedBody => decodedBody(encoder.encode(json), 'application/json')

const unreadable = (error: unknown): DecodedBody =>
  decodedBody(new Uint8Array(0), '', (error as Error).message)
