/** `$equalTo`: as a plain value, but `$` keys inside are names like any other. `$caseInsensitive` for texts. */
import type { JsonCondition, Position } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { type Check, inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { partial, plainJson } from './plain-json.ts'
import { plainText } from './plain-text.ts'
import { isOn, textOperand, wrongOperand } from './spec.ts'

const literal = (spec: unknown): JsonCondition => plainJson(spec, partial, literal)

const same = (operand: unknown, position: Position): Check => {
  const asText = position === 'text' || (position === 'body' && typeof operand === 'string')
  if (!asText) {
    const condition = literal(operand)
    return bodyReads(position, 'json', {
      test: (value) => condition.test(value),
      mismatch: (value) => condition.mismatch(value),
      describe: () => condition.describe(),
      equalities: condition.equalities,
      clauses: condition.clauses,
    })
  }
  // For its mistakes: lists, objects and null are no text.
  plainText(operand)
  const expected = textOperand(operand)
  return bodyReads(position, 'text', {
    test: (text) => text === expected,
    describe: () => shown(expected),
    equalities: [{ path: [], values: [expected] }],
  })
}

const sameButCase = (operand: unknown, position: Position): Check => {
  if (typeof operand !== 'string') throw wrongOperand('a text, with $caseInsensitive', operand)
  const expected = operand.toLowerCase()
  return bodyReads(position, 'text', {
    test: (text) => typeof text === 'string' && text.toLowerCase() === expected,
    describe: () => `${shown(operand)} in any case`,
  })
}

const bodyReads = (position: Position, reads: 'text' | 'json', check: Check): Check =>
  position === 'body' ? { ...check, reads } : check

export const equalTo: ValueOperator = {
  name: '$equalTo',
  kind: 'value',
  options: ['$caseInsensitive'],
  positions: ['text', 'json', 'body'],
  reads: 'plain',
  absent: false,
  check(operand, scope) {
    return isOn('$caseInsensitive', scope.option('$caseInsensitive'))
      ? sameButCase(operand, scope.position)
      : same(operand, scope.position)
  },
  samples: {
    match: [
      inText({ $equalTo: 'a' }, 'b', 'a'),
      inText({ $equalTo: 1 }, '1'),
      inText({ $equalTo: 'ABC', $caseInsensitive: true }, 'abc'),
      inJson({ $equalTo: 1 }, 1),
      inJson({ $equalTo: { $contains: 'x' } }, { $contains: 'x', more: 1 }),
      inJson({ $equalTo: 'ÄB', $caseInsensitive: true }, 'äb'),
      inBody({ $equalTo: 'abc' }, 'abc'),
      inBody({ $equalTo: '' }, ''),
      inBody({ $equalTo: { a: 1 } }, '{"a":1.0,"b":2}'),
    ],
    noMatch: [
      inText({ $equalTo: 'a' }),
      inText({ $equalTo: 'a' }, 'A', ''),
      inJson({ $equalTo: 1 }, '1'),
      inJson({ $equalTo: null }),
      inJson({ $equalTo: { $contains: 'x' } }, 'x'),
      inBody({ $equalTo: 'abc' }, '"abc"'),
      inBody({ $equalTo: { a: 1 } }, '{"a":"1"}'),
    ],
    wrong: [
      { position: 'text', spec: { $equalTo: null } },
      { position: 'text', spec: { $equalTo: ['a'] } },
      { position: 'text', spec: { $equalTo: 'a', $caseInsensitive: 'yes' } },
      { position: 'json', spec: { $equalTo: { a: 1 }, $caseInsensitive: true } },
    ],
  },
}
