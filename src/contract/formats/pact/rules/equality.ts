/** `equality`: as if there were no rule; ends what cascades from above. */
import { sameJson, shown, typeOf } from '../json-value.ts'
import type { Check, RuleKind } from './rule.ts'

export const equal: Check = ({ position, expected, actual }) => {
  if (sameJson(expected, actual)) return undefined
  if (position === 'text' || typeOf(expected) === typeOf(actual))
    return `expected ${shown(expected)} but got ${shown(actual)}`
  return `expected ${shown(expected)} (${typeOf(expected)}) but got ${shown(actual)} (${typeOf(actual)})`
}

export const equality: RuleKind = {
  name: 'equality',
  aliases: [],
  since: 3,
  read: () => ({ check: equal }),
  samples: {
    match: [
      { rule: {}, expected: 'a', actual: 'a' },
      { rule: {}, expected: { a: [1] }, actual: { a: [1] } },
      { rule: {}, expected: '1', actual: '1', position: 'text' },
    ],
    noMatch: [
      { rule: {}, expected: 'a', actual: 'A' },
      { rule: {}, expected: 1, actual: '1' },
      { rule: {}, expected: null, actual: false },
    ],
  },
}
