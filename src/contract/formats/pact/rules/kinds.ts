/** `boolean`, `null` and `notEmpty`: what kind of value it is. */
import { isFields, shown } from '../json-value.ts'
import type { RuleKind } from './rule.ts'

/** Texts that say true or false count too, as in the other implementations. */
export const boolean: RuleKind = {
  name: 'boolean',
  aliases: [],
  since: 3,
  read: () => ({
    check: ({ actual }) =>
      typeof actual === 'boolean' || actual === 'true' || actual === 'false'
        ? undefined
        : `expected ${shown(actual)} to be a boolean`,
  }),
  samples: {
    match: [
      { rule: {}, expected: true, actual: false },
      { rule: {}, expected: 'true', actual: 'false', position: 'text' },
      { rule: {}, expected: true, actual: 'true' },
    ],
    noMatch: [
      { rule: {}, expected: true, actual: 1 },
      { rule: {}, expected: true, actual: 'yes' },
      { rule: {}, expected: true, actual: null },
    ],
  },
}

export const nothing: RuleKind = {
  name: 'null',
  aliases: [],
  since: 3,
  read: () => ({
    check: ({ actual }) => (actual === null ? undefined : `expected ${shown(actual)} to be null`),
  }),
  samples: {
    match: [{ rule: {}, expected: null, actual: null }],
    noMatch: [
      { rule: {}, expected: null, actual: 0 },
      { rule: {}, expected: null, actual: '' },
    ],
  },
}

export const notEmpty: RuleKind = {
  name: 'notEmpty',
  aliases: ['not-empty'],
  since: 4,
  read: () => ({
    check: ({ actual }) => {
      const empty =
        actual === null ||
        actual === '' ||
        (Array.isArray(actual) && actual.length === 0) ||
        (isFields(actual) && Object.keys(actual).length === 0)
      return empty ? `expected ${shown(actual)} not to be empty` : undefined
    },
  }),
  samples: {
    match: [
      { rule: {}, expected: 'a', actual: 'b' },
      { rule: {}, expected: [1], actual: [2] },
      { rule: {}, expected: { a: 1 }, actual: { b: 1 } },
      { rule: {}, expected: 1, actual: 0 },
    ],
    noMatch: [
      { rule: {}, expected: 'a', actual: '' },
      { rule: {}, expected: 'a', actual: null },
      { rule: {}, expected: [1], actual: [] },
      { rule: {}, expected: { a: 1 }, actual: {} },
      { rule: {}, expected: 'a', actual: '', position: 'text' },
    ],
  },
}
