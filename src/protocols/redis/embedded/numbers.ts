/** Numbers as Redis reads and writes them: 64-bit integers, doubles as `%.17g`, and the decimals of INCRBYFLOAT. */
import { Failure, notFloat, notInteger } from './failure.ts'

export const minInt64 = -(2n ** 63n)
export const maxInt64 = 2n ** 63n - 1n

/** As string2ll: no plus, no leading zeros, no spaces; undefined: no 64-bit integer. */
export const parseInt64 = (text: string): bigint | undefined => {
  if (text.length > 20 || !/^(?:0|-?[1-9]\d*)$/.test(text)) return undefined
  const value = BigInt(text)
  return value < minInt64 || value > maxInt64 ? undefined : value
}

/** The same; throws `why`. */
export const int64 = (text: string, why: () => Failure = notInteger): bigint => {
  const value = parseInt64(text)
  if (value === undefined) throw why()
  return value
}

/** A 64-bit integer of which only the size matters: beyond 2^53 it is rounded. */
export const integer = (text: string, why: () => Failure = notInteger): number => {
  const code = text.charCodeAt(0)
  if (text.length < 10 && code > 48 && code < 58 && /^\d+$/.test(text)) return Number(text)
  return Number(int64(text, why))
}

/** An integer from `least` to `most`; anything else is refused in the same words. */
export const ranged = (text: string, least: number, most: number, message: string): number => {
  const value = integer(text, () => new Failure(message))
  if (value < least || value > most) throw new Failure(message)
  return value
}

/** `COUNT` and the like: 0 and more. */
export const positive = (text: string): number =>
  ranged(text, 0, 2 ** 63, 'ERR value is out of range, must be positive')

/** As strtod reads all of it; undefined: it does not, or it is no number. */
export const parseDouble = (text: string): number | undefined => {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text)
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text)
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity
  const hex = /^([+-]?)0x([0-9a-f]+)$/i.exec(text)
  if (hex !== null) return (hex[1] === '-' ? -1 : 1) * Number.parseInt(hex[2]!, 16)
  return undefined
}

export const double = (text: string, why: () => Failure = notFloat): number => {
  const value = parseDouble(text)
  if (value === undefined) throw why()
  return value
}

/** C's `%.17g`. */
export const formatDouble = (value: number): string => {
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return Object.is(value, -0) ? '-0' : String(value)
  const [mantissa, power] = value.toExponential(16).split('e') as [string, string]
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 17) {
    const digits = trimZeros(mantissa)
    const size = Math.abs(exponent)
    return `${digits}e${exponent < 0 ? '-' : '+'}${size < 10 ? `0${size}` : size}`
  }
  return trimZeros(value.toFixed(Math.max(0, 16 - exponent)))
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/**
 * A long double as x86 has it, 64 bits times a power of two: INCRBYFLOAT adds such, so that 0.1 and 0.2 are 0.3, and writes 17
 * places of the sum.
 */
export interface LongDouble {
  readonly mantissa: bigint
  readonly exponent: number
}

const mantissaBits = 64
/** Longer numbers are refused instead of computed. */
const mostPlaces = 400

/** To the nearest, and to the even one of two. */
const divided = (value: bigint, by: bigint): bigint => {
  const [whole, rest] = [value / by, 2n * (value % by)]
  return rest > by || (rest === by && whole % 2n === 1n) ? whole + 1n : whole
}

/** value / by * 2^exponent, in 64 bits. */
const rounded = (value: bigint, by: bigint, exponent: number): LongDouble => {
  if (value < 0n) {
    const { mantissa, exponent: power } = rounded(-value, by, exponent)
    return { mantissa: -mantissa, exponent: power }
  }
  if (value === 0n) return { mantissa: 0n, exponent: 0 }
  const excess = value.toString(2).length - by.toString(2).length - mantissaBits
  const shifted = (shift: number): bigint =>
    shift >= 0 ? divided(value, by << BigInt(shift)) : divided(value << BigInt(-shift), by)
  const fits = (mantissa: bigint): boolean => mantissa < 1n << BigInt(mantissaBits)
  const [less, more] = [shifted(excess), shifted(excess + 1)]
  return fits(less)
    ? { mantissa: less, exponent: exponent + excess }
    : { mantissa: more, exponent: exponent + excess + 1 }
}

export const longDouble = (text: string, why: () => Failure = notFloat): LongDouble => {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null || (match[2] === '' && match[3] === '')) {
    const value = parseDouble(text)
    if (value === undefined) throw why()
    if (!Number.isFinite(value)) throw new Failure('ERR increment would produce NaN or Infinity')
    return rounded(BigInt(Math.trunc(value)), 1n, 0)
  }
  const [, sign, whole = '', part = '', power = '0'] = match
  const exponent = Number(power)
  if (Math.abs(exponent) > mostPlaces || part.length > mostPlaces) throw why()
  const digits = BigInt(`${sign}${whole}${part}`)
  const places = part.length - exponent
  return places < 0
    ? rounded(digits * 10n ** BigInt(-places), 1n, 0)
    : rounded(digits, 10n ** BigInt(places), 0)
}

export const addLongDoubles = (a: LongDouble, b: LongDouble): LongDouble => {
  const exponent = Math.min(a.exponent, b.exponent)
  const aligned = (one: LongDouble): bigint => one.mantissa << BigInt(one.exponent - exponent)
  return rounded(aligned(a) + aligned(b), 1n, exponent)
}

/** At most 17 places, without zeros at the end. */
export const formatLongDouble = ({ mantissa, exponent }: LongDouble): string => {
  const size = (mantissa < 0n ? -mantissa : mantissa) * 10n ** 17n
  const scaled = exponent >= 0 ? size << BigInt(exponent) : divided(size, 1n << BigInt(-exponent))
  const text = scaled.toString().padStart(18, '0')
  const shown = trimZeros(`${text.slice(0, -17)}.${text.slice(-17)}`)
  return mantissa < 0n && shown !== '0' ? `-${shown}` : shown
}
