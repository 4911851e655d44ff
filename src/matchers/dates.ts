/** `$before`, `$after`, `$equalToDateTime`: points in time. The expected one is fixed, or counted from now. */
import { SpecError } from '../core/matcher.ts'
import { dateReader } from './date-format.ts'
import { offsetFromNow, truncation } from './date-shift.ts'
import { parseDate } from './date-text.ts'
import { inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { isOn, wrongOperand } from './spec.ts'

interface Expected {
  readonly at: () => number
  /** Counted from now. */
  readonly moves: boolean
}

const expectedAt = (operand: unknown, { tools, option }: Scope): Expected => {
  if (typeof operand !== 'string')
    throw wrongOperand('a date as text, such as 2026-01-31T12:00:00Z or now +3 days', operand)
  const truncate = truncation('$truncateExpected', option('$truncateExpected'))
  const offset = offsetFromNow(operand.trim())
  if (offset !== undefined)
    return {
      at: isOn('$applyTruncationLast', option('$applyTruncationLast'))
        ? () => truncate(offset(tools.now()))
        : () => offset(truncate(tools.now())),
      moves: true,
    }
  const fixed = parseDate(operand)
  if (fixed === undefined)
    throw new SpecError(
      `not a date: ${operand}`,
      [],
      'write 2026-01-31, 2026-01-31T12:00:00Z, or from now: now, now +3 days, now -1 hours',
    )
  const at = truncate(fixed)
  return { at: () => at, moves: false }
}

const comparison = (
  name: `$${string}`,
  words: string,
  holds: (actual: number, expected: number) => boolean,
  samples: ValueOperator['samples'],
): ValueOperator => ({
  name,
  kind: 'value',
  options: ['$truncateExpected', '$applyTruncationLast', '$truncateActual', '$actualFormat'],
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand, scope) {
    const expected = expectedAt(operand, scope)
    const read = dateReader(scope.option('$actualFormat'))
    const truncate = truncation('$truncateActual', scope.option('$truncateActual'))
    return {
      test: (text) => {
        const actual = read(text as string)
        return actual !== undefined && holds(truncate(actual), expected.at())
      },
      changes: expected.moves,
      describe: () => `${words} ${operand}`,
    }
  },
  samples,
})

const wrong = (name: string): ValueOperator['samples']['wrong'] => [
  { position: 'text', spec: { [name]: 'tomorrow' } },
  { position: 'text', spec: { [name]: '2026-02-30' } },
  { position: 'text', spec: { [name]: 'now +3 fortnights' } },
  { position: 'json', spec: { [name]: 20260101 } },
  { position: 'text', spec: { [name]: 'now', $truncateExpected: 'first day of week' } },
  { position: 'text', spec: { [name]: 'now', $actualFormat: 'qqq' } },
]

// In samples, now is 2026-03-15T12:34:56.789Z.
export const before = comparison('$before', 'before', (actual, expected) => actual < expected, {
  match: [
    inText({ $before: '2026-01-01T00:00:00Z' }, '2025-12-31T23:59:59.999Z'),
    inText({ $before: '2026-01-01' }, 'Wed, 31 Dec 2025 23:59:59 GMT'),
    inText({ $before: 'now' }, '2026-03-15T13:34:00+01:00'),
    inText({ $before: 'now +1 months' }, 'x', '2026-04-15'),
    inJson({ $before: 'now', $actualFormat: 'unix' }, 1700000000),
    inBody({ $before: '2026-01-01' }, '2025-01-01'),
  ],
  noMatch: [
    inText({ $before: '2026-01-01' }, '2026-01-01T00:00:00Z'),
    inText({ $before: 'now' }),
    inText({ $before: 'now', $truncateExpected: 'first day of month' }, '2026-03-01'),
    inJson({ $before: 'now' }, null),
    inBody({ $before: 'now' }, 'no date'),
  ],
  wrong: wrong('$before'),
})

export const after = comparison('$after', 'after', (actual, expected) => actual > expected, {
  match: [
    inText({ $after: '2026-01-01T00:00:00+01:00' }, '2025-12-31T23:30:00Z'),
    inText({ $after: 'now -1 hours' }, '2026-03-15T11:35:00Z'),
    inText({ $after: '-3 days' }, '2026-03-13'),
    inText({ $after: '2026-01-01', $actualFormat: 'dd/MM/yyyy' }, '02/01/2026'),
    inJson({ $after: '2023-01-01', $actualFormat: 'epoch' }, 1700000000000),
  ],
  noMatch: [
    inText({ $after: 'now' }, '2026-03-15T12:34:56.789Z'),
    inText({ $after: '2026-01-01' }, '', '31.12.2026'),
    inText({ $after: '2026-01-01' }),
    inJson({ $after: '2026-01-01' }, {}),
  ],
  wrong: wrong('$after'),
})

export const equalToDateTime = comparison(
  '$equalToDateTime',
  'at',
  (actual, expected) => actual === expected,
  {
    match: [
      inText({ $equalToDateTime: '2026-01-01T12:00:00Z' }, '2026-01-01T13:00:00+01:00'),
      inText(
        { $equalToDateTime: '2026-03-01', $truncateActual: 'first day of month' },
        '2026-03-31T23:59:59Z',
      ),
      inText(
        {
          $equalToDateTime: 'now',
          $truncateExpected: 'first hour of day',
          $truncateActual: 'first hour of day',
        },
        '2026-03-15T01:02:03Z',
      ),
      inText(
        {
          $equalToDateTime: 'now +1 months',
          $truncateExpected: 'last day of month',
          $applyTruncationLast: true,
        },
        '2026-04-30',
      ),
      inJson({ $equalToDateTime: '1994-11-06T08:49:37Z' }, 'Sunday, 06-Nov-94 08:49:37 GMT'),
    ],
    noMatch: [
      inText({ $equalToDateTime: '2026-01-01T12:00:00Z' }, '2026-01-01T12:00:01Z'),
      inText({ $equalToDateTime: '2026-01-01' }),
      inJson({ $equalToDateTime: '2026-01-01' }, 2026),
    ],
    wrong: wrong('$equalToDateTime'),
  },
)
