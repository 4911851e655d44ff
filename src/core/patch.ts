/**
 * Patches: how a document of a real reply is changed. Text in, text out: where the text comes from and how it is
 * packed for the wire is the protocol's affair.
 */

export interface DocumentPatch {
  /** What it can be applied to: a JSON document, or any text. */
  readonly of: 'json' | 'text'
  /** Throws PatchFailure. */
  apply(text: string): string
  /** In a word or two, for lists: `merge`, `3 operations`. */
  describe(): string
}

/** A patch that does not fit the reply it met. The message names places of the patch, never a value of the reply. */
export class PatchFailure extends Error {
  /** Where, as a JSON Pointer; undefined for the document as a whole. */
  readonly path: string | undefined
  /** What was there, shortened, with secrets masked. */
  readonly found: string | undefined

  constructor(message: string, path?: string, found?: string) {
    super(message)
    this.path = path
    this.found = found
  }
}
