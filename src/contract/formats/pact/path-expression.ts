/**
 * Where a rule holds: `$.items[*].id`, `$['a b'].*`, `$.animals.0`, `$.a['@id']`, `$.a['#text']` (Pact specification, "Matcher path
 * expressions"). A path names a value and, where rules cascade, everything below it.
 */

/** A literal name or index, `*` for any, or `[*]` for any index. */
export type Token =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'anyIndex' }

/** Beginning with `$`. */
export type Path = readonly string[]

export const root: Path = ['$']

export class PathError extends Error {}

/** Throws PathError. The leading `$` is a token of its own; a text without it is one name. */
export const parsePathExpression = (text: string): readonly Token[] => {
  if (!text.startsWith('$'))
    return text === ''
      ? []
      : [
          { kind: 'name', name: '$' },
          { kind: 'name', name: text },
        ]
  const tokens: Token[] = [{ kind: 'name', name: '$' }]
  const step = /\.(\*|[^.[\]'*]+)|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)|(\*))\]/y
  step.lastIndex = 1
  while (step.lastIndex < text.length) {
    const at = step.lastIndex
    const match = step.exec(text)
    if (match === null)
      throw new PathError(
        `the path ${JSON.stringify(text)} cannot be read from ${JSON.stringify(text.slice(at))} on`,
      )
    const [, field, single, double, index, star] = match
    if (star !== undefined) tokens.push({ kind: 'anyIndex' })
    else if (field === '*') tokens.push({ kind: 'any' })
    else {
      const quoted = single ?? double
      tokens.push({ kind: 'name', name: field ?? index ?? quoted?.replace(/\\(.)/g, '$1') ?? '' })
    }
  }
  return tokens
}

/**
 * How closely the expression names the path or something above it: 2 for each literal token, 1 for each wildcard, multiplied;
 * 0 if it does not. Times its length, the highest wins (Pact specification V2, "Matcher weighting").
 */
export const weightOf = (tokens: readonly Token[], path: Path): number => {
  if (tokens.length > path.length) return 0
  let weight = 1
  for (let i = 0; i < tokens.length && weight > 0; i++) weight *= tokenWeight(tokens[i]!, path[i]!)
  return weight
}

const tokenWeight = (token: Token, part: string): number => {
  if (token.kind === 'name') return token.name === part ? 2 : 0
  if (token.kind === 'any') return 1
  return /^\d+$/.test(part) ? 1 : 0
}

/** As an expression: `$.items[0].id`, `$['a b']`. */
export const formatPath = (path: Path): string =>
  path
    .map((part, i) => {
      if (i === 0) return part
      if (/^\d+$/.test(part)) return `[${part}]`
      return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(part) ? `.${part}` : `['${part.replace(/(['\\])/g, '\\$1')}']`
    })
    .join('')
