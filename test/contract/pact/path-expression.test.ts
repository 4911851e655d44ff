/** Path expressions: what they read, and which of several is the closest. */
import { describe, expect, it } from 'vitest'
import {
  formatPath,
  PathError,
  parsePathExpression,
  weightOf,
} from '../../../src/contract/formats/pact/path-expression.ts'

const weight = (expression: string, ...path: string[]): number =>
  weightOf(parsePathExpression(expression), path)

describe('a path expression', () => {
  it.each([
    ['$', ['$'], 2],
    ['$.a', ['$', 'a'], 4],
    ['$.a', ['$', 'a', 'b'], 4],
    ['$.*', ['$', 'a'], 2],
    ['$.*', ['$', '0'], 2],
    ['$[*]', ['$', '0'], 2],
    ['$[*]', ['$', 'a'], 0],
    ['$[0]', ['$', '0'], 4],
    ["$['0']", ['$', '0'], 4],
    ['$.a-b_c', ['$', 'a-b_c'], 4],
    ["$['a b'].c", ['$', 'a b', 'c'], 8],
    ['$["a.b"]', ['$', 'a.b'], 4],
    ["$['it\\'s']", ['$', "it's"], 4],
    ["$.a['@id']", ['$', 'a', '@id'], 8],
    ['$.a.#text', ['$', 'a', '#text'], 8],
    ['$.a.b', ['$', 'a'], 0],
    ['$.b', ['$', 'a'], 0],
    ['name', ['$', 'name'], 4],
  ])('%s weighs on %j: %i', (expression, path, expected) => {
    expect(weight(expression, ...path)).toBe(expected)
  })

  it.each(['$a', '$.', '$.a[', "$['a", '$..a', '$.a[b]'])('%s cannot be read', (expression) => {
    expect(() => parsePathExpression(expression)).toThrow(PathError)
  })

  it.each([
    [['$', 'a', '0', 'b'], '$.a[0].b'],
    [['$', 'a b', "it's"], "$['a b']['it\\'s']"],
  ])('%j is written %s and read again', (path, text) => {
    expect(formatPath(path)).toBe(text)
    expect(weight(text, ...path)).toBe(2 ** path.length)
  })
})
