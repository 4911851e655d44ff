/** A `multipart/*` body taken apart (RFC 2046 section 5.1, names by RFC 7578). */
import type { DecodedBody } from './body.ts'
import type { Metadata } from './metadata.ts'

export interface Part {
  /** The `name` of `content-disposition`, or '' . */
  readonly name: string
  readonly filename: string | undefined
  readonly headers: Metadata
  readonly body: DecodedBody
}

export type Multipart = readonly Part[]
