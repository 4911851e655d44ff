/** What rounds measured in turns come to: medians, and the median of the rounds' own ratios. */
import type { Ratio } from './wrk.ts'

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Of each round, subject and yardstick. */
export const ratio = (pairs: readonly (readonly [number, number])[]): Ratio => {
  const ratios = pairs.map(([subject, yardstick]) => subject / yardstick)
  return {
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    subject: median(pairs.map(([subject]) => subject)),
    yardstick: median(pairs.map(([, yardstick]) => yardstick)),
  }
}
