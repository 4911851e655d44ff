/** A file named .json is JSON, and what YAML would take besides is pointed at. */
import { describe, expect, it } from 'vitest'
import { parseDocument } from '../../src/yaml/document.ts'

const told = (text: string, file = 'mocks/a.json'): string[] =>
  parseDocument(text, file).problems.map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message} (${hint})`,
  )

describe('a .json file', () => {
  it.each([
    [
      'a comma after the last field',
      '{\n  "a": [1, 2],\n}',
      '2:14 a comma stands after the last one (remove the comma)',
    ],
    [
      'a comma after the last item',
      '{"a": [1, 2,  ]}',
      '1:12 a comma stands after the last one (remove the comma)',
    ],
    ['a comment', '{\n  "a": 1 # one\n}', /^2:10 not valid JSON.*comments/],
    ['a name without quotes', '{ a: 1 }', /^1:3 not valid JSON.*double quotes/],
    ['single quotes', "{ 'a': 1 }", /^1:3 not valid JSON.*double quotes/],
    ['YAML', 'a: 1\nb: 2', /^1:1 not valid JSON.*rename the file to \.yaml/],
    ['a mark in front and a comma', '\ufeff{"a": 1,}', /^1:[89] a comma/],
  ])('with %s is refused with its place', (_what, text, expected) => {
    expect(told(text)).toEqual([typeof expected === 'string' ? expected : expect.stringMatching(expected)])
    expect(told(text, 'mocks/a.yaml')).toEqual([])
  })

  it.each(['{"a": [1, {"b": null}]}', '\ufeff{"a": 1}\n', '', ' \n'])('that is %j is read', (text) => {
    expect(told(text)).toEqual([])
  })
})
