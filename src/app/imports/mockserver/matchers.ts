/**
 * Matchers of a MockServer request. A text is a text, or an expression of Java for the whole value; `!` in front negates, `?` makes a
 * name optional; names and values may also stand as objects that say so.
 */
import type { Formula } from '../source/formula.ts'
import type { JsonNode } from '../source/json-node.ts'
import { escapeRegex, regexText } from '../source/regex.ts'
import { NotPossible, type Thing } from '../source/things.ts'

export interface Notted {
  readonly text: string
  readonly not: boolean
  readonly optional: boolean
}

export const nottedOf = (node: JsonNode): Notted => {
  if (node.isMap) {
    const schema = node.get('schema')
    if (!schema.missing) throw new NotPossible('a JSON Schema for a text: write $matches', schema)
    const inner = nottedText(node.get('value').scalar() ?? '')
    return {
      text: inner.text,
      not: inner.not !== (node.get('not').boolean() ?? false),
      optional: inner.optional || (node.get('optional').boolean() ?? false),
    }
  }
  const text = node.scalar()
  if (text === undefined) throw new NotPossible('a text was expected here', node)
  return nottedText(text)
}

const nottedText = (given: string): Notted => {
  const optional = given.startsWith('?')
  const rest = optional ? given.slice(1) : given
  const not = rest.startsWith('!')
  return { text: not ? rest.slice(1) : rest, not, optional }
}

/** Signs that make an expression of a text; a dot alone is taken for a dot. */
const isExpression = (text: string): boolean => /[\\^$*+?()[\]{}|]/.test(text)

const compiles = (text: string): boolean => {
  try {
    regexText(text, { flavour: 'java', reach: 'whole' })
    return true
  } catch {
    return false
  }
}

/** A condition on one value. */
export const conditionFor = (node: JsonNode): unknown => {
  const { text, not } = nottedOf(node)
  const condition = plainValue(text)
  return not ? { $not: condition } : condition
}

const plainValue = (text: string): unknown => {
  if (text === '.*' || text === '') return text === '' ? '' : { $absent: false }
  if (!isExpression(text)) return text
  // What is no expression of Java is a text there, too.
  if (!compiles(text)) {
    regexOr(text)
    return text
  }
  const whole = regexText(text, { flavour: 'java', reach: 'whole' })
  return whole === escapeRegex(text) ? text : { $matches: whole }
}

/** Throws NotPossible where Java can read it and JavaScript cannot. */
const regexOr = (text: string): void => {
  if (/[*+?}]\+|\(\?>|&&/.test(text)) regexText(text, { flavour: 'java', reach: 'whole' })
}

export const methodFormula = (node: JsonNode): Formula => {
  const { text, not } = nottedOf(node)
  if (text === '') return { all: [] }
  const formula: Formula =
    isExpression(text) || text.includes('.')
      ? {
          on: 'test',
          expression: `new RegExp(${JSON.stringify(`^(?:${regexText(text, { flavour: 'java', reach: 'whole' })})$`)}, 'is').test(method)`,
        }
      : { on: 'method', is: text.toUpperCase() }
  return not ? { not: formula } : formula
}

