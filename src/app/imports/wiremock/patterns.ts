/** WireMock's operators on texts and bodies (its StringValuePattern, ContentPattern and MultiValuePattern) as conditions of mocks. */
import { type Fields, isFields } from '../../../core/fields.ts'
import { parseJson } from '../../../core/json.ts'
import { JaywayOnly, ofObjectsToo, rfcJsonPath } from './json-path.ts'
import { JavaOnly, javaRegex } from './regex.ts'
import { type At, fieldsOf, listOf, NotPossible, type Told, textOf } from './told.ts'

/** A condition: a plain value, or operators. */
export type Condition = string | Fields

type Translate = (pattern: Fields, at: At, told: Told) => Condition

/** In the order in which WireMock looks for them: the first that is there decides. */
const operators: Readonly<Record<string, Translate>> = {
  equalTo: (pattern, at) => {
    const expected = nullable(pattern['equalTo'], [...at, 'equalTo'])
    return pattern['caseInsensitive'] === true
      ? { $equalTo: expected, $caseInsensitive: true }
      : { $equalTo: expected }
  },
  equalToJson: (pattern, at) => ({
    $equalToJson: documentOf(pattern['equalToJson'], [...at, 'equalToJson']),
    ...(pattern['ignoreArrayOrder'] === true && { $ignoreArrayOrder: true }),
    ...(pattern['ignoreExtraElements'] === true && { $ignoreExtraElements: true }),
  }),
  matchesJsonPath: (pattern, at, told) =>
    jsonPath(pattern['matchesJsonPath'], [...at, 'matchesJsonPath'], told),
  matchesJsonSchema: (pattern, at, told) => jsonSchema(pattern, at, told),
  equalToXml: (pattern, at) => equalToXml(pattern, at),
  matchesXPath: (pattern, at, told) => xPath(pattern, at, told),
  contains: (pattern, at) => ({ $contains: textOf(pattern['contains'], [...at, 'contains']) }),
  doesNotContain: (pattern, at) => ({
    $doesNotContain: textOf(pattern['doesNotContain'], [...at, 'doesNotContain']),
  }),
  not: (pattern, at, told) => ({ $not: conditionOf(pattern['not'], [...at, 'not'], told) }),
  matches: (pattern, at) => ({ $matches: regexOf(pattern['matches'], [...at, 'matches']) }),
  doesNotMatch: (pattern, at) => ({
    $doesNotMatch: regexOf(pattern['doesNotMatch'], [...at, 'doesNotMatch']),
  }),
  before: (pattern, at, told) => date('before', pattern, at, told),
  after: (pattern, at, told) => date('after', pattern, at, told),
  equalToDateTime: (pattern, at, told) => date('equalToDateTime', pattern, at, told),
  anything: () => ({ $anything: true }),
  // Whatever stands behind it.
  absent: () => ({ $absent: true }),
  and: (pattern, at, told) => ({ $and: conditionsOf(pattern['and'], [...at, 'and'], told) }),
  or: (pattern, at, told) => ({ $or: conditionsOf(pattern['or'], [...at, 'or'], told) }),
  equalToNumber: (pattern, at) =>
    number('$equalToNumber', pattern['equalToNumber'], [...at, 'equalToNumber']),
  greaterThanNumber: (pattern, at) => number('$greaterThan', pattern['greaterThanNumber'], at),
  greaterThanEqualNumber: (pattern, at) =>
    number('$greaterThanOrEqual', pattern['greaterThanEqualNumber'], at),
  lessThanNumber: (pattern, at) => number('$lessThan', pattern['lessThanNumber'], at),
  lessThanEqualNumber: (pattern, at) => number('$lessThanOrEqual', pattern['lessThanEqualNumber'], at),
  matchesPathTemplate: (_, at) => {
    throw new NotPossible('matchesPathTemplate outside of the URL', at)
  },
}

