/** Ranges of a text, free of overlaps, asked for in any order: most come one behind the other. */
import type { RunRange } from './runs.ts'

export class Ranges {
  readonly #sorted: RunRange[] = []

  get size(): number {
    return this.#sorted.length
  }

  /** By their places. */
  get all(): readonly RunRange[] {
    return this.#sorted
  }

  overlaps(start: number, end: number): boolean {
    const at = this.#placeOf(start)
    return (
      (this.#sorted[at - 1]?.end ?? 0) > start || (this.#sorted[at]?.start ?? Number.POSITIVE_INFINITY) < end
    )
  }

  /** False, and nothing is added, where part of it is taken. */
  add(start: number, end: number): boolean {
    if (this.overlaps(start, end)) return false
    this.#sorted.splice(this.#placeOf(start), 0, { start, end })
    return true
  }

  /** The first that begins at `start` or later. */
  #placeOf(start: number): number {
    const sorted = this.#sorted
    const last = sorted.at(-1)
    if (last === undefined || last.start < start) return sorted.length
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]!.start < start) low = middle + 1
      else high = middle
    }
    return low
  }
}
