/** The address of a request of a collection: path and query, with variables filled in as far as they are known. */
import type { JsonNode } from '../source/json-node.ts'

export interface PostmanUrl {
  readonly host: string | undefined
  /** As a pattern: what is not known is a parameter. */
  readonly path: string
  /** undefined: any value. */
  readonly query: readonly (readonly [name: string, value: string | undefined])[]
}

export type Variables = ReadonlyMap<string, string>

/** A text, or an object of parts since schema 2.0. */
export const urlOf = (node: JsonNode, variables: Variables): PostmanUrl => {
  if (!node.isMap) return fromText(filled(node.text() ?? '', variables), [])
  node.skip('protocol', 'port', 'hash', 'description')
  const raw = filled(node.get('raw').text() ?? '', variables)
  const path = node.get('path')
  const segments = path.isList
    ? path.items().map((one) => (one.isMap ? (one.get('value').text() ?? '') : (one.scalar() ?? '')))
    : (path.text() ?? '').split('/').filter((one, i) => one !== '' || i > 0)
  const host = node.get('host')
  const hostText = filled(
    host.isList
      ? host
          .items()
          .map((one) => one.scalar() ?? '')
          .join('.')
      : (host.text() ?? ''),
    variables,
  )
  const query = node
    .get('query')
    .items()
    .filter((one) => one.get('disabled').boolean() !== true)
    .map((one) => [one.get('key').text() ?? '', one.get('value').scalar() ?? ''] as const)
    .filter(([name]) => name !== '')
  node.get('query').skip()
  // What `:id` was in the example: it is any value for a mock.
  node.get('variable').skip()
  const given =
    hostText === '' && segments.length === 0 ? raw : `${hostText}/${filled(segments.join('/'), variables)}`
  return fromText(
    given,
    query.map(([name, value]) => [filled(name, variables), filled(value, variables)] as const),
  )
}

const fromText = (given: string, query: readonly (readonly [string, string])[]): PostmanUrl => {
  const text = given.replace(/#.*$/, '')
  const mark = text.indexOf('?')
  const address = mark < 0 ? text : text.slice(0, mark)
  const inText = mark < 0 ? [] : [...new URLSearchParams(text.slice(mark + 1))]
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)
  const rest = scheme === null ? address : address.slice(scheme[0].length)
  const slash = rest.indexOf('/')
  const host = slash < 0 ? rest : rest.slice(0, slash)
  const path = slash < 0 ? '/' : rest.slice(slash)
  return {
    host: host === '' || host.includes('{{') ? undefined : host,
    path: patternOf(path),
    query: (query.length > 0 ? query : inText).map(([name, value]) => [
      name,
      value.includes('{{') ? undefined : value,
    ]),
  }
}

/** `:id` and `{{id}}` are parameters. */
const patternOf = (path: string): string => {
  const taken = new Set<string>()
  const parameter = (name: string): string => {
    const plain = name.replaceAll(/[^\p{L}\p{N}_.-]/gu, '_').replace(/^[^\p{L}_]/u, '_$&') || 'p'
    let unique = plain
    for (let n = 2; taken.has(unique); n++) unique = `${plain}${n}`
    taken.add(unique)
    return unique
  }
  return path
    .replaceAll(/\/{2,}/g, '/')
    .split('/')
    .map((segment) =>
      segment
        .split(/(\{\{[^{}]*\}\})/)
        .map((piece, i) => {
          if (i % 2 === 1) return `{${parameter(piece.slice(2, -2).trim())}}`
          const variable = /^:([A-Za-z_][\w-]*)$/.exec(piece)
          if (variable !== null && segment === piece) return `{${parameter(variable[1]!)}}`
          return piece.replaceAll('{', '%7B').replaceAll('}', '%7D')
        })
        .join(''),
    )
    .join('/')
}

/** Known variables by their values, also those that stand in values. */
export const filled = (text: string, variables: Variables): string => {
  let now = text
  for (let round = 0; round < 5 && now.includes('{{'); round++) {
    const next = now.replaceAll(/\{\{([^{}]*)\}\}/g, (all, name: string) => variables.get(name.trim()) ?? all)
    if (next === now) break
    now = next
  }
  return now
}