/** Keys that change an operator; anything else that stands beside one is a mistake that must not be overlooked. */
const options = new Set([
  'caseInsensitive',
  'ignoreArrayOrder',
  'ignoreExtraElements',
  'enablePlaceholders',
  'placeholderOpeningDelimiterRegex',
  'placeholderClosingDelimiterRegex',
  'exemptedComparisons',
  'ignoreOrderOfSameNode',
  'namespaceAwareness',
  'xPathNamespaces',
  'schemaVersion',
  'actualFormat',
  'expectedOffset',
  'expectedOffsetUnit',
  'truncateExpected',
  'truncateActual',
  'applyTruncationLast',
])

/** Throws NotPossible. */
export const conditionOf = (value: unknown, at: At, told: Told): Condition => {
  if (value === null) throw new NotPossible('a pattern that is null', at)
  const pattern = fieldsOf(value, at)
  const names = Object.keys(pattern)
  const known = names.filter((name) => Object.hasOwn(operators, name))
  const unknown = names.find((name) => !Object.hasOwn(operators, name) && !options.has(name))
  if (unknown !== undefined) throw new NotPossible(`the operator ${unknown} is not known`, [...at, unknown])
  const [name, second] = known
  if (name === undefined) throw new NotPossible('a pattern without an operator', at)
  if (second !== undefined)
    throw new NotPossible(`${name} and ${second} in one pattern, of which WireMock takes one`, at)
  return operators[name]!(pattern, at, told)
}

const conditionsOf = (value: unknown, at: At, told: Told): readonly Condition[] => {
  const list = listOf(value, at)
  if (list.length === 0) throw new NotPossible('an empty list of patterns', at)
  return list.map((one, i) => conditionOf(one, [...at, i], told))
}

/** Of all values under one name. Throws NotPossible. */
export const valuesCondition = (value: unknown, at: At, told: Told): Condition => {
  for (const name of ['hasExactly', 'includes'] as const) {
    if (!isFields(value) || !Object.hasOwn(value, name)) continue
    const list = listOf(value[name], [...at, name])
    if (list.length === 0) throw new NotPossible(`${name} without any pattern never matches`, [...at, name])
    return { [`$${name}`]: list.map((one, i) => conditionOf(one, [...at, name, i], told)) }
  }
  return simple(conditionOf(value, at, told))
}

/** `{ $equalTo: a }` alone says no more than `a`. */
export const simple = (condition: Condition): Condition => {
  if (typeof condition === 'string') return condition
  const { $equalTo: expected, ...others } = condition
  return typeof expected === 'string' && Object.keys(others).length === 0 ? expected : condition
}

const nullable = (value: unknown, at: At): string => {
  if (value === null) throw new NotPossible('equalTo null', at)
  return textOf(value, at)
}

/** Throws NotPossible. */
export const regexOf = (value: unknown, at: At): string => {
  const source = textOf(value, at)
  try {
    return javaRegex(source)
  } catch (error) {
    if (!(error instanceof JavaOnly)) throw error
    throw new NotPossible(
      `Java's regular expression ${source}: ${error.message} is unknown to JavaScript`,
      at,
    )
  }
}

const number = (name: string, value: unknown, at: At): Condition => {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof parsed !== 'number' && typeof parsed !== 'bigint') throw new NotPossible('it is no number', at)
  return { [name]: parsed }
}

