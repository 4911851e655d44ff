/** A set; of small integers alone it is sorted, as Redis' intset. */
import { isInteger64 } from './values.ts'

/** set-max-intset-entries. */
const smallEntries = 512

export class SetValue {
  readonly kind = 'set'
  readonly members = new Set<string>()
  private integers = true

  get size(): number {
    return this.members.size
  }

  has(member: string): boolean {
    return this.members.has(member)
  }

  add(member: string): boolean {
    const before = this.members.size
    this.members.add(member)
    if (this.members.size === before) return false
    if (this.integers && (this.members.size > smallEntries || !isInteger64(member))) this.integers = false
    return true
  }

  delete(member: string): boolean {
    return this.members.delete(member)
  }

  /** In the order in which they are told. */
  all(): string[] {
    const all = [...this.members]
    if (!this.integers) return all
    return all.sort((a, b) => {
      const [x, y] = [BigInt(a), BigInt(b)]
      return x < y ? -1 : x > y ? 1 : 0
    })
  }

  get encoding(): string {
    return this.integers ? 'intset' : 'hashtable'
  }

  clone(): SetValue {
    const copy = new SetValue()
    for (const member of this.members) copy.add(member)
    copy.integers = this.integers
    return copy
  }
}
