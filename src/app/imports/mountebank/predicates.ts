/**
 * Predicates of a stub as conditions. mountebank compares without case unless it is told otherwise, takes a missing value for an empty
 * one, and reads JSON and forms where a predicate goes into the body.
 */
import { type Atom, type Formula, quoted, sameAs } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { anyCase, escapeRegex, hasCase, regexText } from '../source/regex.ts'
import { NotPossible, type Thing } from '../source/things.ts'

const operators = ['equals', 'deepEquals', 'contains', 'startsWith', 'endsWith', 'matches', 'exists'] as const
type Operator = (typeof operators)[number]

interface Reading {
  readonly operator: Operator
  /** Values are compared with their case. */
  readonly exact: boolean
  readonly thing: Thing
}

/** `predicates`: all must hold. Throws NotPossible. */
export const formulaOf = (predicates: JsonNode, thing: Thing): Formula => {
  if (!predicates.missing && !predicates.isList) throw new NotPossible('predicates is no list', predicates)
  return { all: predicates.items().map((one) => predicateOf(one, thing)) }
}

const predicateOf = (predicate: JsonNode, thing: Thing): Formula => {
  for (const [key, build] of [
    ['not', (node: JsonNode): Formula => ({ not: predicateOf(node, thing) })],
    ['and', (node: JsonNode): Formula => formulaOf(node, thing)],
    ['or', (node: JsonNode): Formula => ({ any: node.items().map((one) => predicateOf(one, thing)) })],
  ] as const) {
    const node = predicate.get(key)
    if (node.missing) continue
    predicate.skip('caseSensitive', 'keyCaseSensitive')
    return build(node)
  }
  const inject = predicate.get('inject')
  if (!inject.missing)
    throw new NotPossible('inject is a function of mountebank: write it as request.script', inject)
  const operator = operators.find((one) => !predicate.get(one).missing)
  if (operator === undefined) throw new NotPossible('it has no predicate that mountebank knows', predicate)
  const except = predicate.get('except')
  if (except.isText && except.text() !== '')
    throw new NotPossible(
      'except takes a part out of the value before it is compared, which no condition does',
      except,
    )
  predicate.skip('keyCaseSensitive')
  const reading: Reading = { operator, exact: predicate.get('caseSensitive').boolean() ?? false, thing }
  const selector = selectorOf(predicate)
  return {
    all: predicate
      .get(operator)
      .fields()
      .map(([field, node]) => fieldOf(field, node, reading, selector)),
  }
}

interface Selector {
  readonly operator: '$matchesJsonPath' | '$matchesXPath'
  readonly expression: string
  readonly namespaces?: unknown
}

const selectorOf = (predicate: JsonNode): Selector | undefined => {
  const jsonpath = predicate.get('jsonpath')
  if (!jsonpath.missing)
    return { operator: '$matchesJsonPath', expression: jsonpath.get('selector').text() ?? '$' }
  const xpath = predicate.get('xpath')
  if (xpath.missing) return undefined
  const ns = xpath.get('ns')
  return {
    operator: '$matchesXPath',
    expression: xpath.get('selector').text() ?? '/',
    ...(ns.isMap && { namespaces: ns.value }),
  }
}

const fieldOf = (
  field: string,
  node: JsonNode,
  reading: Reading,
  selector: Selector | undefined,
): Formula => {
  if (selector !== undefined) {
    if (field !== 'body') throw new NotPossible(`a selector on ${field}: only bodies have one`, node)
    return { on: 'body', condition: selected(selector, node, reading) }
  }
  switch (field) {
    case 'method':
      return methodOf(node, reading)
    case 'path':
      return pathOf(node, reading)
    case 'query':
    case 'headers':
    case 'form':
      return namedOf(field, node, reading)
    case 'body':
      return bodyOf(node, reading)
    default:
      throw new NotPossible(`${field}: conditions are on method, path, query, headers, form and body`, node)
  }
}

const methodOf = (node: JsonNode, { operator, exact }: Reading): Formula => {
  if (operator === 'exists')
    return (node.boolean() ?? true) ? { all: [] } : { on: 'test', expression: 'false' }
  const text = textOf(node)
  if (operator === 'equals' || operator === 'deepEquals') {
    // Clients send methods in capitals: one that is written otherwise and compared with case fits none.
    return { on: 'method', is: exact ? text : text.toUpperCase() }
  }
  return {
    on: 'test',
    expression: `new RegExp(${quoted(`^(?:${regexOf(text, operator, exact)})$`)}, 's').test(method)`,
  }
}

const pathOf = (node: JsonNode, { operator }: Reading): Formula => {
  if (operator === 'exists')
    return (node.boolean() ?? true) ? { all: [] } : { on: 'test', expression: 'false' }
  const text = textOf(node)
  if (operator === 'equals' || operator === 'deepEquals') return { on: 'path', is: text }
  // With case, as paths are compared here: the report says so once.
  return { on: 'path', whole: regexOf(text, operator, true) }
}

const namedOf = (on: 'query' | 'headers' | 'form', node: JsonNode, reading: Reading): Formula => {
  if (reading.operator === 'deepEquals') return exactly(on === 'form' ? 'body' : on, node, reading)
  return {
    all: node.fields().map(([name, value]): Atom => ({ on, name, condition: conditionFor(value, reading) })),
  }
}