/** A text is JSON in there, and is shown as the document that it is. */
const documentOf = (value: unknown, at: At): unknown => {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined
  if (parsed?.ok === false) throw new NotPossible(`equalToJson is no JSON: ${parsed.problem}`, at)
  const document = parsed === undefined ? value : parsed.value
  const wrong = unknownPlaceholder(document)
  if (wrong !== undefined) throw new NotPossible(`the placeholder ${wrong}`, at)
  // As a text it would be read as JSON once more.
  return typeof document === 'string' && !/^[#$]\{json-unit\./.test(document)
    ? JSON.stringify(document)
    : document
}

const placeholder = /^[#$]\{json-unit\.([\w-]+)\}/
const placeholders = new Set(['any-string', 'any-number', 'any-boolean', 'ignore', 'ignore-element', 'regex'])

const unknownPlaceholder = (value: unknown): string | undefined => {
  if (typeof value === 'string') {
    const found = placeholder.exec(value)
    return found === null || placeholders.has(found[1]!) ? undefined : found[0]
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const part of Object.values(value)) {
    const wrong = unknownPlaceholder(part)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const jsonPath = (value: unknown, at: At, told: Told): Condition => {
  const { expression, ...rules } = isFields(value) ? value : { expression: value }
  const written = textOf(expression, isFields(value) ? [...at, 'expression'] : at)
  const found = rfcPath(written, at)
  if (!isFields(value)) {
    if (!found.single) return { $matchesJsonPath: ofObjectsToo(found.path) }
    // There an empty list or object, and null, are nothing.
    const nothing = [null, { $equalToJson: [] }, { $equalToJson: {} }]
    return { $matchesJsonPath: { expression: found.path, $not: { $or: nothing } } }
  }
  if (Object.hasOwn(rules, 'equalToJson'))
    return {
      $matchesJsonPath: {
        expression: found.path,
        as: 'document',
        ...(conditionOf(rules, at, told) as Fields),
      },
    }
  const condition = conditionOf(rules, at, told) as Fields
  return { $matchesJsonPath: { expression: found.path, as: 'text', ...condition } }
}

const rfcPath = (written: string, at: At): ReturnType<typeof rfcJsonPath> => {
  try {
    return rfcJsonPath(written)
  } catch (error) {
    if (!(error instanceof JaywayOnly)) throw error
    throw new NotPossible(`the JSONPath ${written}: RFC 9535 does not have ${error.message}`, at)
  }
}

/** Keywords that mean something else, or nothing, in 2020-12. */
const olderKeywords = ['additionalItems', 'dependencies', '$recursiveRef', 'id', 'definitions']

const jsonSchema = (pattern: Fields, at: At, told: Told): Condition => {
  const given = pattern['matchesJsonSchema']
  const parsed = typeof given === 'string' ? parseJson(given) : undefined
  if (parsed?.ok === false)
    throw new NotPossible(`matchesJsonSchema is no JSON: ${parsed.problem}`, [...at, 'matchesJsonSchema'])
  const schema = parsed === undefined ? given : parsed.value
  const version = pattern['schemaVersion'] ?? 'V202012'
  const older = olderIn(schema)
  if (version !== 'V202012' && older !== undefined)
    throw new NotPossible(`a JSON Schema of ${String(version)} with ${older}; here schemas are 2020-12`, at)
  if (isFields(schema) && Object.hasOwn(schema, '$schema')) {
    const { $schema: _, ...rest } = schema
    if (version !== 'V202012') told.changed('the schema is read as 2020-12', [...at, 'schemaVersion'])
    return { $matchesJsonSchema: rest }
  }
  return { $matchesJsonSchema: schema }
}

const olderIn = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if (isFields(value)) {
    const own = olderKeywords.find((name) => Object.hasOwn(value, name))
    if (own !== undefined) return own
    if (Array.isArray(value['items'])) return 'items as a list'
    if (typeof value['exclusiveMinimum'] === 'boolean' || typeof value['exclusiveMaximum'] === 'boolean')
      return 'exclusive limits as booleans'
  }
  for (const part of Object.values(value)) {
    const found = olderIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

const equalToXml = (pattern: Fields, at: At): Condition => {
  for (const option of [
    'exemptedComparisons',
    'placeholderOpeningDelimiterRegex',
    'placeholderClosingDelimiterRegex',
  ])
    if (pattern[option] !== undefined && pattern[option] !== null)
      throw new NotPossible(`equalToXml with ${option}`, [...at, option])
  if (pattern['ignoreOrderOfSameNode'] === true)
    throw new NotPossible('equalToXml with ignoreOrderOfSameNode', [...at, 'ignoreOrderOfSameNode'])
  const awareness = pattern['namespaceAwareness']
  if (awareness !== undefined && awareness !== 'STRICT' && awareness !== null)
    throw new NotPossible(`equalToXml with namespaceAwareness ${String(awareness)}`, [
      ...at,
      'namespaceAwareness',
    ])
  const expected = textOf(pattern['equalToXml'], [...at, 'equalToXml'])
  const placeholders = pattern['enablePlaceholders'] === true
  const other = /\$\{xmlunit\.(?!ignore\})[^}]*\}/.exec(expected)
  if (placeholders && other !== null)
    throw new NotPossible(`the placeholder ${other[0]}`, [...at, 'equalToXml'])
  return {
    $equalToXml: expected,
    ...(placeholders && { $enablePlaceholders: true }),
    // There it is the expected side whose namespaces count.
    $ignoreNamespaces: true,
  }
}

/** Xalan finds only elements without a prefix for `//b` and `//b[…]`, and elements of whatever prefix for all other paths. */
const descendant = /^\s*\/\/[\w.-]+(?:\[(?!\s*\d+\s*\])[^\]]*\])?\s*$/

const xPath = (pattern: Fields, at: At, told: Told): Condition => {
  const value = pattern['matchesXPath']
  const place = [...at, 'matchesXPath']
  const { expression: given, ...rules } = isFields(value) ? value : { expression: value }
  const expression = textOf(given, place)
  const prefixes = pattern['xPathNamespaces'] ?? undefined
  const ignored = descendant.test(expression) ? 'ignoreDefault' : 'ignore'
  const namespaces = prefixes === undefined ? ignored : fieldsOf(prefixes, [...at, 'xPathNamespaces'])
  if (!isFields(value)) {
    if (
      /^\s*(?:count|sum|number|string|boolean|not|contains|starts-with|concat|string-length|normalize-space|name|local-name)\(/.test(
        expression,
      )
    )
      told.changed(
        `the XPath ${expression} finds no node: in WireMock it always holds, here if it is true`,
        place,
      )
    return { $matchesXPath: { expression, namespaces } }
  }
  if (Object.hasOwn(rules, 'absent'))
    throw new NotPossible('matchesXPath with absent, which never matches in WireMock', place)
  if (Object.hasOwn(rules, 'equalToXml') || Object.hasOwn(rules, 'matchesXPath'))
    throw new NotPossible("matchesXPath with a condition on an element's XML", place)
  if (!/(?:text\(\)|@[\w:*-]+|\))\s*$/.test(expression))
    told.changed('an element that the XPath finds is compared by its text, not by its XML', place)
  return { $matchesXPath: { expression, namespaces, ...(conditionOf(rules, place, told) as Fields) } }
}

const date = (
  name: 'before' | 'after' | 'equalToDateTime',
  pattern: Fields,
  at: At,
  told: Told,
): Condition => {
  const written = textOf(pattern[name], [...at, name])
  const { actualFormat, truncateActual, truncateExpected, applyTruncationLast } = pattern
  const offset = offsetOf(pattern, at)
  const now = /^now\b/i.test(written.trim())
  if (!now && offset !== undefined)
    throw new NotPossible('expectedOffset beside a date that is not now', [...at, 'expectedOffset'])
  if (!now && !/^\d{4}-\d\d-\d\d|^[A-Za-z]{3,}, /.test(written.trim()))
    throw new NotPossible(`${name} ${written}: it is no date, so WireMock never matches`, [...at, name])
  if (!now && !/(?:Z|[+-]\d\d:?\d\d|GMT)(?:\[.*\])?$/.test(written.trim()) && /T/.test(written))
    told.changed('a date without a zone is UTC here, and local time in WireMock', [...at, name])
  return {
    [`$${name}`]: offset === undefined ? written : `now ${offset}`,
    // There it counts only beside a date from now.
    ...(now && truncateExpected !== undefined && { $truncateExpected: truncateExpected }),
    ...(now && applyTruncationLast === true && { $applyTruncationLast: true }),
    ...(truncateActual !== undefined && { $truncateActual: truncateActual }),
    ...(actualFormat !== undefined && { $actualFormat: actualFormat }),
  }
}

const offsetOf = ({ expectedOffset, expectedOffsetUnit }: Fields, at: At): string | undefined => {
  if (expectedOffset === undefined) return undefined
  const amount = Number(expectedOffset)
  if (!Number.isInteger(amount))
    throw new NotPossible('expectedOffset is no number', [...at, 'expectedOffset'])
  const unit =
    expectedOffsetUnit === undefined ? 'days' : textOf(expectedOffsetUnit, [...at, 'expectedOffsetUnit'])
  return `${amount < 0 ? '-' : '+'}${Math.abs(amount)} ${unit.toLowerCase()}`
}
