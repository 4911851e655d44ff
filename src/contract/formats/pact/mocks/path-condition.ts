/**
 * The path of a request as a mock's pattern. A rule on the whole path is taken apart at the slashes, so that `/orders/\d+`
 * becomes `/orders/{p1}` with a condition on p1; where that cannot be, the whole rest is one parameter.
 */
import type { RuleList } from '../matching-rules.ts'
import { expressionOf } from './expressions.ts'

export interface PathCondition {
  readonly path: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** `example` as the Pact file has it. undefined: the rule cannot be said. */
export const pathCondition = (example: string, list: RuleList | undefined): PathCondition | undefined => {
  const plain = literalPath(example)
  if (list === undefined) return { path: plain }
  const [rule] = list.rules
  if (rule === undefined || list.rules.length > 1) return undefined
  if (rule.name === 'type') return { path: '/{path*}' }
  if (rule.name === 'equality') return { path: plain }
  const expression = expressionOf(rule)
  if (expression === undefined) return undefined
  return bySegments(example, expression) ?? whole(expression)
}

/** Braces are parameters in mocks. */
const literalPath = (path: string): string => {
  const escaped = path.replace(/[{}?]/g, (sign) => encodeURIComponent(sign))
  return escaped.startsWith('/') ? escaped : `/${escaped}`
}

const bySegments = (example: string, expression: string): PathCondition | undefined => {
  const parts = splitAtSlashes(expression.replace(/^\^/, '').replace(/(^|[^\\])\$$/, '$1'))
  const names = example.split('/')
  if (parts === undefined || parts.length !== names.length || parts[0] !== '') return undefined
  const params: Record<string, unknown> = {}
  const segments = names.map((name, i) => {
    const part = parts[i]!
    if (part.replace(/\\([^\w\s])/g, '$1') === name && /^(?:[\w~-]|\\[^\w\s]|)*$/.test(part))
      return literalSegment(name)
    const parameter = `p${i}`
    params[parameter] = { $matches: part }
    return `{${parameter}}`
  })
  if (!valid(Object.values(params))) return undefined
  return { path: segments.join('/'), ...(Object.keys(params).length > 0 && { params }) }
}

const literalSegment = (name: string): string => name.replace(/[{}?]/g, (sign) => encodeURIComponent(sign))

const valid = (conditions: readonly unknown[]): boolean =>
  conditions.every((condition) => isExpression((condition as { readonly $matches: string }).$matches))

const isExpression = (source: string): boolean => {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

/** Slashes outside of groups and classes; undefined where a choice spans them. */
const splitAtSlashes = (expression: string): readonly string[] | undefined => {
  const parts = ['']
  let depth = 0
  for (const [piece] of expression.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (piece === '(') depth++
    if (piece === ')') depth--
    if (depth === 0 && piece === '|') return undefined
    if (depth === 0 && (piece === '/' || piece === '\\/')) parts.push('')
    else parts[parts.length - 1] += piece
  }
  // `/a(/b)?` and `.*` may stand for several segments.
  return parts.some((part) => part.includes('/') || /\.(?:[*+]|\{)/.test(part)) ? undefined : parts
}

/** The rest of the path has no slash in front. */
const whole = (expression: string): PathCondition | undefined => {
  const match = /^\^?\\?\/([\s\S]*)$/.exec(expression)
  if (match === null) return expression === '.*' || expression === '.+' ? { path: '/{path*}' } : undefined
  const rest = match[1]!.replace(/(^|[^\\])\$$/, '$1')
  return splitsAtTop(rest) || !isExpression(rest)
    ? undefined
    : { path: '/{path*}', params: { path: { $matches: rest } } }
}

/** `/a|/b`: what is behind the first slash is only one of the choices. */
const splitsAtTop = (expression: string): boolean => {
  let depth = 0
  for (const [piece] of expression.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (piece === '(') depth++
    if (piece === ')') depth--
    if (depth === 0 && piece === '|') return true
  }
  return false
}
