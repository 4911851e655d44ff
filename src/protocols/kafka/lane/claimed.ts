/** A record as claims look at it: nothing is decoded that no claim asks for. */
import type { DecodedBody } from '../../../core/body.ts'
import type { ClaimedMessage, MessageClaimant } from '../../../core/claim.ts'
import { decodedBody } from '../../../core/decoded-body.ts'
import { RecordCursor } from '../records/cursor.ts'

/** For Who: whose the cursor's present record is by its content. */
export const claimed =
  (claimant: MessageClaimant) =>
  (cursor: RecordCursor): string | undefined =>
    claimant(new CursorMessage(cursor))

const nothing = new Uint8Array(0)
const json = 'application/json'

class CursorMessage implements ClaimedMessage {
  private readonly cursor: RecordCursor
  private decodedValue: DecodedBody | undefined
  private decodedKey: DecodedBody | undefined

  constructor(cursor: RecordCursor) {
    this.cursor = cursor
  }

  keys(): readonly string[] {
    const { bytes, keyAt, keyLength } = this.cursor
    return keyLength < 0 ? [] : [textOf(bytes, keyAt, keyLength)]
  }

  headers(name: string): readonly string[] {
    const { bytes, start, next, headers } = this.cursor
    if (headers === 0) return []
    // One of its own, since the filter's stands where it stands.
    const own = new RecordCursor(bytes, start, next, 1)
    own.advance()
    const values: string[] = []
    while (own.nextHeader()) {
      if (own.headerValueLength < 0 || textOf(bytes, own.headerNameAt, own.headerNameLength) !== name)
        continue
      values.push(textOf(bytes, own.headerValueAt, own.headerValueLength))
    }
    return values
  }

  keyDocument(): DecodedBody {
    const { bytes, keyAt, keyLength } = this.cursor
    this.decodedKey ??= document(bytes, keyAt, keyLength)
    return this.decodedKey
  }

  value(): DecodedBody {
    const { bytes, valueAt, valueLength } = this.cursor
    this.decodedValue ??= document(bytes, valueAt, valueLength)
    return this.decodedValue
  }
}

/** What serializers of schema registries put in front of JSON: a zero, and four bytes that name the schema. */
const schemaHead = 5

const document = (bytes: Uint8Array, at: number, length: number): DecodedBody => {
  if (length <= 0) return decodedBody(nothing, json)
  const head = bytes[at] === 0 && length > schemaHead ? schemaHead : 0
  return decodedBody(bytes.subarray(at + head, at + length), json)
}

const textOf = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString()
