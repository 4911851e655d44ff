/** The line that moves while recording goes on, as wide as the terminal at most. */
import type { RecordingView } from '../app/running.ts'
import { cutToWidth, textWidth } from './text-width.ts'

type Numbers = RecordingView['numbers']

const number = (n: number): string => n.toLocaleString('en')

/**
 * `1,204 calls · 37 different · masked 12 cn-mobile, 3 email · 2 in quarantine · 4 not recorded`. Where there is no room
 * types of masked values go first, rarest first; what was lost stays.
 */
export const progressText = (numbers: Numbers, columns: number): string => {
  const types = Object.entries(numbers.masked).sort(([, a], [, b]) => b - a)
  for (let shown = Math.min(5, types.length); shown > 0; shown--) {
    const text = withMasked(numbers, maskedText(types, shown))
    if (textWidth(text) <= columns) return text
  }
  const all = types.reduce((sum, [, count]) => sum + count, 0)
  return cutToWidth(withMasked(numbers, all === 0 ? [] : [`${number(all)} masked`]), columns)
}

const maskedText = (types: readonly (readonly [string, number])[], shown: number): readonly string[] => {
  const named = types.slice(0, shown).map(([type, count]) => `${number(count)} ${type}`)
  const others = types.slice(shown).reduce((sum, [, count]) => sum + count, 0)
  return [`masked ${[...named, ...(others > 0 ? [`${number(others)} others`] : [])].join(', ')}`]
}

const withMasked = (numbers: Numbers, masked: readonly string[]): string => {
  const unversioned = Object.values(numbers.withoutVersion).reduce((sum, count) => sum + count, 0)
  const lost = numbers.tooLarge + numbers.brokenOff + unversioned
  return [
    `${number(numbers.calls)} call${numbers.calls === 1 ? '' : 's'}`,
    `${number(numbers.distinct)} different`,
    ...masked,
    ...(numbers.quarantined > 0 ? [`${number(numbers.quarantined)} in quarantine`] : []),
    ...(numbers.dropped > 0 ? [`${number(numbers.dropped)} dropped`] : []),
    ...(lost > 0 ? [`${number(lost)} not recorded`] : []),
  ].join(' · ')
}
