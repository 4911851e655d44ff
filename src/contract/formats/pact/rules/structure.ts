/**
 * Rules on what lists and objects hold: `values` (any keys), `eachKey`, `eachValue`, `arrayContains`. Here is what they say;
 * compare/json.ts walks.
 */
import { isFields, isNumber, shown } from '../json-value.ts'
import { equal } from './equality.ts'
import { always, type Rule, RuleError, type RuleKind, type Variant } from './rule.ts'

/** On anything but an object, and below the object, it is equality. */
export const values: RuleKind = {
  name: 'values',
  aliases: [],
  since: 3,
  read: () => ({
    check: (pair) => (pair.position === 'json' && Array.isArray(pair.actual) ? undefined : equal(pair)),
    keysFree: true,
  }),
  samples: {
    match: [{ rule: {}, expected: 'a', actual: 'a' }],
    noMatch: [{ rule: {}, expected: 'a', actual: 'b' }],
  },
}

const innerRules = (name: string, spec: unknown, read: (spec: unknown) => Rule): readonly Rule[] => {
  if (!Array.isArray(spec)) throw new RuleError(`the rule ${name} needs rules: a list`)
  return spec.map(read)
}

export const eachKey: RuleKind = {
  name: 'eachKey',
  aliases: ['each-key'],
  since: 4,
  read: (spec, read) => ({
    check: always,
    keysFree: true,
    inner: innerRules('eachKey', spec['rules'], read),
  }),
  samples: {
    match: [
      { rule: { rules: [{ match: 'regex', regex: '^\\d+$' }] }, expected: { 1: 'a' }, actual: { 2: 'a' } },
    ],
    noMatch: [],
  },
}

export const eachValue: RuleKind = {
  name: 'eachValue',
  aliases: ['each-value'],
  since: 4,
  read: (spec, read) => ({
    check: always,
    keysFree: true,
    inner: innerRules('eachValue', spec['rules'], read),
  }),
  samples: {
    match: [{ rule: { rules: [{ match: 'type' }] }, expected: { a: 1 }, actual: { b: 2 } }],
    noMatch: [],
  },
}

const variantOf = (spec: unknown, i: number): Variant => {
  const index = isFields(spec) ? (spec['index'] ?? i) : undefined
  const rules = isFields(spec) ? (spec['rules'] ?? {}) : undefined
  if (!isNumber(index) || !isFields(rules))
    throw new RuleError(`variant ${i} of the rule arrayContains must be { index, rules }, not ${shown(spec)}`)
  return { index: Number(index), rules }
}

export const arrayContains: RuleKind = {
  name: 'arrayContains',
  aliases: ['array-contains'],
  since: 4,
  read: (spec) => {
    const variants = spec['variants'] ?? []
    if (!Array.isArray(variants)) throw new RuleError('the rule arrayContains needs variants: a list')
    return { check: always, variants: variants.map(variantOf) }
  },
  samples: { match: [{ rule: { variants: [] }, expected: [], actual: [1] }], noMatch: [] },
}
