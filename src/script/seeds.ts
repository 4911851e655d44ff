/** Chance that repeats: the same for the same run of the same script, whatever runs beside it. */
import type { Seed } from '../core/script.ts'

export class Seeds {
  readonly #seed: number | undefined
  readonly #runs = new Map<string, number>()

  constructor(seed: number | undefined) {
    this.#seed = seed
  }

  /** Runs that follow are as those after a start. */
  begin(): void {
    this.#runs.clear()
  }

  /** For the next run; undefined where nothing is to repeat. */
  next(script: string): Seed | undefined {
    if (this.#seed === undefined) return undefined
    const count = (this.#runs.get(script) ?? 0) + 1
    this.#runs.set(script, count)
    let mixed = this.#seed | 0
    for (const letter of `${script}:${count}`)
      mixed = Math.imul(mixed ^ letter.codePointAt(0)!, 0x01000193) | 0
    const part = (salt: number): number => Math.imul(mixed ^ (mixed >>> 15) ^ salt, 0x2c1b3c6d) | 0
    return [part(1), part(0x9e3779b9), part(0x85ebca6b), part(0xc2b2ae35) | 1]
  }
}