/** `parameters`: names that the path has, as `/orders/{id}`, with conditions of their own. */
export const pathFormula = (
  node: JsonNode,
  parameters: JsonNode,
): { readonly formula: Formula; readonly pattern?: string } => {
  const { text, not } = nottedOf(node)
  if (text === '') return { formula: { all: [] } }
  if (parameters.fields().length > 0 || parameters.items().length > 0) {
    if (not) throw new NotPossible('a path with parameters that must not match', node)
    return {
      formula: { all: [...namedFormulas('params', parameters)] },
      pattern: text.startsWith('/') ? text : `/${text}`,
    }
  }
  // `{id}` is no expression of Java, and so is a text.
  const isRegex = isExpression(text) && compiles(text) && !/\{[A-Za-z]/.test(text)
  const formula: Formula = isRegex
    ? { on: 'path', whole: regexText(text, { flavour: 'java', reach: 'whole' }) }
    : { on: 'path', is: text }
  return { formula: not ? { not: formula } : formula }
}

type NamedPlace = 'query' | 'headers' | 'cookies' | 'form' | 'params'

interface NamedValues {
  readonly name: JsonNode | string
  readonly values: readonly JsonNode[]
  readonly node: JsonNode
}

const namedOf = (node: JsonNode): readonly NamedValues[] => {
  if (node.isList)
    return node.items().map((one) => ({
      name: one.get('name'),
      values: one.get('values').isList
        ? one.get('values').items()
        : one.get('value').missing
          ? []
          : [one.get('value')],
      node: one,
    }))
  return node
    .fields()
    .filter(([name]) => name !== 'keyMatchStyle')
    .map(([name, value]) => {
      const values = value.isMap && !value.get('values').missing ? value.get('values') : value
      if (value.isMap && value.get('parameterStyle').isText && value.get('parameterStyle').text() !== '')
        throw new NotPossible('a parameter style: write the value as it comes', value.get('parameterStyle'))
      return { name, values: values.isList ? values.items() : [values], node: value }
    })
}

export const namedFormulas = (on: NamedPlace, node: JsonNode): readonly Formula[] => {
  const exact = node.isMap && node.get('keyMatchStyle').text() === 'MATCHING_KEY'
  return namedOf(node).map(({ name, values, node: at }): Formula => {
    const { text, not, optional } = typeof name === 'string' ? nottedText(name) : nottedOf(name)
    if (isExpression(text))
      throw new NotPossible(`the name ${text} is an expression: names are names here`, at)
    if (not) {
      for (const value of values) value.skip()
      return { on, name: text, condition: { $absent: true } }
    }
    const conditions = values.map(conditionFor)
    const condition =
      conditions.length === 0
        ? { $absent: false }
        : exact
          ? { $hasExactly: conditions }
          : conditions.length === 1
            ? conditions[0]
            : { $includes: conditions }
    return { on, name: text, condition: optional ? { $or: [{ $absent: true }, condition] } : condition }
  })
}

/** Throws NotPossible. */
export const bodyFormula = (node: JsonNode, thing: Thing): Formula => {
  if (node.isMap && node.get('optional').boolean() === true)
    thing.note('an optional body is asked for', node.get('optional'))
  if (!node.isMap || !node.get('type').isText) {
    if (node.isText) return { on: 'body', condition: node.text() ?? '' }
    return { on: 'body', condition: json(node.value, false) }
  }
  node.skip('contentType', 'rawBytes')
  const condition = typedBody(node, thing)
  return node.get('not').boolean() === true ? { not: { on: 'body', condition } } : { on: 'body', condition }
}

const typedBody = (node: JsonNode, thing: Thing): unknown => {
  const type = node.get('type').text()
  switch (type) {
    case 'STRING': {
      const text = node.get('string').text() ?? ''
      return node.get('subString').boolean() === true ? { $contains: text } : text
    }
    case 'JSON':
      return json(parsed(node.get('json')), node.get('matchType').text() === 'STRICT')
    case 'JSON_SCHEMA':
      return { $matchesJsonSchema: parsed(node.get('jsonSchema')) }
    case 'JSON_PATH':
      return { $matchesJsonPath: node.get('jsonPath').text() ?? '$' }
    case 'REGEX':
      return {
        $matches: regexText(node.get('regex').text() ?? '', { flavour: 'java', reach: 'whole', lines: true }),
      }
    case 'XML':
      return { $equalToXml: node.get('xml').text() ?? '' }
    case 'XPATH': {
      const namespaces = node.get('namespacePrefixes')
      const expression = node.get('xpath').text() ?? '/'
      return {
        $matchesXPath: namespaces.isMap
          ? { expression, namespaces: namespaces.value, $absent: false }
          : expression,
      }
    }
    case 'PARAMETERS': {
      const fields = namedFormulas('form', node.get('parameters'))
      return {
        $form: Object.fromEntries(
          fields.map((one) => ('name' in one ? [one.name, one.condition] : ['', ''])),
        ),
      }
    }
    case 'BINARY': {
      const text = Buffer.from(node.get('base64Bytes').text() ?? '', 'base64')
      if (!text.equals(Buffer.from(text.toString('utf8'))))
        throw new NotPossible('a body of bytes that are no text', node)
      thing.note('bytes are compared as text', node)
      return text.toString('utf8')
    }
    default:
      throw new NotPossible(`a body of type ${type}`, node.get('type'))
  }
}

const json = (value: unknown, strict: boolean): unknown =>
  strict
    ? { $equalToJson: value }
    : { $equalToJson: value, $ignoreArrayOrder: true, $ignoreExtraElements: true }

/** JSON as a value, or as a text that holds it. */
const parsed = (node: JsonNode): unknown => {
  const text = node.text()
  if (text === undefined) return node.value
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new NotPossible('its JSON cannot be read', node)
  }
}
