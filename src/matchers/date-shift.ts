/** `now +3 days` and truncations such as `first day of month`: WireMock's words. All in UTC. */
import { SpecError } from '../core/matcher.ts'

export type Shift = (at: number) => number

const byTime: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

/** The offset of `now`, `now +3 days`, `-1 hours`; undefined for anything else. */
export const offsetFromNow = (text: string): Shift | undefined => {
  if (/^now$/i.test(text)) return (at) => at
  const match = /^(?:now ?)?([+-]? ?\d{1,9}) ([a-z]+?)s?$/i.exec(text)
  if (match === null) return undefined
  const amount = Number(match[1]!.replace(' ', ''))
  const unit = match[2]!.toLowerCase()
  if (unit === 'month') return (at) => plusMonths(at, amount)
  if (unit === 'year') return (at) => plusMonths(at, 12 * amount)
  const milliseconds = Object.hasOwn(byTime, unit) ? byTime[unit] : undefined
  if (milliseconds === undefined)
    throw new SpecError(
      `unknown unit of time: ${match[2]}`,
      [],
      'write seconds, minutes, hours, days, weeks, months or years',
    )
  return (at) => at + amount * milliseconds
}

/** 31 January plus a month is the last day of February. */
const plusMonths = (at: number, months: number): number => {
  const date = new Date(at)
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() + months)
  if (date.getUTCDate() !== day) date.setUTCDate(0)
  return date.getTime()
}

const startOf =
  (milliseconds: number): Shift =>
  (at) =>
    Math.floor(at / milliseconds) * milliseconds

const dayOf =
  (place: (year: number, month: number) => readonly [year: number, month: number, day: number]): Shift =>
  (at) => {
    const date = new Date(at)
    return Date.UTC(...place(date.getUTCFullYear(), date.getUTCMonth()))
  }

const truncations: Readonly<Record<string, Shift>> = {
  'first second of minute': startOf(60_000),
  'first minute of hour': startOf(3_600_000),
  'first hour of day': startOf(86_400_000),
  'first day of month': dayOf((year, month) => [year, month, 1]),
  'first day of next month': dayOf((year, month) => [year, month + 1, 1]),
  'last day of month': dayOf((year, month) => [year, month + 1, 0]),
  'first day of year': dayOf((year) => [year, 0, 1]),
  'first day of next year': dayOf((year) => [year + 1, 0, 1]),
  'last day of year': dayOf((year) => [year, 11, 31]),
}

export const truncation = (option: `$${string}`, words: unknown): Shift => {
  if (words === undefined) return (at) => at
  const known = String(words).toLowerCase().replaceAll('_', ' ')
  if (Object.hasOwn(truncations, known)) return truncations[known]!
  throw new SpecError(
    `${option} does not know ${words}`,
    [],
    `it is one of ${Object.keys(truncations).join(', ')}`,
  )
}
