/** What scripts keep between calls, for one tenant and scenario or service: JSON texts by key, bounded. */

const maxKeys = 10_000
const maxText = 1024 * 1024
const maxAll = 32 * maxText

export class ScriptState {
  private readonly values = new Map<string, string>()
  private size = 0

  get count(): number {
    return this.values.size
  }

  /** JSON, or undefined. */
  get(key: string): string | undefined {
    return this.values.get(key)
  }

  /** Throws when the state would become too large. */
  set(key: string, json: string): void {
    const before = this.values.get(key)
    if (before === undefined && this.values.size >= maxKeys)
      throw new Error(`state holds at most ${maxKeys} keys`)
    if (key.length + json.length > maxText) throw new Error('a value in state has at most 1 MB')
    const size = this.size + json.length - (before === undefined ? -key.length : before.length)
    if (size > maxAll) throw new Error('the values in state have at most 32 MB together')
    this.size = size
    this.values.set(key, json)
  }

  /** Adds to a number, absent counting as 0, and returns the sum. Throws when something else stands there. */
  incr(key: string, by: number): number {
    const before = this.values.get(key) ?? '0'
    const number = /^-?\d/.test(before) ? Number(before) : Number.NaN
    if (Number.isNaN(number) || !Number.isFinite(by)) throw new Error(`state.incr: ${key} is no number`)
    this.set(key, JSON.stringify(number + by))
    return number + by
  }

  delete(key: string): boolean {
    const before = this.values.get(key)
    if (before !== undefined) this.size -= key.length + before.length
    return this.values.delete(key)
  }
}
