/**
 * What is under way, by number. Not a Map: one that lives long and forgets as fast as it learns is copied again and
 * again, and the old copies, which V8 keeps linked to the new ones until a full collection, hold on to all that they
 * held then. Here a number says where its value lies.
 */

/** A number is a place and, above it, how often places have been taken. */
const places = 2 ** 20

export class Slots<T> {
  private readonly held: ({ readonly id: number; readonly value: T } | undefined)[] = []
  private readonly free: number[] = []
  private taken = 0
  size = 0

  /** A number that was never used before. */
  next(): number {
    const place = this.free.pop() ?? this.held.push(undefined) - 1
    return ++this.taken * places + place
  }

  /** Under a number of `next`, its own or that of the other side. */
  set(id: number, value: T): void {
    const place = id % places
    while (this.held.length <= place) this.held.push(undefined)
    if (this.held[place] === undefined) this.size++
    this.held[place] = { id, value }
  }

  get(id: number): T | undefined {
    const found = this.held[id % places]
    return found?.id === id ? found.value : undefined
  }

  /** The number can be forgotten, too: `release`. */
  delete(id: number): boolean {
    const place = id % places
    if (this.held[place]?.id !== id) return false
    this.held[place] = undefined
    this.size--
    return true
  }

  /** Its place may be taken by another number. */
  release(id: number): void {
    this.free.push(id % places)
  }

  values(): T[] {
    return this.held.flatMap((one) => (one === undefined ? [] : [one.value]))
  }
}
