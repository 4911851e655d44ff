/** What does not match, and where. */

export type MismatchKind =
  | 'method'
  | 'path'
  | 'status'
  | 'query'
  | 'header'
  | 'body'
  /** The content types of the bodies differ, so that the bodies were not compared. */
  | 'bodyType'
  | 'metadata'

export interface Mismatch {
  readonly kind: MismatchKind
  /** `$.items[0].id` in a body; the name of a header, of a query parameter, of a metadata entry; else empty. */
  readonly path: string
  readonly expected: unknown
  /** null where it is missing. */
  readonly actual: unknown
  /** One sentence. */
  readonly message: string
}
