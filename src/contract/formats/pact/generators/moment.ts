/**
 * Times as generators count them: relative to the clock (`next monday @ noon + 2 hours`), and written by Java's pattern letters. The
 * language of the expressions is that of Pact's own implementations.
 */

/** Fields of a clock on a wall: `at` has them as its UTC fields. */
export interface Moment {
  readonly at: Date
  /** East of UTC. */
  readonly offsetMinutes: number
}

export const momentOf = (now: Date): Moment => {
  const offsetMinutes = -now.getTimezoneOffset()
  return { at: new Date(now.getTime() + offsetMinutes * 60_000), offsetMinutes }
}

export class ExpressionError extends Error {}

type Step = (at: Date) => Date

const dayMs = 86_400_000
const add =
  (ms: number): Step =>
  (at) =>
    new Date(at.getTime() + ms)

/** The day stays, or becomes the last of a shorter month. */
const addMonths =
  (months: number): Step =>
  (at) => {
    const moved = new Date(at)
    moved.setUTCDate(1)
    moved.setUTCMonth(at.getUTCMonth() + months)
    const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
    moved.setUTCDate(Math.min(at.getUTCDate(), last))
    return moved
  }

const dateUnits: Readonly<Record<string, (count: number) => Step>> = {
  day: (count) => add(count * dayMs),
  week: (count) => add(count * 7 * dayMs),
  fortnight: (count) => add(count * 14 * dayMs),
  month: addMonths,
  year: (count) => addMonths(count * 12),
}
const timeUnits: Readonly<Record<string, (count: number) => Step>> = {
  hour: (count) => add(count * 3_600_000),
  minute: (count) => add(count * 60_000),
  second: (count) => add(count * 1000),
  millisecond: add,
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdayName =
  /^(?:sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?)$/
const monthName =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/

/** The next or last day of that name, never the same day; of a month, its first day. */
const named = (name: string, direction: 1 | -1): Step | undefined => {
  if (weekdayName.test(name)) {
    const wanted = weekdays.indexOf(name.slice(0, 3))
    return (at) => {
      const days = (direction * (wanted - at.getUTCDay()) + 6) % 7
      return add(direction * (((days + 7) % 7) + 1) * dayMs)(at)
    }
  }
  if (!monthName.test(name)) return undefined
  const wanted = months.indexOf(name.slice(0, 3))
  return (at) => {
    const away = ((direction * (wanted - at.getUTCMonth()) + 11) % 12) + 1
    const moved = addMonths(direction * away)(at)
    moved.setUTCDate(1)
    return moved
  }
}

const onTheHour = (at: Date, hour: number): Date => {
  const moved = new Date(at)
  moved.setUTCHours(hour, 0, 0, 0)
  return moved
}

const dateBases: Readonly<Record<string, Step>> = {
  now: (at) => at,
  today: (at) => at,
  yesterday: add(-dayMs),
  tomorrow: add(dayMs),
}
const timeBases: Readonly<Record<string, Step>> = {
  now: (at) => at,
  midnight: (at) => onTheHour(at, 0),
  noon: (at) => onTheHour(at, 12),
}

const clock = (text: string): { readonly step: Step; readonly rest: string } | undefined => {
  const found = /^(\d+)\s*o'clock\s*(am|pm)?/.exec(text)
  if (found === null) return undefined
  const hour = Number(found[1])
  if (hour < 1 || hour > 12) throw new ExpressionError(`${hour} o'clock is no hour of a clock`)
  const half = found[2]
  return {
    step: (at) => {
      // Without am and pm it is the half of the day that is to come.
      const afternoon = half === undefined ? at.getUTCHours() < 12 : half === 'pm'
      return onTheHour(at, afternoon && hour < 12 ? hour + 12 : hour)
    },
    rest: text.slice(found[0].length),
  }
}

/** `[base | next unit | last unit] [+|- count unit]…`. */
const stepsOf = (
  text: string,
  bases: Readonly<Record<string, Step>>,
  units: Readonly<Record<string, (count: number) => Step>>,
  withNames: boolean,
): readonly Step[] => {
  const steps: Step[] = []
  let rest = text.trim().toLowerCase()
  const wrong = (): ExpressionError =>
    new ExpressionError(`${JSON.stringify(text.trim())} is no time that Pact knows`)
  const unitOf = (name: string, count: number): Step | undefined => {
    const unit = name.replace(/s$/, '')
    return Object.hasOwn(units, unit) ? units[unit]!(count) : undefined
  }
  const relative = /^(next|last)\s+([a-z]+)/.exec(rest)
  const base = /^[a-z]+/.exec(rest)
  const hour = withNames ? undefined : clock(rest)
  if (relative !== null) {
    const direction = relative[1] === 'next' ? 1 : -1
    const step = unitOf(relative[2]!, direction) ?? (withNames ? named(relative[2]!, direction) : undefined)
    if (step === undefined) throw wrong()
    steps.push(step)
    rest = rest.slice(relative[0].length)
  } else if (hour !== undefined) {
    steps.push(hour.step)
    rest = hour.rest
  } else if (base !== null) {
    if (!Object.hasOwn(bases, base[0])) throw wrong()
    steps.push(bases[base[0]]!)
    rest = rest.slice(base[0].length)
  }
  while (rest.trim() !== '') {
    const found = /^\s*([+-])\s*(\d{1,9})\s*([a-z]+)/.exec(rest)
    const step = found === null ? undefined : unitOf(found[3]!, Number(`${found[1]}${found[2]}`))
    if (found === null || step === undefined) throw wrong()
    steps.push(step)
    rest = rest.slice(found[0].length)
  }
  return steps
}

export type MomentKind = 'Date' | 'Time' | 'DateTime'

/** Throws ExpressionError. A DateTime's is `<date> @ <time>`, either of which may be left out. */
export const moved = (moment: Moment, kind: MomentKind, expression: string): Moment => {
  const split = expression.indexOf('@')
  const [dates, times] =
    kind === 'Date'
      ? [expression, '']
      : kind === 'Time'
        ? ['', expression]
        : split < 0
          ? [expression, '']
          : [expression.slice(0, split), expression.slice(split + 1)]
  const steps = [
    ...stepsOf(dates, dateBases, dateUnits, true),
    ...stepsOf(times, timeBases, timeUnits, false),
  ]
  const at = steps.reduce((before, step) => step(before), moment.at)
  if (Number.isNaN(at.getTime()))
    throw new ExpressionError(`${JSON.stringify(expression)} is beyond the calendar`)
  return { ...moment, at }
}
