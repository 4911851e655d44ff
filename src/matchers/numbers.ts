/** Comparisons of numbers, and of texts that are numbers. Integers of any length are exact. */
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { wrongOperand } from './spec.ts'

type Numeric = number | bigint

const numericText = /^[+-]?(?:\d{1,10000}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/

const numberOf = (text: string): Numeric | undefined => {
  const trimmed = text.trim()
  if (!numericText.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(trimmed)
    ? number
    : BigInt(trimmed.replace('+', ''))
}

const comparison = (
  name: `$${string}`,
  sign: string,
  holds: (actual: Numeric, expected: Numeric) => boolean,
  samples: ValueOperator['samples'],
): ValueOperator => ({
  name,
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand) {
    const expected = typeof operand === 'string' ? numberOf(operand) : operand
    if ((typeof expected !== 'number' && typeof expected !== 'bigint') || Number.isNaN(expected))
      throw wrongOperand('a number', operand)
    return {
      test: (text) => {
        const actual = numberOf(text as string)
        return actual !== undefined && holds(actual, expected)
      },
      describe: () => `${sign} ${shown(expected)}`,
    }
  },
  samples,
})

const wrong = (name: string): ValueOperator['samples']['wrong'] => [
  { position: 'text', spec: { [name]: 'ten' } },
  { position: 'json', spec: { [name]: null } },
  { position: 'body', spec: { [name]: [1] } },
]

// Not `===`: 1n is 1.
export const equalToNumber = comparison(
  '$equalToNumber',
  'number',
  (actual, expected) => actual >= expected && actual <= expected,
  {
    match: [
      inText({ $equalToNumber: 12.5 }, '12.50'),
      inText({ $equalToNumber: 5 }, 'x', '5'),
      inText({ $equalToNumber: '007' }, '7'),
      inJson({ $equalToNumber: 12.5 }, '12.5'),
      inJson({ $equalToNumber: 9007199254740993n }, 9007199254740993n),
      inBody({ $equalToNumber: 1 }, ' 1.0\n'),
    ],
    noMatch: [
      inText({ $equalToNumber: 5 }),
      inText({ $equalToNumber: 0 }, '', 'x'),
      inJson({ $equalToNumber: 1 }, true),
      inJson({ $equalToNumber: 9007199254740993n }, 9007199254740992),
      inJson({ $equalToNumber: 0 }, null),
      inBody({ $equalToNumber: 1 }, '{}'),
    ],
    wrong: wrong('$equalToNumber'),
  },
)

export const greaterThan = comparison('$greaterThan', '>', (actual, expected) => actual > expected, {
  match: [
    inText({ $greaterThan: 10 }, '9', '10.1'),
    inJson({ $greaterThan: 10 }, 11),
    inJson({ $greaterThan: 9007199254740992 }, 9007199254740993n),
    inBody({ $greaterThan: 10 }, '11'),
  ],
  noMatch: [
    inText({ $greaterThan: 10 }, '10'),
    inText({ $greaterThan: 10 }),
    inJson({ $greaterThan: 10 }, [11]),
    inBody({ $greaterThan: 10 }, ''),
  ],
  wrong: wrong('$greaterThan'),
})

export const greaterThanOrEqual = comparison(
  '$greaterThanOrEqual',
  '>=',
  (actual, expected) => actual >= expected,
  {
    match: [inText({ $greaterThanOrEqual: 10 }, '10'), inJson({ $greaterThanOrEqual: 10 }, 10)],
    noMatch: [inText({ $greaterThanOrEqual: 10 }, '9.99'), inJson({ $greaterThanOrEqual: 10 })],
    wrong: wrong('$greaterThanOrEqual'),
  },
)

export const lessThan = comparison('$lessThan', '<', (actual, expected) => actual < expected, {
  match: [inText({ $lessThan: 10 }, '-1e3'), inJson({ $lessThan: 10 }, 9), inBody({ $lessThan: 0 }, '-1')],
  noMatch: [inText({ $lessThan: 10 }, '10'), inText({ $lessThan: 10 }, ''), inJson({ $lessThan: 10 }, null)],
  wrong: wrong('$lessThan'),
})

export const lessThanOrEqual = comparison(
  '$lessThanOrEqual',
  '<=',
  (actual, expected) => actual <= expected,
  {
    match: [inText({ $lessThanOrEqual: 10 }, '10'), inJson({ $lessThanOrEqual: -1 }, -1)],
    noMatch: [inText({ $lessThanOrEqual: 10 }, '10.01'), inJson({ $lessThanOrEqual: 10 }, {})],
    wrong: wrong('$lessThanOrEqual'),
  },
)
