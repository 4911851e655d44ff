/** `matchingRules` and `generators` between the flat map of V2 (`$.body.x`) and the categories of V3 and V4. */
import { type Fields, isFields } from '../json-value.ts'
import { formatPath, parsePathExpression } from '../path-expression.ts'
import { ruleKinds } from '../rules/index.ts'
import { readRule } from '../rules/read-rule.ts'

/** Categories, with a list of matchers at each path; `path` and `status` have the list itself. */
export const toCategories = (rules: unknown): Fields => {
  if (!isFields(rules)) return {}
  const categories: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(rules)) {
    if (!key.startsWith('$')) categories[newerName(key)] = spec
    else
      addFlat(categories, key, isFields(spec) && spec['matchers'] !== undefined ? spec : { matchers: [spec] })
  }
  return categories
}

const newerName = (category: string): string => {
  if (category === 'content' || category === 'contents') return 'body'
  return category === 'headers' ? 'header' : category
}

const addFlat = (categories: Record<string, unknown>, key: string, list: Fields): void => {
  const match = /^\$\.(?:(body)(.*)|(path|status)|(headers?|query)(.*))$/s.exec(key)
  if (match === null) return
  const [, body, below = '', single, named, rest = ''] = match
  if (single !== undefined) {
    categories[single] = list
    return
  }
  const category = body ?? (named === 'query' ? 'query' : 'header')
  const inner = body === undefined ? nameOf(rest) : `$${below}`
  categories[category] = { ...(categories[category] as Fields | undefined), [inner]: list }
}

/** `.Accept` and `['x-a']` name a header; with an index it stays an expression. */
const nameOf = (rest: string): string => {
  const [, ...tokens] = parsePathExpression(`$${rest}`)
  const [only, more] = tokens
  return only?.kind === 'name' && more === undefined ? only.name : `$${rest}`
}

export interface FlatRules {
  readonly rules: Fields
  /** Rules that V2 does not have, as `$.body.id: integer`. */
  readonly dropped: readonly string[]
}

const knownToV2: ReadonlySet<string> = new Set(
  ruleKinds.filter(({ since }) => since === 2).map(({ name }) => name),
)

/** V2 has one rule at a path; of several, the first that it knows. */
export const toFlat = (categories: Fields): FlatRules => {
  const rules: Record<string, unknown> = {}
  const dropped: string[] = []
  const add = (key: string, list: unknown): void => {
    const matchers = isFields(list) && Array.isArray(list['matchers']) ? (list['matchers'] as unknown[]) : []
    let taken = false
    for (const one of matchers) {
      const { name } = readRule(one, { matches: () => () => true })
      if (!taken && knownToV2.has(name)) {
        rules[key] = one
        taken = true
      } else dropped.push(`${key}: ${name}`)
    }
  }
  for (const [category, spec] of Object.entries(categories)) {
    if (!isFields(spec)) continue
    if (Array.isArray(spec['matchers'])) add(category === 'body' ? '$.body' : `$.${category}`, spec)
    else
      for (const [key, list] of Object.entries(spec)) {
        if (category === 'body') add(`$.body${key.slice(1)}`, list)
        else {
          const flat = category === 'header' ? 'headers' : category
          add(key.startsWith('$') ? `$.${flat}${key.slice(1)}` : formatPath(['$', flat, key]), list)
        }
      }
  }
  return { rules, dropped }
}
