/** A linear congruential generator, so that a seed names what a run decides (not when the machine does it). */
export class Lots {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.state / 2 ** 32) * n)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}
