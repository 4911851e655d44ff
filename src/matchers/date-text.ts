/** Reads the dates that HTTP and JSON carry. A date without a zone is UTC. Milliseconds since the epoch, or undefined. */

export const parseDate = (text: string): number | undefined => iso(text.trim()) ?? http(text.trim())

/** RFC 3339 and its shorter ISO 8601 relatives; a zone name in brackets, as Java writes it, is left out. */
const isoShape =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?(?:\[[\w/+-]{1,40}\])?)?$/

const iso = (text: string): number | undefined => {
  const match = isoShape.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match
  const at = utc({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Math.floor(Number(`0.${fraction}`) * 1000),
  })
  return at === undefined ? undefined : at - offsetOf(zone)
}

export const offsetOf = (zone: string): number => {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

export interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** undefined for what the calendar does not have, such as 30 February. */
export const utc = (parts: DateParts): number | undefined => {
  const { year, month, day, hour, minute, second, millisecond } = parts
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return undefined
  date.setUTCHours(hour, minute, second, millisecond)
  return date.getTime()
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

export const monthOf = (name: string): number => monthNames.indexOf(name.slice(0, 3).toLowerCase()) + 1

/** RFC 9110 section 5.6.7: IMF-fixdate, the obsolete RFC 850 form, and asctime. */
const httpShapes = [
  /^\w{3}, (?<day>\d{1,2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) (?<zone>GMT|UTC|[+-]\d{4})$/,
  /^\w{6,9}, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) (?<zone>GMT|UTC)$/,
  /^\w{3} (?<month>\w{3}) {1,2}(?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
]

const http = (text: string): number | undefined => {
  for (const shape of httpShapes) {
    const found = shape.exec(text)?.groups
    if (found === undefined) continue
    const [hour, minute, second] = found['time']!.split(':').map(Number) as [number, number, number]
    const year = Number(found['year'])
    const at = utc({
      // RFC 850's two digits: this century's, until they lie more than 50 years ahead of 2020.
      year: year > 99 ? year : year > 70 ? 1900 + year : 2000 + year,
      month: monthOf(found['month']!),
      day: Number(found['day']),
      hour,
      minute,
      second,
      millisecond: 0,
    })
    return at === undefined ? undefined : at - offsetOf(found['zone'] ?? '')
  }
  return undefined
}
