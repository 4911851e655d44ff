/**
 * Dates by the pattern letters of Java's DateTimeFormatter and SimpleDateFormat, in which Pact writes formats. Only
 * whether a text fits is asked, so names are English and a text may be any moment that the calendar has.
 */
import { escapeText } from './escape-text.ts'
import { RuleError } from './rule.ts'

type Field = 'year' | 'month' | 'day'

interface Part {
  readonly shape: string
  readonly field?: Field
}

const months = 'January|February|March|April|May|June|July|August|September|October|November|December'
const shortMonths = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec'
const days = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday'
const shortDays = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun'

/** Letters that are one number: its shape when written once, and when padded to two digits. */
const numbers: Readonly<Record<string, readonly [once: string, padded: string, field?: Field]>> = {
  d: ['0?[1-9]|[12]\\d|3[01]', '0[1-9]|[12]\\d|3[01]', 'day'],
  H: ['[01]?\\d|2[0-3]', '[01]\\d|2[0-3]'],
  k: ['0?[1-9]|1\\d|2[0-4]', '0[1-9]|1\\d|2[0-4]'],
  h: ['0?[1-9]|1[0-2]', '0[1-9]|1[0-2]'],
  K: ['0?\\d|1[01]', '0\\d|1[01]'],
  m: ['[0-5]?\\d', '[0-5]\\d'],
  s: ['[0-5]?\\d|60', '[0-5]\\d|60'],
  w: ['0?[1-9]|[1-4]\\d|5[0-3]', '0[1-9]|[1-4]\\d|5[0-3]'],
  W: ['[0-6]', '0[0-6]'],
  F: ['[1-5]', '0[1-5]'],
}

const zoneName = '[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*'
const hours = '(?:0\\d|1[0-8])'
const offset = (minutes: string): string => `[+-]${hours}${minutes}`

const partOf = (letter: string, count: number): Part | undefined => {
  const number = numbers[letter]
  if (number !== undefined && Object.hasOwn(numbers, letter)) {
    if (count > 2) return undefined
    const [once, padded, field] = number
    return { shape: count === 1 ? once : padded, ...(field && { field }) }
  }
  switch (letter) {
    case 'y':
    case 'u':
    case 'Y':
      return { shape: count === 2 ? '\\d{2}' : `\\d{${count},${Math.max(count, 9)}}`, field: 'year' }
    case 'M':
    case 'L':
      if (count === 1) return { shape: '0?[1-9]|1[0-2]', field: 'month' }
      if (count === 2) return { shape: '0[1-9]|1[0-2]', field: 'month' }
      if (count === 3) return { shape: shortMonths, field: 'month' }
      if (count === 4) return { shape: months, field: 'month' }
      return count === 5 ? { shape: '[JFMASOND]' } : undefined
    case 'E':
      if (count <= 3) return { shape: shortDays }
      return count === 4 ? { shape: days } : count === 5 ? { shape: '[MTWFS]' } : undefined
    case 'e':
    case 'c':
      if (count <= 2) return { shape: count === 1 ? '[1-7]' : '0[1-7]' }
      return count <= 5 ? partOf('E', count) : undefined
    case 'D':
      return {
        shape:
          count === 3
            ? '00[1-9]|0[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6]'
            : '0{0,2}[1-9]|0?[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6]',
      }
    case 'Q':
    case 'q':
      if (count <= 2) return { shape: count === 1 ? '[1-4]' : '0[1-4]' }
      return count === 3
        ? { shape: 'Q[1-4]' }
        : count === 4
          ? { shape: '(?:1st|2nd|3rd|4th) quarter' }
          : undefined
    case 'G':
      return { shape: count <= 3 ? 'AD|BC' : count === 4 ? 'Anno Domini|Before Christ' : '[AB]' }
    case 'a':
      return count === 1 ? { shape: '[AaPp][Mm]' } : undefined
    case 'S':
      return { shape: `\\d{${count}}` }
    case 'n':
    case 'N':
    case 'A':
      return { shape: `\\d{${count},19}` }
    case 'V':
      return count === 2 ? { shape: zoneName } : undefined
    case 'z':
      return { shape: `${zoneName}|${offset(':?[0-5]\\d')}` }
    case 'O':
      return { shape: '(?:GMT|UTC)(?:[+-]\\d{1,2}(?::[0-5]\\d)?)?' }
    case 'X':
      return count <= 5 ? { shape: `Z|${offsetShape(count)}` } : undefined
    case 'x':
      return count <= 5 ? { shape: offsetShape(count) } : undefined
    case 'Z':
      if (count <= 3) return { shape: offset('[0-5]\\d') }
      if (count === 4) return { shape: '(?:GMT|UTC)(?:[+-]\\d{2}:[0-5]\\d)?' }
      return count === 5 ? { shape: `Z|${offset(':[0-5]\\d')}` } : undefined
    default:
      return undefined
  }
}

const offsetShape = (count: number): string => {
  if (count === 1) return offset('(?:[0-5]\\d)?')
  if (count === 2) return offset('[0-5]\\d')
  if (count === 3) return offset(':[0-5]\\d')
  return offset(count === 4 ? '[0-5]\\d(?:[0-5]\\d)?' : ':[0-5]\\d(?::[0-5]\\d)?')
}

interface Read {
  readonly shape: string
  /** Of the groups, in order. */
  readonly fields: readonly Field[]
}

/** Throws RuleError for letters that Java does not know. */
const readPattern = (pattern: string): Read => {
  const fields: Field[] = []
  let shape = ''
  for (const [piece, quoted] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[\s\S]/g)) {
    if (quoted !== undefined) shape += escapeText(quoted === '' ? "'" : quoted.replaceAll("''", "'"))
    else if (piece === '[') shape += '(?:'
    else if (piece === ']') shape += ')?'
    else if (!/^[A-Za-z]/.test(piece)) shape += escapeText(piece)
    else {
      const part = partOf(piece[0]!, piece.length)
      if (part === undefined)
        throw new RuleError(
          `the format ${JSON.stringify(pattern)} has ${piece}, which is no pattern of Java's`,
        )
      if (part.field !== undefined) fields.push(part.field)
      shape += `(${part.field === undefined ? '?:' : ''}${part.shape})`
    }
  }
  return { shape, fields }
}

export const datePattern = (pattern: string): ((text: string) => boolean) => {
  const { shape, fields } = readPattern(pattern)
  const expression = compile(shape, pattern)
  return (text) => {
    const match = expression.exec(text)
    return match !== null && inCalendar(new Map(fields.map((field, i) => [field, match[i + 1]])))
  }
}

/** As an expression for the whole text; it lets 30 February pass. */
export const datePatternSource = (pattern: string): string => readPattern(pattern).shape

const compile = (shape: string, pattern: string): RegExp => {
  try {
    return new RegExp(`^${shape}$`)
  } catch {
    throw new RuleError(`the format ${JSON.stringify(pattern)} opens and closes its brackets unevenly`)
  }
}

/** There is no 30 February, and no 29 February in 2023. */
const inCalendar = (found: ReadonlyMap<Field, string | undefined>): boolean => {
  const [year, month, day] = [found.get('year'), found.get('month'), found.get('day')]
  if (month === undefined || day === undefined) return true
  const number = /^\d+$/.test(month)
    ? Number(month)
    : shortMonths.replace('Sept|', '').split('|').indexOf(month.slice(0, 3)) + 1
  const date = new Date(0)
  date.setUTCFullYear(year === undefined ? 2000 : Number(year), number - 1, Number(day))
  return date.getUTCDate() === Number(day)
}
