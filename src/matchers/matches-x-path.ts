/**
 * `$matchesXPath` (XPath 1.0): a text holds if it finds a node or is true; `{ expression, namespaces, … }` puts
 * operators on the texts of what is found, and one that satisfies them is enough. `namespaces: ignore`: names are found in
 * whatever namespace, `ignoreDefault` in whatever default one: WireMock does both, by the form of the path.
 */

import type { Document } from '@xmldom/xmldom'
import { type Fields, isFields } from '../core/fields.ts'
import { SpecError, type TextCondition } from '../core/matcher.ts'
import { shownTexts } from './lift.ts'
import { inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { loadPackage } from './packages.ts'
import { isOperators, wrongOperand } from './spec.ts'
import type { Unspaced } from './xml-reader.ts'

export const matchesXPath: ValueOperator = {
  name: '$matchesXPath',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand, scope) {
    const { expression, namespaces, ignored, rules } = partsOf(operand)
    const query = compileQuery(expression, namespaces, scope)
    const condition = rules && scope.text(rules)
    const wantsNone = rules !== undefined && '$absent' in rules
    const describe = (): string => `${expression}${condition ? ` ${condition.describe()}` : ' is found'}`
    return {
      test: (text) => {
        const read = scope.xml.read(text as string, ignored)
        if (!read.ok) return false
        if (condition === undefined) return query.holds(read.value)
        return satisfies(condition, query.texts(read.value), wantsNone)
      },
      mismatch: (text) => {
        const read = scope.xml.read(text as string, ignored)
        const expected = condition?.describe() ?? 'present'
        if (!read.ok) return { path: '', expected: describe(), actual: read.problem }
        return { path: expression, expected, actual: shownTexts(query.texts(read.value)) }
      },
      describe,
    }
  },
  samples: {
    match: [
      inText({ $matchesXPath: '//b' }, '<a><b/></a>'),
      inBody({ $matchesXPath: 'count(//b) = 2' }, '<a><b/><b/></a>'),
      inBody({ $matchesXPath: { expression: '//b', $contains: 'x' } }, '<a><b>y</b><b>axb</b></a>'),
      inBody({ $matchesXPath: { expression: '//b/@id', $equalToNumber: 7 } }, '<a><b id="07"/></a>'),
      inBody(
        { $matchesXPath: { expression: '//p:b/text()', namespaces: { p: 'urn:x' }, $equalTo: '1' } },
        '<a xmlns="urn:x"><b>1</b></a>',
      ),
      inBody({ $matchesXPath: { expression: '//c', $absent: true } }, '<a/>'),
      inJson({ $matchesXPath: '/a' }, '<a/>'),
      inBody({ $matchesXPath: { expression: '//b', namespaces: 'ignore' } }, '<a xmlns:p="urn:x"><p:b/></a>'),
      inBody(
        { $matchesXPath: { expression: '//b', namespaces: 'ignoreDefault' } },
        '<a xmlns="urn:x"><b/></a>',
      ),
    ],
    noMatch: [
      inText({ $matchesXPath: '//b' }),
      inBody({ $matchesXPath: '//c' }, '<a><b/></a>'),
      inBody({ $matchesXPath: '//b' }, 'text'),
      inBody({ $matchesXPath: '//b' }, '<a xmlns="urn:x"><b/></a>'),
      inBody({ $matchesXPath: '/a' }, '<!DOCTYPE a><a/>'),
      inBody(
        { $matchesXPath: { expression: '//b', namespaces: 'ignoreDefault' } },
        '<a xmlns:p="urn:x"><p:b/></a>',
      ),
      inBody({ $matchesXPath: { expression: '//b', $not: 'x' } }, '<a/>'),
      inJson({ $matchesXPath: '/a' }, null),
    ],
    wrong: [
      { position: 'body', spec: { $matchesXPath: '//[' } },
      { position: 'body', spec: { $matchesXPath: '//p:b' } },
      { position: 'body', spec: { $matchesXPath: 1 } },
      { position: 'body', spec: { $matchesXPath: { expression: '//b', equalTo: 'x' } } },
      {
        position: 'body',
        spec: { $matchesXPath: { expression: '//b', namespaces: { p: 1 }, $equalTo: '1' } },
      },
    ],
  },
}

interface Parts {
  readonly expression: string
  readonly namespaces: Readonly<Record<string, string>>
  readonly ignored: Unspaced | undefined
  readonly rules: Fields | undefined
}

const partsOf = (operand: unknown): Parts => {
  if (typeof operand === 'string')
    return { expression: operand, namespaces: {}, ignored: undefined, rules: undefined }
  if (!isFields(operand) || typeof operand['expression'] !== 'string')
    throw wrongOperand('an XPath, or { expression: …, namespaces: …, and operators }', operand)
  const { expression, namespaces: given, ...rules } = operand as Fields & { readonly expression: string }
  const ignored = given === 'ignore' ? 'all' : given === 'ignoreDefault' ? 'default' : undefined
  const namespaces = ignored === undefined ? (given ?? {}) : {}
  if (!isFields(namespaces) || Object.values(namespaces).some((uri) => typeof uri !== 'string'))
    throw new SpecError('namespaces is an object of prefixes with their namespaces', ['namespaces'])
  const ruled = Object.keys(rules).length > 0
  if (ruled && !isOperators(rules))
    throw new SpecError(
      `unknown key ${Object.keys(rules)[0]}`,
      [Object.keys(rules)[0]!],
      'beside expression and namespaces stand operators',
      true,
    )
  return {
    expression,
    namespaces: namespaces as Record<string, string>,
    ignored,
    rules: ruled ? rules : undefined,
  }
}

const satisfies = (condition: TextCondition, found: readonly string[], wantsNone: boolean): boolean =>
  found.length === 0 ? wantsNone && condition.test([]) : condition.test(found)

interface Query {
  holds(document: Document): boolean
  texts(document: Document): readonly string[]
}

const compileQuery = (
  expression: string,
  namespaces: Readonly<Record<string, string>>,
  scope: Scope,
): Query => {
  const xpath = loadPackage(scope.tools, 'xpath')
  const parsed = parseQuery(() => {
    const query = (xpath as unknown as Parser).parse(expression)
    // Unknown prefixes and functions show when it runs.
    const probe = scope.xml.read('<probe/>')
    if (probe.ok) query.evaluate({ node: probe.value, namespaces })
    return query
  })
  const run = (document: Document): Found | undefined => {
    try {
      return parsed.evaluate({ node: document, namespaces })
    } catch {
      return undefined
    }
  }
  return {
    holds: (document) => run(document)?.booleanValue() ?? false,
    texts: (document) => {
      const found = run(document)
      if (found === undefined) return []
      return (
        found.toArray?.().map((node) => node.nodeValue ?? node.textContent ?? '') ?? [found.stringValue()]
      )
    },
  }
}

const parseQuery = (parse: () => Expression): Expression => {
  try {
    return parse()
  } catch (error) {
    throw new SpecError(`not an XPath 1.0 expression: ${(error as Error).message}`)
  }
}

/** The part of the package's own objects that is used; its types leave them out. */
interface Parser {
  parse(expression: string): Expression
}

interface Expression {
  evaluate(context: { readonly node: Document; readonly namespaces: Readonly<Record<string, string>> }): Found
}

interface Found {
  booleanValue(): boolean
  stringValue(): string
  /** Node sets only. */
  toArray?(): readonly { readonly nodeValue: string | null; readonly textContent: string | null }[]
}
