/**
 * What follows from a value must follow from its fake: the last digits of a card, what a masked display still shows, a
 * digest (and the date of birth in an identity number, by its own fake). Only known once the whole exchange has been read.
 */
import { createHash } from 'node:crypto'
import type { DigestName, Real, RealValues } from './real-values.ts'

/** Gives a value's fake, as `form` is written. */
type FakeOf = (real: Real, form: string) => string

/** `recent`: the values of this exchange, the latest last. undefined where nothing is known that it follows from. */
export const linkedFake = (
  type: string,
  canon: string,
  recent: readonly Real[],
  values: RealValues,
  fakeOf: FakeOf,
): string | undefined => {
  switch (type) {
    case 'last-four': {
      const number = recent.findLast((real) => isNumber(real) && real.canon.endsWith(canon))
      return number === undefined ? undefined : fakeOf(number, number.canon).slice(-canon.length)
    }
    case 'masked': {
      const shown = patternOf(canon)
      const real =
        recent.findLast((one) => one.detector.type !== 'masked' && shown.test(one.canon)) ??
        lastOf(values, shown)
      return real === undefined ? undefined : displayed(canon, fakeOf(real, real.canon))
    }
    case 'random-string':
    case 'digest': {
      const known = values.byDigest(canon)
      if (known === undefined) return undefined
      const hex = digestOf(known.name, fakeOf(known.real, known.form))
      return /[A-F]/.test(canon) ? hex.toUpperCase() : hex
    }
    default:
      return undefined
  }
}

const numberTypes = new Set(['bank-card', 'cn-mobile', 'phone', 'cn-id', 'account-id'])
const isNumber = (real: Real): boolean => numberTypes.has(real.detector.type)

/** The same signs in the same places, and stars for the rest; `****` may stand for more than four. */
const patternOf = (display: string): RegExp => {
  const source = display
    .replace(/[\s-]/g, '')
    .toUpperCase()
    .replace(/[*•]+/g, '*')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.{1,20}')
  return new RegExp(`^${source}$`, 'i')
}

const lookedAtAtMost = 5_000

const lastOf = (values: RealValues, shown: RegExp): Real | undefined => {
  let last: Real | undefined
  for (const real of values.since(Math.max(0, values.count - lookedAtAtMost)))
    if (shown.test(real.canon)) last = real
  return last
}

/** What stands before the stars from the front of `fake`, what stands behind them from its end. */
const displayed = (display: string, fake: string): string => {
  const first = display.search(/[*•]/)
  const last = Math.max(display.lastIndexOf('*'), display.lastIndexOf('•'))
  const signs = (text: string): number => text.replace(/[\s-]/g, '').length
  const head = fake.slice(0, signs(display.slice(0, first)))
  const tail = signs(display.slice(last + 1)) === 0 ? '' : fake.slice(-signs(display.slice(last + 1)))
  return (
    spread(display.slice(0, first), head) +
    display.slice(first, last + 1) +
    spread(display.slice(last + 1), tail)
  )
}

/** `signs` where `shape` has something other than separators. */
const spread = (shape: string, signs: string): string => {
  let at = 0
  return shape.replace(/[^\s-]/g, () => signs[at++] ?? '')
}

const digestOf = (name: DigestName, text: string): string => createHash(name).update(text).digest('hex')
