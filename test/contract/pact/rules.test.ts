/** Runs every rule's own samples: adding a rule means writing samples and no test. */
import { describe, expect, it } from 'vitest'
import { ruleKinds } from '../../../src/contract/formats/pact/rules/index.ts'
import { readRule } from '../../../src/contract/formats/pact/rules/read-rule.ts'
import { RuleError, type Sample } from '../../../src/contract/formats/pact/rules/rule.ts'
import { matcher } from './tools.ts'

const check = (name: string, { rule, expected, actual, position = undefined }: Sample): string | undefined =>
  readRule({ match: name, ...rule }, matcher.ruleTools).check({
    position: position ?? 'json',
    expected,
    actual,
    cascaded: false,
  })

const title = (sample: Sample): string => JSON.stringify(sample)

/** What these ask for is compared item by item: cases.test.ts. */
const structural = new Set(['eachKey', 'eachValue', 'arrayContains'])

describe.each(ruleKinds)('$name', (kind) => {
  const { match, noMatch } = kind.samples

  it('has samples', () => {
    expect(match).not.toEqual([])
    if (!structural.has(kind.name)) expect(noMatch).not.toEqual([])
  })

  it.each(match.map((sample) => [title(sample), sample] as const))('holds for %s', (_title, sample) => {
    expect(check(kind.name, sample)).toBeUndefined()
  })

  it.each(noMatch.map((sample) => [title(sample), sample] as const))('fails for %s', (_title, sample) => {
    expect(check(kind.name, sample)).toMatch(/^expected /)
  })

  it.each(kind.aliases)('is also called %s', (alias) => {
    const [sample] = match
    expect(readRule({ match: alias, ...sample!.rule }, matcher.ruleTools).name).toBe(kind.name)
  })
})

describe('a rule that cannot be read', () => {
  it.each([
    ['is unknown', { match: 'regexp', regex: 'a' }, 'the rule "regexp" is not known'],
    ['says nothing', {}, 'a rule needs match'],
    ['has no expression', { match: 'regex' }, 'needs regex'],
    ['has a wrong expression', { match: 'regex', regex: '(' }, 'is not valid'],
    ['has a wrong bound', { match: 'type', min: -1 }, 'min of the rule type'],
    ['has letters that Java does not know', { match: 'date', format: 'yyyy-bb' }, 'has bb'],
    ['has an unknown class of status', { match: 'statusCode', status: 'ok' }, 'is not known'],
    ['has no rules inside', { match: 'eachKey' }, 'needs rules'],
    ['is a text', 'type', 'a rule must be an object'],
  ])('is refused: it %s', (_title, spec, message) => {
    expect(() => readRule(spec, matcher.ruleTools)).toThrow(RuleError)
    expect(() => readRule(spec, matcher.ruleTools)).toThrow(message)
  })

  it('has a hint for a slip of the pen', () => {
    try {
      readRule({ match: 'regexp', regex: 'a' }, matcher.ruleTools)
      expect.unreachable()
    } catch (error) {
      expect((error as RuleError).hint).toBe('did you mean regex?')
    }
  })
})

it('V2 leaves match out where a key tells', () => {
  const name = (spec: unknown): string => readRule(spec, matcher.ruleTools).name
  expect(name({ regex: 'a' })).toBe('regex')
  expect(name({ min: 1 })).toBe('type')
  expect(name({ timestamp: 'yyyy' })).toBe('datetime')
})

it('an expression that backtracks without end does not match, and says so', () => {
  const rule = readRule({ match: 'regex', regex: '(?=(a+)+b)a*' }, matcher.ruleTools)
  const pair = { position: 'text', expected: '', actual: 'a'.repeat(5_000), cascaded: false } as const
  expect(() => rule.check(pair)).toThrow(/longer than/)
})