/** Of a text; in lists, each item must be one of the values. */
const conditionFor = (node: JsonNode, reading: Reading): unknown => {
  if (node.isList) return { $includes: node.items().map((item) => conditionFor(item, reading)) }
  if (node.isMap) throw new NotPossible('a value that is an object', node)
  if (reading.operator === 'exists')
    return (node.boolean() ?? true) ? { $matches: '.+' } : { $or: [{ $absent: true }, ''] }
  const text = textOf(node)
  const condition = conditionOf(text, reading)
  return holdsForNothing(text, reading) ? { $or: [{ $absent: true }, condition] } : condition
}

const conditionOf = (text: string, { operator, exact }: Reading): unknown => {
  if (operator === 'equals' || operator === 'deepEquals')
    return exact || !hasCase(text) ? text : { $equalTo: text, $caseInsensitive: true }
  if (operator === 'contains' && (exact || !hasCase(text))) return { $contains: text }
  return { $matches: regexOf(text, operator, exact) }
}

const regexOf = (text: string, operator: Operator, exact: boolean, lines = false): string => {
  if (operator === 'matches') return regexText(text, { reach: 'search', ignoreCase: !exact, lines })
  const part = exact ? escapeRegex(text) : anyCase(text)
  if (operator === 'startsWith') return `${part}.*`
  return operator === 'endsWith' ? `.*${part}` : operator === 'contains' ? `.*${part}.*` : part
}

const holdsForNothing = (text: string, { operator, exact }: Reading): boolean => {
  if (operator !== 'matches') return text === ''
  try {
    return new RegExp(text, exact ? '' : 'i').test('')
  } catch {
    return false
  }
}

const bodyOf = (node: JsonNode, reading: Reading): Formula => {
  const { operator, exact } = reading
  if (node.isMap || node.isList) {
    if (operator === 'deepEquals') return exactly('body', node, reading)
    return { on: 'body', condition: inDocument(node, reading) }
  }
  if (operator === 'exists')
    return {
      on: 'body',
      condition: (node.boolean() ?? true) ? { $matches: '.+' } : { $not: { $matches: '.+' } },
    }
  const text = textOf(node)
  if (operator === 'equals' || operator === 'deepEquals')
    return { on: 'body', condition: conditionOf(text, reading) }
  if (operator === 'contains' && (exact || !hasCase(text)))
    return { on: 'body', condition: { $contains: text } }
  return { on: 'body', condition: { $matches: regexOf(text, operator, exact, true) } }
}

/** Inside JSON: numbers are compared by their text. */
const inDocument = (node: JsonNode, reading: Reading): unknown => {
  if (node.isList) return { $includes: node.items().map((item) => inDocument(item, reading)) }
  if (node.isMap) {
    const entries = node.fields().map(([key, value]) => [key, inDocument(value, reading)] as const)
    const strange = entries.find(([key]) => key.startsWith('$'))
    if (strange !== undefined) throw new NotPossible(`a field ${strange[0]} in a condition on JSON`, node)
    return Object.fromEntries(entries)
  }
  if (reading.operator === 'exists')
    return (node.boolean() ?? true)
      ? { $not: { $or: [{ $absent: true }, { $equalTo: '' }] } }
      : { $or: [{ $absent: true }, { $equalTo: '' }] }
  if (node.missing) return null
  const text = textOf(node)
  const { operator, exact } = reading
  if (operator !== 'equals') return { $matches: regexOf(text, operator, exact) }
  if (!Number.isNaN(Number(text)) || text === 'true' || text === 'false')
    return { $matches: exact ? escapeRegex(text) : anyCase(text) }
  return conditionOf(text, reading)
}

const selected = (selector: Selector, node: JsonNode, reading: Reading): unknown => {
  const { operator, expression, namespaces } = selector
  const plain = { expression, ...(namespaces !== undefined && { namespaces }) }
  if (reading.operator === 'exists') {
    if (node.boolean() ?? true) return { [operator]: namespaces === undefined ? expression : plain }
    return { $not: { [operator]: namespaces === undefined ? expression : plain } }
  }
  if (node.isMap) throw new NotPossible('an object that is compared with what a selector finds', node)
  const values = node.isList ? node.items() : [node]
  if (reading.operator === 'deepEquals' && node.isList)
    throw new NotPossible('deepEquals with a list of what a selector finds', node)
  const each = values.map((value) => {
    const text = textOf(value)
    const condition =
      operator === '$matchesJsonPath' && /equals/i.test(reading.operator)
        ? { $matches: reading.exact ? escapeRegex(text) : anyCase(text) }
        : asOperators(conditionOf(text, reading))
    return { [operator]: { ...plain, ...condition } }
  })
  return each.length === 1 ? each[0] : { $and: each }
}

const asOperators = (condition: unknown): object =>
  typeof condition === 'object' && condition !== null ? condition : { $equalTo: condition }

/** The same fields and no others, lists in any order, numbers by their text. */
const exactly = (field: 'query' | 'headers' | 'body', node: JsonNode, { exact }: Reading): Atom => ({
  on: 'test',
  expression: sameAs(field, node.value, !exact),
})

const textOf = (node: JsonNode): string => {
  const text = node.scalar()
  if (text === undefined) throw new NotPossible('a text was expected here', node)
  return text
}
