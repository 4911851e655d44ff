/** Matchers of a Hoverfly request as conditions on a text, or on a body. */
import type { JsonNode } from '../source/json-node.ts'
import { escapeRegex, regexText } from '../source/regex.ts'
import { NotPossible, type Thing } from '../source/things.ts'

export type Position = 'text' | 'body'

/** All of a field's matchers. Throws NotPossible. */
export const conditionOf = (matchers: JsonNode, position: Position, thing: Thing): unknown => {
  const all = matchers.items().map((one) => matcherOf(one, position, thing))
  return all.length === 1 ? all[0] : { $and: all }
}

const matcherOf = (node: JsonNode, position: Position, thing: Thing): unknown => {
  const kind = kindOf(node)
  const value = node.get('value')
  const next = node.get('doMatch')
  const lines = position === 'body'
  const found = next.missing ? undefined : asOperators(matcherOf(next, 'text', thing))
  switch (kind) {
    case 'jsonpath': {
      const expression = textOf(value)
      return { $matchesJsonPath: found === undefined ? expression : { expression, ...found } }
    }
    case 'xpath': {
      const expression = textOf(value)
      return { $matchesXPath: found === undefined ? expression : { expression, ...found } }
    }
    default: {
      const condition = plainOf(kind, { node, value, lines, thing })
      return found === undefined ? condition : { $and: [condition, found] }
    }
  }
}

/** Names are read in any case. */
export const kindOf = (node: JsonNode): string =>
  (node.get('matcher').text() ?? 'exact').toLowerCase() || 'exact'

interface Plain {
  readonly node: JsonNode
  readonly value: JsonNode
  readonly lines: boolean
  readonly thing: Thing
}

const plainOf = (kind: string, { node, value, lines, thing }: Plain): unknown => {
  switch (kind) {
    case 'exact':
      return textOf(value)
    case 'negate':
      return { $not: textOf(value) }
    case 'glob':
      return { $matches: globText(textOf(value)) }
    case 'regex':
      return { $matches: regexText(textOf(value), { flavour: 'go', reach: 'search', lines }) }
    case 'json':
      return { $equalToJson: jsonOf(value) }
    case 'jsonpartial':
      thing.note('jsonPartial is looked for at the top of the document only', value)
      return partial(jsonOf(value), value)
    case 'xml':
      return { $equalToXml: textOf(value) }
    case 'form':
      return {
        $form: Object.fromEntries(
          value.fields().map(([name, matchers]) => [name, conditionOf(matchers, 'text', thing)]),
        ),
      }
    case 'array':
    case 'containsexactly':
      return listOf(kind, node, { value, thing })
    default:
      throw new NotPossible(`the matcher ${kind} has no counterpart`, node.get('matcher'))
  }
}

const listOf = (
  kind: string,
  node: JsonNode,
  { value, thing }: { readonly value: JsonNode; readonly thing: Thing },
): unknown => {
  const items = value.isList ? value.items().map((item) => textOf(item)) : textOf(value).split(';')
  const config = node.get('config')
  const on = (name: string): boolean =>
    config.fields().some(([key, set]) => key.toLowerCase() === name && set.boolean() === true)
  if (kind === 'containsexactly' || !on('ignoreorder'))
    thing.note('the order of several values is not compared', node)
  if (on('ignoreoccurrences')) {
    if (!on('ignoreunknown')) throw new NotPossible('ignoreOccurrences without ignoreUnknown', config)
    return { $includes: items }
  }
  return on('ignoreunknown') ? { $includes: items } : { $hasExactly: items }
}

/** `*` is any text, also none. */
export const globText = (glob: string): string => glob.split('*').map(escapeRegex).join('.*')

/** JSON stands as a text. */
const jsonOf = (node: JsonNode): unknown => {
  const text = node.text()
  if (text === undefined) return node.value
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new NotPossible('its JSON cannot be read', node)
  }
}

/** Of lists, each item must be somewhere. */
const partial = (value: unknown, node: JsonNode): unknown => {
  if (Array.isArray(value)) return { $includes: value.map((item) => partial(item, node)) }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (entries.some(([key]) => key.startsWith('$')))
    throw new NotPossible('a field that begins with $ in jsonPartial', node)
  return Object.fromEntries(entries.map(([key, member]) => [key, partial(member, node)]))
}

const asOperators = (condition: unknown): object =>
  typeof condition === 'object' && condition !== null ? condition : { $equalTo: condition }

const textOf = (node: JsonNode): string => {
  const text = node.scalar()
  if (text === undefined) throw new NotPossible('a text was expected here', node)
  return text
}
