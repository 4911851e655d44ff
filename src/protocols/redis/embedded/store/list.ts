/** A list: an array with room at its head, so that both ends are cheap. */
export class ListValue {
  readonly kind = 'list'
  private items: string[] = []
  /** Where the list begins in `items`; before it there is room. */
  private head = 0

  get length(): number {
    return this.items.length - this.head
  }

  /** Below 0 or beyond the end: undefined. */
  at(index: number): string | undefined {
    return index < 0 ? undefined : this.items[this.head + index]
  }

  set(index: number, value: string): void {
    this.items[this.head + index] = value
  }

  pushTail(value: string): void {
    this.items.push(value)
  }

  pushHead(value: string): void {
    if (this.head === 0) {
      const room = Math.max(16, this.items.length)
      this.items = [...new Array<string>(room).fill(''), ...this.items]
      this.head = room
    }
    this.items[--this.head] = value
  }

  push(value: string, end: End): void {
    if (end === 'head') this.pushHead(value)
    else this.pushTail(value)
  }

  /** undefined: it is empty. */
  pop(end: End): string | undefined {
    if (this.length === 0) return undefined
    if (end === 'tail') return this.items.pop()
    const value = this.items[this.head]!
    this.items[this.head++] = ''
    if (this.head > 64 && this.head > this.items.length / 2) this.replace(this.range(0, this.length))
    return value
  }

  /** From `start` up to, but not including, `stop`. */
  range(start: number, stop: number): string[] {
    return this.items.slice(this.head + start, this.head + stop)
  }

  insert(index: number, value: string): void {
    this.items.splice(this.head + index, 0, value)
  }

  remove(index: number): void {
    this.items.splice(this.head + index, 1)
  }

  replace(items: string[]): void {
    this.items = items
    this.head = 0
  }

  get encoding(): string {
    return 'quicklist'
  }

  clone(): ListValue {
    const copy = new ListValue()
    copy.replace(this.range(0, this.length))
    return copy
  }
}

export type End = 'head' | 'tail'
