/**
 * A JSON document with its rules as a condition of a mock: plain values and `$type`, `$matches` … where each value has its
 * own place, JSON Schema where a rule makes a list or the keys of an object free.
 */
import { stringifyJson } from '../../../../core/json.ts'
import { type Fields, isFields, isInteger, textOf, typeOf } from '../json-value.ts'
import { type RuleList, type RuleSet, readBodyRules } from '../matching-rules.ts'
import { type Path, root } from '../path-expression.ts'
import type { Rule, RuleTools } from '../rules/rule.ts'
import { expressionOf } from './expressions.ts'
import { plainValue } from './numbers.ts'

interface Scope {
  readonly rules: RuleSet
  readonly tools: RuleTools
}

export const jsonCondition = (example: unknown, rules: RuleSet, tools: RuleTools): unknown => {
  if (typeof example !== 'string') return condition(root, example, { rules, tools })
  // As a whole body a text is compared with the bytes, in which JSON has quotes.
  return rules.has(root)
    ? { $matchesJsonSchema: schema(root, example, { rules, tools }) }
    : { $equalToJson: JSON.stringify(example) }
}

const condition = (path: Path, example: unknown, scope: Scope): unknown => {
  const list = scope.rules.at(path)
  if (Array.isArray(example))
    return list === undefined && !isOperatorLike(example)
      ? example.map((item, i) => condition([...path, String(i)], item, scope))
      : { $matchesJsonSchema: schema(path, example, scope) }
  if (isFields(example)) {
    const free = list !== undefined && !list.cascaded && list.rules.some(needsSchema)
    if (free || Object.keys(example).some((key) => key.startsWith('$')))
      return { $matchesJsonSchema: schema(path, example, scope) }
    if (Object.keys(example).length === 0) return list === undefined ? {} : { $type: 'object' }
    return Object.fromEntries(
      Object.entries(example).map(([key, value]) => [key, condition([...path, key], value, scope)]),
    )
  }
  if (list === undefined) return plainValue(example)
  const conditions = list.rules.map((rule) => scalarCondition(rule, example))
  return conditions.length === 1 ? conditions[0] : { [list.any ? '$or' : '$and']: conditions }
}

const needsSchema = ({ keysFree, name }: Rule): boolean =>
  keysFree || name === 'notEmpty' || name === 'equality'

/** Nothing of a list's items begins with `$`, which would make them operators. */
const isOperatorLike = (items: readonly unknown[]): boolean =>
  items.some((item) => isFields(item) && Object.keys(item).some((key) => key.startsWith('$')))

const scalarCondition = (rule: Rule, example: unknown): unknown => {
  switch (rule.name) {
    case 'type':
      return { $type: typeName(example) }
    case 'integer':
      return { $type: 'integer' }
    case 'decimal':
    case 'number':
      return { $type: 'number' }
    case 'null':
      return null
    case 'boolean':
      return { $oneOf: [true, false, 'true', 'false'] }
    case 'include':
      return { $contains: textOf(rule.spec['value']) }
    case 'equality':
    case 'values':
      return plainValue(example)
    case 'notEmpty':
      return { $not: { $oneOf: ['', null] } }
    default: {
      const expression = expressionOf(rule)
      return expression === undefined ? { $absent: false } : { $matches: expression }
    }
  }
}

const typeName = (example: unknown): string => typeOf(example).toLowerCase()

/** JSON Schema 2020-12. */
const schema = (path: Path, example: unknown, scope: Scope): Fields => {
  const list = scope.rules.at(path)
  if (list === undefined) return literal(path, example, scope)
  const schemas = list.rules.map((rule) => ruleSchema(path, example, scope, rule, list))
  const [only] = schemas
  return schemas.length === 1 ? only! : { [list.any ? 'anyOf' : 'allOf']: schemas }
}

const literal = (path: Path, example: unknown, scope: Scope): Fields => {
  if (Array.isArray(example))
    return {
      type: 'array',
      minItems: example.length,
      maxItems: example.length,
      ...(example.length > 0 && {
        prefixItems: example.map((item, i) => schema([...path, String(i)], item, scope)),
      }),
    }
  if (isFields(example)) return objectSchema(path, example, scope)
  return { const: plainValue(example) }
}

