/** Rules of a response as conditions. */

import type { Formula } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { escapeRegex, regexText } from '../source/regex.ts'
import { NotPossible } from '../source/things.ts'
import { stepsOf } from './helpers.ts'

/** Throws NotPossible. */
export const ruleFormula = (
  response: JsonNode,
  bucket: (id: string) => { readonly value: unknown } | undefined,
): Formula => {
  const rules = response
    .get('rules')
    .items()
    .map((rule) => ruleOf(rule, bucket))
  return response.get('rulesOperator').text() === 'AND' ? { all: rules } : { any: rules }
}

interface Rule {
  readonly node: JsonNode
  readonly operator: string
  readonly modifier: string
  readonly value: string
}

type BucketOf = (id: string) => { readonly value: unknown } | undefined

const ruleOf = (node: JsonNode, bucket: BucketOf): Formula => {
  const target = node.get('target').text() ?? ''
  const operator =
    node.get('operator').text() ?? ((node.get('isRegex').boolean() ?? false) ? 'regex' : 'equals')
  const rule: Rule = {
    node,
    operator,
    modifier: plain(node.get('modifier')),
    value: operator === 'null' || operator === 'empty_array' ? '' : plain(node.get('value')),
  }
  node.skip('value', 'modifier')
  const formula = formulaOf(target, rule, bucket)
  return node.get('invert').boolean() === true ? { not: formula } : formula
}

const plain = (node: JsonNode): string => {
  const text = node.scalar() ?? ''
  if (text.includes('{{')) throw new NotPossible('a rule whose value is a template', node)
  return text
}

const formulaOf = (target: string, rule: Rule, bucket: BucketOf): Formula => {
  switch (target) {
    case 'body':
      return { on: 'body', condition: ofBody(rule, bucket) }
    case 'query':
      if (rule.modifier === '') throw new NotPossible('a rule on all of the query', rule.node)
      return { on: 'query', name: simple(rule), condition: ofText(rule) }
    case 'header':
      return { on: 'headers', name: simple(rule), condition: ofText(rule) }
    case 'cookie':
      return { on: 'cookies', name: simple(rule), condition: ofText(rule) }
    case 'params':
      return { on: 'params', name: simple(rule), condition: ofText(rule) }
    case 'method':
      if (rule.operator === 'equals') return { on: 'method', is: rule.value.toUpperCase() }
      return {
        on: 'test',
        expression: `new RegExp(${JSON.stringify(`^(?:${regexOf(rule)})$`)}, 'is').test(method)`,
      }
    case 'path':
      if (rule.operator === 'equals') return { on: 'path', is: rule.value }
      return { on: 'path', whole: regexOf(rule) }
    default:
      throw new NotPossible(
        target === 'request_number'
          ? 'a rule on the number of the request: write responses, or a scenario'
          : `a rule on ${target}`,
        rule.node,
      )
  }
}

const simple = ({ modifier, node }: Rule): string => {
  if (modifier !== '' && !/^\$|(?<!\\)\./.test(modifier)) return modifier.replaceAll('\\.', '.')
  throw new NotPossible(`a rule on ${modifier === '' ? 'no name' : `${modifier}, which is a path`}`, node)
}

const regexOf = ({ operator, value, node }: Rule, lines = false): string => {
  if (operator === 'regex' || operator === 'regex_i')
    return regexText(value, { reach: 'search', ignoreCase: operator === 'regex_i', lines })
  throw new NotPossible(`a rule ${operator} here`, node)
}

const ofText = (rule: Rule): unknown => {
  switch (rule.operator) {
    case 'equals':
    case 'array_includes':
      return rule.value
    case 'null':
      return { $or: [{ $absent: true }, ''] }
    default:
      return { $matches: regexOf(rule) }
  }
}

const ofBody = (rule: Rule, bucket: BucketOf): unknown => {
  const { modifier, operator, value, node } = rule
  if (operator === 'valid_json_schema') {
    const schema = bucket(value)
    if (schema === undefined) throw new NotPossible(`there is no data bucket ${value} with a schema`, node)
    if (modifier !== '') throw new NotPossible('a schema for a part of the body', node)
    return { $matchesJsonSchema: schema.value }
  }
  if (modifier === '') {
    if (operator === 'equals') return value
    if (operator === 'null') return { $not: { $matches: '.+' } }
    return { $matches: regexOf(rule, true) }
  }
  const expression = modifier.startsWith('$') ? modifier : jsonPath(modifier)
  switch (operator) {
    case 'equals':
    case 'array_includes':
      return { $matchesJsonPath: { expression, $matches: escapeRegex(value) } }
    case 'null':
      return {
        $not: {
          $matchesJsonPath: { expression, $not: { $or: [{ $equalTo: null }, { $equalTo: '' }] } },
        },
      }
    case 'empty_array':
      return { $matchesJsonPath: { expression, $equalToJson: [] } }
    default:
      return { $matchesJsonPath: { expression, $matches: regexOf(rule) } }
  }
}

const jsonPath = (modifier: string): string =>
  `$${stepsOf(modifier)
    .map((step) =>
      /^[A-Za-z_]\w*$/.test(step)
        ? `.${step}`
        : /^\d+$/.test(step)
          ? `[${step}]`
          : `['${step.replaceAll(/['\\]/g, '\\$&')}']`,
    )
    .join('')}`
