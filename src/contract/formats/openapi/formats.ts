/** What `format` means: those of JSON Schema and OpenAPI's registry that can be decided. Unknown ones say nothing. */
import { isIP } from 'node:net'

export interface StringFormat {
  readonly kind: 'string'
  readonly test: (text: string) => boolean
}

export interface NumberFormat {
  readonly kind: 'number'
  readonly test: (value: number) => boolean
}

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isDate = (text: string): boolean => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day >= 1 && day <= (month === 2 && !leap ? 28 : (days[month - 1] ?? 0))
}

/** RFC 3339 section 5.6; a leap second counts. */
const isTime = (text: string): boolean =>
  /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/i.test(text)

const isDateTime = (text: string): boolean => {
  const [date = '', time = '', more] = text.split(/[tT ]/)
  return more === undefined && isDate(date) && isTime(time)
}

const matches =
  (expression: RegExp) =>
  (text: string): boolean =>
    expression.test(text)

const text = (test: (value: string) => boolean): StringFormat => ({ kind: 'string', test })
const number = (test: (value: number) => boolean): NumberFormat => ({ kind: 'number', test })

export const formats: ReadonlyMap<string, StringFormat | NumberFormat> = new Map<
  string,
  StringFormat | NumberFormat
>([
  ['date', text(isDate)],
  ['date-time', text(isDateTime)],
  ['time', text(isTime)],
  ['duration', text(matches(/^P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/))],
  ['email', text(matches(/^[^\s@]+@[^\s@]+$/))],
  [
    'hostname',
    text(
      matches(
        /^(?=.{1,253}\.?$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i,
      ),
    ),
  ],
  ['ipv4', text((value) => isIP(value) === 4)],
  ['ipv6', text((value) => isIP(value) === 6)],
  ['uri', text((value) => /^[a-z][a-z0-9+.-]*:\S*$/i.test(value))],
  ['uuid', text(matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i))],
  ['byte', text(matches(/^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/))],
  ['int32', number((value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31)],
  // Beyond 2^53 a double cannot tell; its bound is that of 64 bits.
  ['int64', number((value) => Number.isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63)],
])
