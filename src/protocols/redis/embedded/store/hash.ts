/** A hash, whose fields keep the order in which they came. */

/** Beyond this Redis keeps it in another form (hash-max-listpack-entries and -value). */
const smallEntries = 128
const smallBytes = 64

export class HashValue {
  readonly kind = 'hash'
  readonly fields = new Map<string, string>()
  private large = false

  get size(): number {
    return this.fields.size
  }

  /** true: the field is new. */
  set(field: string, value: string): boolean {
    const before = this.fields.size
    this.fields.set(field, value)
    if (field.length > smallBytes || value.length > smallBytes || this.fields.size > smallEntries)
      this.large = true
    return this.fields.size > before
  }

  get encoding(): string {
    return this.large ? 'hashtable' : 'listpack'
  }

  clone(): HashValue {
    const copy = new HashValue()
    for (const [field, value] of this.fields) copy.set(field, value)
    copy.large = this.large
    return copy
  }
}
