/** Rules on the text of a value: `regex`, `include`, `semver`. A number or boolean is compared by its JSON text. */
import { isFields, shown, textOf } from '../json-value.ts'
import { RuleError, type RuleKind } from './rule.ts'

/** The whole text must match, as the specification's cases have it. */
export const regex: RuleKind = {
  name: 'regex',
  aliases: [],
  since: 2,
  read: (spec, _read, { matches }) => {
    const source = spec['regex']
    if (typeof source !== 'string') throw new RuleError('the rule regex needs regex: an expression as text')
    const test = matches(source)
    return {
      check: ({ actual }) =>
        test(textOf(actual)) ? undefined : `expected ${shown(actual)} to match /${source}/`,
    }
  },
  samples: {
    match: [
      { rule: { regex: 'a|ab' }, expected: 'x', actual: 'ab' },
      { rule: { regex: '^\\d+$' }, expected: 1, actual: 42 },
      { rule: { regex: 'red|blue' }, expected: 'red', actual: 'blue', position: 'text' },
      { rule: { regex: '(?i)abc' }, expected: 'x', actual: 'ABC' },
      { rule: { regex: '\\A[[:alpha:]]+\\z' }, expected: 'x', actual: 'abc' },
      { rule: { regex: '^a$' }, expected: 'x', actual: 'a' },
    ],
    noMatch: [
      { rule: { regex: '^\\d+$' }, expected: 'x', actual: '42a' },
      { rule: { regex: '\\d' }, expected: 'a', actual: 'a1' },
      { rule: { regex: '^$' }, expected: 'a', actual: null },
    ],
  },
}

export const include: RuleKind = {
  name: 'include',
  aliases: [],
  since: 3,
  read: (spec) => {
    if (spec['value'] === undefined) throw new RuleError('the rule include needs value: a text')
    const wanted = textOf(spec['value'])
    return {
      check: ({ actual }) =>
        textOf(actual).includes(wanted) ? undefined : `expected ${shown(actual)} to include ${shown(wanted)}`,
    }
  },
  samples: {
    match: [
      { rule: { value: 'b' }, expected: 'x', actual: 'abc' },
      { rule: { value: 2 }, expected: 'x', actual: 123 },
    ],
    noMatch: [{ rule: { value: 'B' }, expected: 'x', actual: 'abc' }],
  },
}

/** Semantic Versioning 2.0.0, the expression that semver.org recommends. */
const version =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

export const semver: RuleKind = {
  name: 'semver',
  aliases: [],
  since: 4,
  read: () => ({
    check: ({ actual }) =>
      typeof actual === 'string' && version.test(actual)
        ? undefined
        : `expected ${shown(isFields(actual) ? '{…}' : actual)} to be a semantic version`,
  }),
  samples: {
    match: [
      { rule: {}, expected: '1.0.0', actual: '2.13.4-beta.1+build' },
      { rule: {}, expected: '1.0.0', actual: '0.0.1', position: 'text' },
    ],
    noMatch: [
      { rule: {}, expected: '1.0.0', actual: '1.0' },
      { rule: {}, expected: '1.0.0', actual: '01.0.0' },
      { rule: {}, expected: '1.0.0', actual: 'v1.0.0' },
      { rule: {}, expected: '1.0.0', actual: 1 },
    ],
  },
}
