/** `number`, `integer`, `decimal`, by how the number is written: `100.0` is a decimal. In text, text that is a number. */
import { isDecimal, isInteger, isNumber, shown, textOf } from '../json-value.ts'
import type { Check, RuleKind } from './rule.ts'

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

const kind =
  (what: string, json: (value: unknown) => boolean, text: RegExp): Check =>
  ({ position, actual }) =>
    (position === 'text' ? text.test(textOf(actual)) : json(actual))
      ? undefined
      : `expected ${shown(actual)} to be ${what}`

export const number: RuleKind = {
  name: 'number',
  aliases: [],
  since: 3,
  read: () => ({ check: kind('a number', isNumber, numeric) }),
  samples: {
    match: [
      { rule: {}, expected: 1, actual: 2.5 },
      { rule: {}, expected: 1, actual: -3 },
      { rule: {}, expected: '1', actual: '2.5', position: 'text' },
    ],
    noMatch: [
      { rule: {}, expected: 1, actual: '2' },
      { rule: {}, expected: 1, actual: null },
      { rule: {}, expected: '1', actual: 'x', position: 'text' },
    ],
  },
}

export const integer: RuleKind = {
  name: 'integer',
  aliases: [],
  since: 3,
  read: () => ({ check: kind('an integer', isInteger, /^[+-]?\d+$/) }),
  samples: {
    match: [
      { rule: {}, expected: 1, actual: 2 },
      { rule: {}, expected: '1', actual: '22', position: 'text' },
    ],
    noMatch: [
      { rule: {}, expected: 1, actual: 2.5 },
      { rule: {}, expected: 1, actual: '2' },
      { rule: {}, expected: '1', actual: '2.5', position: 'text' },
    ],
  },
}

export const decimal: RuleKind = {
  name: 'decimal',
  aliases: ['real'],
  since: 3,
  read: () => ({ check: kind('a decimal number', isDecimal, numeric) }),
  samples: {
    match: [
      { rule: {}, expected: 1.5, actual: 2.25 },
      { rule: {}, expected: '1.5', actual: '2.25', position: 'text' },
    ],
    noMatch: [
      { rule: {}, expected: 1.5, actual: 2 },
      { rule: {}, expected: 1.5, actual: '2.5' },
      { rule: {}, expected: '1.5', actual: 'x', position: 'text' },
    ],
  },
}
