/** A moment as Java's DateTimeFormatter writes it. What such a text must look like is known by rules/date-pattern.ts. */
import { ExpressionError, type Moment, type MomentKind } from './moment.ts'

const defaults: Readonly<Record<MomentKind, string>> = {
  Date: 'yyyy-MM-dd',
  Time: 'HH:mm:ss',
  DateTime: "yyyy-MM-dd'T'HH:mm:ss.SSSxx",
}

/** Throws ExpressionError for letters that are none. */
export const formatMoment = (moment: Moment, kind: MomentKind, pattern = defaults[kind]): string => {
  let text = ''
  for (const [piece, quoted, letter] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[\s\S]/g)) {
    if (quoted !== undefined) text += quoted === '' ? "'" : quoted.replaceAll("''", "'")
    // What is optional is written.
    else if (piece === '[' || piece === ']') continue
    else text += letter === undefined ? piece : fieldOf(moment, letter, piece.length, pattern)
  }
  return text
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0')
const name = (at: Date, options: Intl.DateTimeFormatOptions): string =>
  at.toLocaleString('en-US', { ...options, timeZone: 'UTC' })

const fieldOf = ({ at, offsetMinutes }: Moment, letter: string, count: number, pattern: string): string => {
  const [year, month, day, hour] = [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
  ]
  const dayOfYear = Math.floor((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1
  const ofDay = ((hour * 60 + at.getUTCMinutes()) * 60 + at.getUTCSeconds()) * 1000 + at.getUTCMilliseconds()
  const quarter = Math.ceil(month / 3)
  switch (letter) {
    case 'y':
    case 'u':
    case 'Y':
      return count === 2 ? padded(year % 100, 2) : padded(year, count)
    case 'M':
    case 'L':
      if (count <= 2) return padded(month, count)
      return name(at, { month: count === 3 ? 'short' : count === 4 ? 'long' : 'narrow' })
    case 'd':
      return padded(day, count)
    case 'D':
      return padded(dayOfYear, count)
    case 'E':
      return name(at, { weekday: count <= 3 ? 'short' : count === 4 ? 'long' : 'narrow' })
    case 'e':
    case 'c':
      if (count <= 2) return padded(at.getUTCDay() + 1, count)
      return name(at, { weekday: count === 3 ? 'short' : count === 4 ? 'long' : 'narrow' })
    case 'w':
      return padded(Math.ceil((dayOfYear + new Date(Date.UTC(year, 0, 1)).getUTCDay()) / 7), count)
    case 'W':
      return padded(Math.ceil((day + new Date(Date.UTC(year, month - 1, 1)).getUTCDay()) / 7), count)
    case 'F':
      return padded(Math.ceil(day / 7), count)
    case 'Q':
    case 'q':
      if (count <= 2) return padded(quarter, count)
      return count === 3 ? `Q${quarter}` : `${['1st', '2nd', '3rd', '4th'][quarter - 1]} quarter`
    case 'G':
      return count <= 3 ? 'AD' : count === 4 ? 'Anno Domini' : 'A'
    case 'a':
      return hour < 12 ? 'AM' : 'PM'
    case 'H':
      return padded(hour, count)
    case 'k':
      return padded(hour === 0 ? 24 : hour, count)
    case 'h':
      return padded(hour % 12 === 0 ? 12 : hour % 12, count)
    case 'K':
      return padded(hour % 12, count)
    case 'm':
      return padded(at.getUTCMinutes(), count)
    case 's':
      return padded(at.getUTCSeconds(), count)
    case 'S':
      return padded(at.getUTCMilliseconds(), 3).padEnd(count, '0').slice(0, count)
    case 'n':
      return padded(at.getUTCMilliseconds() * 1_000_000, count)
    case 'A':
      return padded(ofDay, count)
    case 'N':
      return padded(ofDay * 1_000_000, count)
    default:
      return zoneOf(offsetMinutes, letter, count, pattern)
  }
}

const zoneOf = (minutes: number, letter: string, count: number, pattern: string): string => {
  const sign = minutes < 0 ? '-' : '+'
  const [hours, rest] = [padded(Math.floor(Math.abs(minutes) / 60), 2), padded(Math.abs(minutes) % 60, 2)]
  const iso =
    count === 1
      ? `${sign}${hours}${rest === '00' ? '' : rest}`
      : `${sign}${hours}${count % 2 === 1 ? ':' : ''}${rest}`
  switch (letter) {
    case 'X':
      return minutes === 0 ? 'Z' : iso
    case 'x':
      return iso
    case 'Z':
      if (count === 4) return minutes === 0 ? 'GMT' : `GMT${sign}${hours}:${rest}`
      return count === 5 ? (minutes === 0 ? 'Z' : `${sign}${hours}:${rest}`) : `${sign}${hours}${rest}`
    case 'O':
    case 'z':
    case 'V':
      if (minutes === 0) return letter === 'O' ? 'GMT' : 'UTC'
      // SimpleDateFormat reads it so, and rules/date-pattern.ts.
      return letter === 'O' ? `GMT${sign}${Number(hours)}:${rest}` : `${sign}${hours}:${rest}`
    default:
      throw new ExpressionError(
        `the format ${JSON.stringify(pattern)} has ${letter}, which is no pattern of Java's`,
      )
  }
}
