/** What a way to compress is. */
export interface Compression {
  readonly name: string
  /** The lowest three bits of a batch's attributes. */
  readonly code: number
  /**
   * `like`: compressed bytes whose form is kept, where there are several. A batch that is written anew must not come in a
   * form that its readers haven't met before.
   */
  compress(bytes: Uint8Array, like?: Uint8Array): Uint8Array
  /** Throws MalformedRecords, also for more than `largest` bytes. */
  decompress(bytes: Uint8Array, largest: number): Uint8Array
}
