/**
 * Whose a record is, by its headers, else by what a tenant claims of its content. Of headers: the proxy's own, else the tenant's member of W3C `baggage`, else that of SkyWalking's correlation context, else a
 * header of the company's own. What stands first in this order decides; of one name the last header, as in Kafka's clients (`lastHeader`).
 */
import { baggageHeader, baggageMember, plainTenant, tenantInBaggage } from '../../../core/baggage.ts'
import type { RecordCursor } from '../records/cursor.ts'

/** Names are those that the proxy gives to records that have no tag. */
export const tagHeader = baggageMember
const correlationHeader = 'sw8-correlation'

export interface WhoSettings {
  /** The whole value of which is the tenant's name. */
  readonly header?: string | undefined
  /** Asked about records without a tag: whose it is by what is in it. The cursor may not be moved. */
  readonly claim?: ((record: RecordCursor) => string | undefined) | undefined
}

/** A header that may say it. */
interface Source {
  /** Lower case. */
  readonly name: Uint8Array
  readonly parse: (value: string) => string | undefined
  /** The value that was parsed last: neighbours mostly say the same. */
  raw: Uint8Array
  tenant: string | undefined
}

/** Not shared between connections only because of what it remembers; it may be. */
export class Who {
  private readonly sources: readonly Source[]
  /** Which lengths the names have, as bits. */
  private readonly lengths: number
  private readonly claim: WhoSettings['claim']

  constructor({ header, claim }: WhoSettings = {}) {
    const own = header?.toLowerCase()
    const named: [string, Source['parse']][] = [
      [tagHeader, plainTenant],
      [baggageHeader, tenantInBaggage],
      [correlationHeader, inCorrelation],
    ]
    if (own !== undefined && !named.some(([name]) => name === own)) named.push([own, plainTenant])
    this.sources = named.map(([name, parse]) => ({
      name: Buffer.from(name),
      parse,
      raw: new Uint8Array(0),
      tenant: undefined,
    }))
    this.lengths = this.sources.reduce((bits, { name }) => bits | (1 << (name.length & 31)), 0)
    this.claim = claim
  }

  /** Whose the cursor's present record is; undefined: nobody's. Passes its headers. Throws MalformedRecords. */
  of(cursor: RecordCursor): string | undefined {
    return this.tagOf(cursor) ?? this.claim?.(cursor)
  }

  /** Whether content may say it. */
  get claims(): boolean {
    return this.claim !== undefined
  }

  /** The same, by its content alone. */
  claimantOf(cursor: RecordCursor): string | undefined {
    return this.claim?.(cursor)
  }

  /** The same, by its headers alone. */
  tagOf(cursor: RecordCursor): string | undefined {
    if (cursor.headers === 0) return undefined
    let best = this.sources.length
    let tenant: string | undefined
    while (cursor.nextHeader()) {
      if ((this.lengths & (1 << (cursor.headerNameLength & 31))) === 0) continue
      const source = this.sourceAt(cursor, best)
      if (source < 0) continue
      const said = tenantIn(this.sources[source]!, cursor)
      // One that says nothing leaves it to the next.
      if (said === undefined) continue
      best = source
      tenant = said
    }
    return tenant
  }

  /** Which source the present header is, `last` at most; -1: none. */
  private sourceAt(cursor: RecordCursor, last: number): number {
    const { sources } = this
    const { bytes, headerNameAt, headerNameLength } = cursor
    for (let i = 0; i <= last && i < sources.length; i++) {
      const { name } = sources[i]!
      if (name.length === headerNameLength && isName(bytes, headerNameAt, name)) return i
    }
    return -1
  }
}

/** Case doesn't count: frameworks that took their names from HTTP write `Baggage`, too. */
const isName = (bytes: Uint8Array, at: number, name: Uint8Array): boolean => {
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i]!
    if (byte !== name[i] && (byte < 65 || byte > 90 || (byte | 32) !== name[i])) return false
  }
  return true
}

const tenantIn = (source: Source, cursor: RecordCursor): string | undefined => {
  const { bytes, headerValueAt: at, headerValueLength: length } = cursor
  if (length <= 0) return undefined
  if (length !== source.raw.length || !isSame(bytes, at, source.raw)) {
    // A copy: a view would hold the whole response.
    source.raw = bytes.slice(at, at + length)
    source.tenant = source.parse(Buffer.from(source.raw.buffer, source.raw.byteOffset, length).toString())
  }
  return source.tenant
}

const isSame = (bytes: Uint8Array, at: number, other: Uint8Array): boolean => {
  for (let i = 0; i < other.length; i++) if (bytes[at + i] !== other[i]) return false
  return true
}

/** `base64(key):base64(value)`, separated by commas (SkyWalking's cross process correlation headers, version 1). */
const inCorrelation = (value: string): string | undefined => {
  for (const member of value.split(',')) {
    const [key, raw] = member.trim().split(':')
    if (key === undefined || raw === undefined) continue
    if (Buffer.from(key, 'base64').toString() !== baggageMember) continue
    return plainTenant(Buffer.from(raw, 'base64').toString())
  }
  return undefined
}