const objectSchema = (path: Path, example: Fields, scope: Scope): Fields => {
  const keys = Object.keys(example)
  if (keys.length === 0) return { type: 'object' }
  return {
    type: 'object',
    required: keys,
    properties: Object.fromEntries(keys.map((key) => [key, schema([...path, key], example[key], scope)])),
  }
}

const ruleSchema = (path: Path, example: unknown, scope: Scope, rule: Rule, list: RuleList): Fields => {
  if (Array.isArray(example)) return arraySchema(path, example, scope, rule, list)
  if (isFields(example)) return mapSchema(path, example, scope, rule, list)
  switch (rule.name) {
    case 'type':
      return { type: typeName(example) }
    case 'integer':
      return { type: 'integer' }
    case 'decimal':
    case 'number':
      return { type: 'number' }
    case 'null':
      return { type: 'null' }
    case 'boolean':
      return { enum: [true, false, 'true', 'false'] }
    case 'equality':
    case 'values':
      return { const: plainValue(example) }
    case 'notEmpty':
      return { not: { enum: ['', null] } }
    default: {
      const expression = expressionOf(rule)
      if (expression === undefined) return {}
      // A number is compared by its text, which a schema cannot.
      return isInteger(example) || typeof example === 'number'
        ? { type: 'number' }
        : { type: 'string', pattern: `^(?:${expression})$` }
    }
  }
}

const arraySchema = (
  path: Path,
  example: readonly unknown[],
  scope: Scope,
  rule: Rule,
  list: RuleList,
): Fields => {
  if (rule.name === 'arrayContains') {
    const variants =
      rule.variants.length > 0 ? rule.variants : example.map((_, index) => ({ index, rules: {} }))
    return {
      type: 'array',
      allOf: variants.map(({ index, rules }) => ({
        contains: schema(root, example[index], { ...scope, rules: readBodyRules(rules, scope.tools) }),
      })),
    }
  }
  if (rule.name === 'equality') return { const: plainValue(example) }
  const inner = rule.name === 'eachValue' ? { ...scope, rules: scope.rules.below(path, rule.inner) } : scope
  const min = list.cascaded ? undefined : (rule.min ?? (rule.name === 'notEmpty' ? 1 : undefined))
  const max = list.cascaded ? undefined : rule.max
  return {
    type: 'array',
    ...(min !== undefined && { minItems: min }),
    ...(max !== undefined && { maxItems: max }),
    ...itemSchemas(path, example, inner),
  }
}

/** What is expected at each place, and for all that come behind, what the first item is. */
const itemSchemas = (path: Path, example: readonly unknown[], scope: Scope): Fields => {
  if (example.length === 0) return {}
  const each = example.map((item, i) => schema([...path, String(i)], item, scope))
  const rest = schema([...path, String(example.length)], example[0], scope)
  return each.every((one) => stringifyJson(one) === stringifyJson(rest))
    ? { items: rest }
    : { prefixItems: each, items: rest }
}

const mapSchema = (path: Path, example: Fields, scope: Scope, rule: Rule, list: RuleList): Fields => {
  if (list.cascaded || !needsSchema(rule)) return objectSchema(path, example, scope)
  const [key, value] = Object.entries(example)[0] ?? []
  if (rule.name === 'notEmpty') return { ...objectSchema(path, example, scope), minProperties: 1 }
  if (rule.name === 'equality') return { const: plainValue(example) }
  if (rule.name === 'eachKey') {
    const patterns = rule.inner.flatMap((one) => expressionOf(one) ?? [])
    return {
      type: 'object',
      propertyNames: { allOf: patterns.map((pattern) => ({ pattern: `^(?:${pattern})$` })) },
    }
  }
  const inner = rule.name === 'eachValue' ? { ...scope, rules: scope.rules.below(path, rule.inner) } : scope
  return {
    type: 'object',
    ...(key !== undefined && { additionalProperties: schema([...path, key], value, inner) }),
  }
}
