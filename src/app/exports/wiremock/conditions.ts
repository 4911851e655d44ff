/** Conditions of mocks as WireMock's patterns. */

import { type Fields, isFields } from '../../../core/fields.ts'
import { stringifyJson } from '../../../core/json.ts'
import { forJayway } from '../../imports/wiremock/json-path.ts'
import { type At, CannotSay, isOperators, type Otherwise } from './cannot.ts'
import { toJavaRegex } from './java-regex.ts'

export type Pattern = Fields

/** A condition on texts. Throws CannotSay. */
export const textPattern = (spec: unknown, at: At, told: Otherwise): Pattern => {
  if (!isOperators(spec)) return { equalTo: plainText(spec, at) }
  return all(operatorsOf(spec).map(([name, value]) => operator(name, value, spec, [...at, name], told)))
}

/** Of all values under one name. Throws CannotSay. */
export const valuesPattern = (spec: unknown, at: At, told: Otherwise): Pattern => {
  if (!isOperators(spec)) return textPattern(spec, at, told)
  for (const name of ['hasExactly', 'includes'] as const) {
    const items = spec[`$${name}`]
    if (items === undefined) continue
    if (Object.keys(spec).length > 1) throw new CannotSay(`$${name} beside other operators`, at)
    return {
      [name]: (items as readonly unknown[]).map((one, i) => textPattern(one, [...at, `$${name}`, i], told)),
    }
  }
  return textPattern(spec, at, told)
}

const plainText = (spec: unknown, at: At): string => {
  if (
    typeof spec === 'string' ||
    typeof spec === 'number' ||
    typeof spec === 'boolean' ||
    typeof spec === 'bigint'
  )
    return String(spec)
  throw new CannotSay('this condition', at)
}

const options = new Set([
  '$caseInsensitive',
  '$ignoreArrayOrder',
  '$ignoreExtraElements',
  '$enablePlaceholders',
  '$ignoreNamespaces',
  '$byContentType',
  '$truncateExpected',
  '$truncateActual',
  '$applyTruncationLast',
  '$actualFormat',
])

export const operatorsOf = (spec: Fields): readonly (readonly [name: string, value: unknown])[] =>
  Object.entries(spec).filter(([name]) => !options.has(name))

/** WireMock wants two at least. */
const all = (patterns: readonly Pattern[], join: 'and' | 'or' = 'and'): Pattern =>
  patterns.length === 1 ? patterns[0]! : { [join]: patterns }

const operator = (name: string, value: unknown, spec: Fields, at: At, told: Otherwise): Pattern => {
  const items = (): Pattern[] =>
    (value as readonly unknown[]).map((one, i) => textPattern(one, [...at, i], told))
  switch (name) {
    case '$equalTo':
      return {
        equalTo: plainText(value, at),
        ...(spec['$caseInsensitive'] === true && { caseInsensitive: true }),
      }
    case '$oneOf':
      return all(
        (value as readonly unknown[]).map((one, i) => ({ equalTo: plainText(one, [...at, i]) })),
        'or',
      )
    case '$contains':
    case '$doesNotContain':
      return { [name.slice(1)]: plainText(value, at) }
    case '$matches':
    case '$doesNotMatch':
      return { [name.slice(1)]: toJavaRegex(String(value), at) }
    case '$absent':
      return value === true ? { absent: true } : { not: { absent: true } }
    case '$anything':
      return { anything: '(always)' }
    case '$before':
    case '$after':
    case '$equalToDateTime':
      return { [name.slice(1)]: value, ...dateOptions(spec) }
    case '$and':
      return all(items())
    case '$or':
      return all(items(), 'or')
    case '$not':
      return { not: textPattern(value, at, told) }
    case '$equalToJson':
      return {
        equalToJson: typeof value === 'string' ? value : stringifyJson(value),
        ...(spec['$ignoreArrayOrder'] === true && { ignoreArrayOrder: true }),
        ...(spec['$ignoreExtraElements'] === true && { ignoreExtraElements: true }),
      }
    case '$matchesJsonPath':
      return jsonPath(value, at, told)
    case '$matchesJsonSchema':
      return {
        matchesJsonSchema: typeof value === 'string' ? value : stringifyJson(value),
        schemaVersion: 'V202012',
      }
    case '$equalToXml':
      return { equalToXml: value, ...(spec['$enablePlaceholders'] === true && { enablePlaceholders: true }) }
    case '$matchesXPath':
      return xPath(value, at, told)
    default:
      throw new CannotSay(`${name}: WireMock 3.13 has no such operator`, at)
  }
}

const dateOptions = (spec: Fields): Fields =>
  Object.fromEntries(
    ['$truncateExpected', '$truncateActual', '$applyTruncationLast', '$actualFormat'].flatMap((name) =>
      spec[name] === undefined ? [] : [[name.slice(1), spec[name]]],
    ),
  )

const jsonPath = (value: unknown, at: At, told: Otherwise): Pattern => {
  if (typeof value === 'string') return { matchesJsonPath: jaywayPath(value, at) }
  if (!isFields(value) || typeof value['expression'] !== 'string') throw new CannotSay('this JSONPath', at)
  const { expression, as, ...rules } = value
  const path = jaywayPath(expression as string, [...at, 'expression'])
  if (isNothing(rules)) return { matchesJsonPath: path }
  if (as === undefined && rules['$absent'] === undefined)
    told.say('what a JSONPath finds is compared as text, so that types do not count', at)
  const pattern = textPattern(rules, at, told)
  return { matchesJsonPath: { expression: path, ...pattern } }
}

/** What the import writes for a path alone. */
const isNothing = (rules: Fields): boolean =>
  stringifyJson(rules) === '{"$not":{"$or":[null,{"$equalToJson":[]},{"$equalToJson":{}}]}}'

/** RFC 9535's filters need brackets there, and its functions do not exist. */
const jaywayPath = (written: string, at: At): string => {
  const path = forJayway(written)
  const bare = path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '""')
  if (/\b(?:length|count|match|search|value)\s*\(/.test(bare))
    throw new CannotSay(`the JSONPath ${path}: its function is unknown to Jayway`, at)
  if (/\[\?\s*[^(\s]/.test(bare)) {
    if (/\[\?[^[\]]*\[/.test(bare))
      throw new CannotSay(`the JSONPath ${path}: Jayway wants its filter in brackets`, at)
    return path.replace(/\[\?\s*(?!\()([^\]]*)\]/g, '[?($1)]')
  }
  return path
}

const xPath = (value: unknown, at: At, told: Otherwise): Pattern => {
  if (typeof value === 'string') return { matchesXPath: value }
  if (!isFields(value)) throw new CannotSay('this XPath', at)
  const { expression, namespaces, ...rules } = value
  const prefixes =
    isFields(namespaces) && Object.keys(namespaces).length > 0 ? { xPathNamespaces: namespaces } : {}
  if (Object.keys(rules).length === 0) return { matchesXPath: expression, ...prefixes }
  return { matchesXPath: { expression, ...textPattern(rules, at, told) }, ...prefixes }
}
