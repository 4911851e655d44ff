/** Each case of cases.ts, by the way that svc-mock pact match goes. */
import { describe, expect, it } from 'vitest'
import { matchCase } from '../../../src/contract/formats/pact/match-case.ts'
import { cases } from './cases.ts'
import { matcher, mismatchesOf } from './tools.ts'

describe('Pact compares', () => {
  it.each(cases.map((one) => [`${one.kind} V${one.spec}: ${one.title}`, one] as const))(
    '%s',
    (_title, one) => {
      const mismatches = mismatchesOf(
        `{ "expected": ${one.expected}, "actual": ${one.actual} }`,
        one.kind,
        one.spec,
      )
      expect(mismatches.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([...one.at].sort())
      for (const { message } of mismatches) expect(message).not.toBe('')
    },
  )

  it.each(cases.map((one) => [`${one.kind} V${one.spec}: ${one.title}`, one] as const))(
    'what is equal: %s',
    (_title, one) => {
      // What meets its own example. A file that contradicts itself is one.
      const own = mismatchesOf(
        `{ "expected": ${one.expected}, "actual": ${one.expected} }`,
        one.kind,
        one.spec,
      )
      const contradicts = [
        'min',
        'bounds hold for an empty example',
        'bounds do not cascade',
        'too few values',
      ]
      if (!contradicts.includes(one.title)) expect(own).toEqual([])
    },
  )
})

describe('a case that cannot be read', () => {
  it.each([
    ['{', 'not valid JSON'],
    ['[]', 'a case must be an object'],
    [
      '{ "expected": { "matchingRules": { "body": { "$": { "matchers": [{ "match": "arrayContains", "variants": [{ "index": 0, "rules": { "$.a": { "match": "reg" } } }] }] } } } }, "actual": {} }',
      'the rule "reg" is not known',
    ],
    ['{ "expected": {} }', 'actual must be an object'],
    ['{ "expected": {}, "actual": {}, "kind": "reply" }', 'kind must be one of'],
    ['{ "expected": {}, "actual": {}, "spec": 5 }', 'spec must be 2, 3 or 4'],
    ['{ "expected": { "status": "ok" }, "actual": {} }', 'status: must be a whole number'],
    ['{ "expected": { "headers": { "A": {} } }, "actual": {} }', 'headers.A: must be a text'],
    ['{ "expected": { "matchingRules": { "bodies": {} } }, "actual": {} }', 'is no category'],
    ['{ "expected": { "matchingRules": { "body": { "$a": {} } } }, "actual": {} }', 'cannot be read'],
    [
      '{ "expected": { "matchingRules": { "body": { "$.a": { "matchers": [{ "match": "reg" }] } } } }, "actual": {} }',
      'body $.a: the rule "reg" is not known',
    ],
  ])('%s', (text, message) => {
    const answer = matchCase(text, { kind: undefined, spec: undefined }, matcher)
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(message) as string } })
  })
})

it('tells the kind by the keys where nobody says it', () => {
  const answer = (text: string) => matchCase(text, { kind: undefined, spec: undefined }, matcher)
  expect(answer('{ "expected": { "status": 200 }, "actual": { "status": 500 } }')).toMatchObject({
    mismatches: [{ kind: 'status' }],
  })
  expect(answer('{ "expected": { "path": "/a" }, "actual": { "path": "/b" } }')).toMatchObject({
    mismatches: [{ kind: 'path' }],
  })
  expect(answer('{ "expected": { "contents": "a" }, "actual": { "contents": "b" } }')).toMatchObject({
    mismatches: [{ kind: 'body' }],
  })
})
