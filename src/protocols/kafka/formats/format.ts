/** What one schema makes of bytes, and of JSON. */
export interface Codec {
  /** JSON text. Throws with the reason. */
  decode(bytes: Uint8Array): string
  /** Of a value as JSON has it; integers may be bigint. Throws with the reason, which names places and no values. */
  encode(value: unknown): Uint8Array
  /** What in bytes that can be read breaks the schema; names places and types, never values. Absent: what can be read fits. */
  breaches?(bytes: Uint8Array): readonly SchemaBreach[]
}

export interface SchemaBreach {
  /** `items[0].sku`; '' for the value itself. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly actual?: string
}

/** Thrown at values and schemas that cannot be read. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}
