/** `type` and its bounds: the same kind of JSON value, whatever it says; lists and objects of at least `min` and at most `max`. */
import { isFields, isNumber, shown, typeOf } from '../json-value.ts'
import { type Check, RuleError, type RuleKind } from './rule.ts'

const sameType: Check = ({ position, expected, actual }) => {
  if (position === 'text') return undefined
  const [wanted, got] = [typeOf(expected), typeOf(actual)]
  return wanted === got
    ? undefined
    : `expected ${shown(actual)} (${got}) to be of the same type as ${shown(expected)} (${wanted})`
}

const bounded =
  (min: number | undefined, max: number | undefined): Check =>
  (pair) => {
    const problem = sameType(pair)
    const { actual, cascaded } = pair
    if (problem !== undefined || cascaded) return problem
    const count = sizeOf(actual)
    if (count === undefined) return undefined
    if (min !== undefined && count < min)
      return `expected at least ${min} ${min === 1 ? 'item' : 'items'} but got ${count}`
    if (max !== undefined && count > max)
      return `expected at most ${max} ${max === 1 ? 'item' : 'items'} but got ${count}`
    return undefined
  }

/** Items of a list, or fields of an object. */
const sizeOf = (value: unknown): number | undefined => {
  if (Array.isArray(value)) return value.length
  return isFields(value) ? Object.keys(value).length : undefined
}

const bound = (value: unknown, name: string): number | undefined => {
  if (value === undefined || value === null) return undefined
  const number =
    isNumber(value) || typeof value === 'string' ? Number(JSON.parse(JSON.stringify(value))) : NaN
  if (!Number.isInteger(number) || number < 0)
    throw new RuleError(`${name} of the rule type must be a whole number, not ${shown(value)}`)
  return number
}

export const type: RuleKind = {
  name: 'type',
  aliases: ['min-type', 'max-type', 'min-max-type', 'min', 'max'],
  since: 2,
  read: (spec) => {
    const min = bound(spec['min'], 'min')
    const max = bound(spec['max'], 'max')
    return { check: bounded(min, max), ofType: true, min, max }
  },
  samples: {
    match: [
      { rule: {}, expected: 'a', actual: 'b' },
      { rule: {}, expected: 1, actual: 2.5 },
      { rule: {}, expected: null, actual: null },
      { rule: {}, expected: { a: 1 }, actual: {} },
      { rule: {}, expected: '1', actual: 'x', position: 'text' },
      { rule: { min: 1 }, expected: [1], actual: [1, 2] },
      { rule: { max: 2 }, expected: [1], actual: [1, 2] },
      { rule: { min: 1, max: 2 }, expected: [1], actual: [3, 4] },
    ],
    noMatch: [
      { rule: {}, expected: 'a', actual: 1 },
      { rule: {}, expected: 1, actual: true },
      { rule: {}, expected: 1, actual: null },
      { rule: {}, expected: [], actual: {} },
      { rule: { min: 2 }, expected: [1], actual: [1] },
      { rule: { max: 1 }, expected: [1], actual: [1, 2] },
      { rule: { min: 2, max: 3 }, expected: [1], actual: [1] },
    ],
  },
}
