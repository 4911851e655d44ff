/** `$and`, `$or`, `$not`: conditions of the same position, joined. */
import { collectMistakes } from '../core/mistakes.ts'
import { allOf, anyOf } from './combine.ts'
import { type GroupOperator, inBody, inJson, inText } from './operator.ts'
import { listOperand } from './spec.ts'

export const and: GroupOperator = {
  name: '$and',
  kind: 'group',
  group: (operand, here) =>
    allOf(collectMistakes(listOperand(operand).map((spec, i) => () => here(spec, [i])))),
  samples: {
    match: [
      inText({ $and: [{ $contains: 'a' }, { $contains: 'b' }] }, 'x', 'ab'),
      inText({ $and: [{ $includes: ['a'] }, { $includes: ['b'] }] }, 'a', 'b'),
      inJson({ $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }),
      inBody({ $and: [{ a: 1 }, { $contains: '"b"' }] }, '{"a":1,"b":2}'),
    ],
    noMatch: [
      // One value must satisfy all.
      inText({ $and: [{ $contains: 'a' }, { $contains: 'b' }] }, 'a', 'b'),
      inText({ $and: ['a', 'b'] }),
      inJson({ $and: [{ a: 1 }, { b: 2 }] }, { a: 1 }),
      inBody({ $and: [{ a: 1 }] }, ''),
    ],
    wrong: [
      { position: 'text', spec: { $and: [] } },
      { position: 'text', spec: { $and: { $contains: 'a' } } },
      { position: 'text', spec: { $and: [{ $containz: 'a' }] } },
    ],
  },
}

export const or: GroupOperator = {
  name: '$or',
  kind: 'group',
  group: (operand, here) =>
    anyOf(collectMistakes(listOperand(operand).map((spec, i) => () => here(spec, [i])))),
  samples: {
    match: [
      inText({ $or: ['a', { $absent: true }] }),
      inText({ $or: ['a', 'b'] }, 'b'),
      inText({ $or: [{ $hasExactly: ['a', 'b'] }, 'z'] }, 'b', 'a'),
      inJson({ $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }),
      inBody({ $or: ['x', { a: 1 }] }, '{"a":1}'),
    ],
    noMatch: [
      inText({ $or: ['a', 'b'] }, 'c'),
      inText({ $or: ['a', 'b'] }),
      inJson({ $or: [{ a: 1 }, null] }, {}),
      inBody({ $or: ['x', { a: 1 }] }, 'y'),
    ],
    wrong: [
      { position: 'json', spec: { $or: 'a' } },
      { position: 'text', spec: { $or: ['a', null] } },
    ],
  },
}

export const not: GroupOperator = {
  name: '$not',
  kind: 'group',
  group(operand, here, problemOf) {
    const inner = here(operand, [])
    const describe = (): string => `not ${inner.describe()}`
    return {
      clauses: 1,
      equalities: [],
      // A body that cannot be looked at satisfies nothing, not even a negation.
      test: (value) => problemOf(value) === undefined && !inner.test(value),
      mismatch: (value) => ({
        path: '',
        expected: describe(),
        actual: problemOf(value) ?? `it is ${inner.describe()}`,
      }),
      describe,
    }
  },
  samples: {
    match: [
      inText({ $not: 'a' }, 'b'),
      inText({ $not: 'a' }),
      // As in WireMock: one value that is not is enough.
      inText({ $not: 'a' }, 'a', 'b'),
      inText({ $not: { $includes: ['c'] } }, 'a', 'b'),
      inJson({ a: { $not: 1 } }, {}),
      inBody({ $not: { a: 1 } }, 'no json'),
    ],
    noMatch: [
      inText({ $not: 'a' }, 'a'),
      inText({ $not: { $absent: true } }),
      inText({ $not: { $includes: ['a'] } }, 'a', 'b'),
      inJson({ a: { $not: 1 } }, { a: 1 }),
      inBody({ $not: { a: 1 } }, '{"a":1}'),
    ],
    wrong: [
      { position: 'text', spec: { $not: null } },
      { position: 'text', spec: { $not: { $unknown: 1 } } },
    ],
  },
}
