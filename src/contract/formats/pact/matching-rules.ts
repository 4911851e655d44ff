/**
 * `matchingRules` of a request, response or message: V2's flat map from `$.body.x` and the categories of V3 and V4, told apart
 * by their keys. Asked for a path, it says which rules are in force there.
 */
import { type Fields, isFields, shown } from './json-value.ts'
import { type Path, PathError, parsePathExpression, type Token, weightOf } from './path-expression.ts'
import { readRule } from './rules/read-rule.ts'
import { type Rule, RuleError, type RuleTools } from './rules/rule.ts'

/** Rules of one path. */
export interface RuleList {
  readonly rules: readonly Rule[]
  /** combine OR: one that holds is enough. */
  readonly any: boolean
  /** They stand on something above. */
  readonly cascaded: boolean
}

interface Entry {
  readonly tokens: readonly Token[]
  readonly list: Omit<RuleList, 'cascaded'>
}

/** The rules of one category. */
export class RuleSet {
  readonly #entries: readonly Entry[]

  constructor(entries: readonly Entry[]) {
    this.#entries = entries
  }

  /** The heaviest; of several, the one that stands last. */
  at(path: Path): RuleList | undefined {
    let best: Entry | undefined
    let most = 0
    for (const entry of this.#entries) {
      const weight = weightOf(entry.tokens, path) * entry.tokens.length
      if (weight > 0 && weight >= most) {
        best = entry
        most = weight
      }
    }
    return best && { ...best.list, cascaded: best.tokens.length !== path.length }
  }

  has(path: Path): boolean {
    return this.#entries.some(({ tokens }) => weightOf(tokens, path) > 0)
  }

  /** Of the whole category: a path, a status. */
  only(): RuleList | undefined {
    const [entry] = this.#entries
    return entry && { ...entry.list, cascaded: false }
  }

  /** Rules that name the path itself. */
  exactly(path: Path): readonly Rule[] {
    return this.#entries
      .filter(({ tokens }) => tokens.length === path.length && weightOf(tokens, path) > 0)
      .flatMap(({ list }) => list.rules)
  }

  /** type stands on the path or above it. */
  hasType(path: Path): boolean {
    return this.#entries.some(
      ({ tokens, list }) => weightOf(tokens, path) > 0 && list.rules.some(({ ofType }) => ofType),
    )
  }

  /** Whether there is any. */
  exists(): boolean {
    return this.#entries.length > 0
  }

  /** Whether any expression has the name literally. */
  names(name: string): boolean {
    return this.#entries.some(({ tokens }) =>
      tokens.some((token) => token.kind === 'name' && token.name === name),
    )
  }

  /** Instead of these, rules on whatever stands directly below a path. */
  below(path: Path, rules: readonly Rule[]): RuleSet {
    const tokens: Token[] = [...path.map((name) => ({ kind: 'name', name }) as const), { kind: 'any' }]
    return new RuleSet([...this.#entries, { tokens, list: { rules, any: false } }])
  }
}

export const noRules = new RuleSet([])

export type Category = 'path' | 'query' | 'header' | 'body' | 'status' | 'metadata'

export type MatchingRules = Readonly<Record<Category, RuleSet>>

const categoryNames: Readonly<Record<string, Category>> = {
  method: 'metadata',
  path: 'path',
  query: 'query',
  header: 'header',
  headers: 'header',
  body: 'body',
  content: 'body',
  contents: 'body',
  status: 'status',
  metadata: 'metadata',
  metaData: 'metadata',
}

/** Throws RuleError, with the rule's place in its message. */
export const readMatchingRules = (value: unknown, tools: RuleTools): MatchingRules => {
  const entries: Record<Category, Entry[]> = {
    path: [],
    query: [],
    header: [],
    body: [],
    status: [],
    metadata: [],
  }
  if (value !== undefined && value !== null) {
    if (!isFields(value)) throw new RuleError(`matchingRules must be an object, not ${shown(value)}`)
    for (const [key, spec] of Object.entries(value)) {
      if (key.startsWith('$')) readFlat(key, spec, entries, tools)
      else readCategory(key, spec, entries, tools)
    }
  }
  const set = (category: Category): RuleSet => new RuleSet(entries[category])
  return {
    path: set('path'),
    query: set('query'),
    header: set('header'),
    body: set('body'),
    status: set('status'),
    metadata: set('metadata'),
  }
}

/** V2: `$.body.items[*].id`, `$.headers.Accept`, `$.query.page`, `$.path`. */
const readFlat = (key: string, spec: unknown, entries: Record<Category, Entry[]>, tools: RuleTools): void => {
  const tokens = at(key, () => parsePathExpression(key))
  const [start, first, ...rest] = tokens
  const category = first?.kind === 'name' ? categoryOf(first.name) : undefined
  if (category === undefined)
    throw new RuleError(`${key}: begins with none of $.body, $.headers, $.query, $.path, $.status`)
  entries[category].push({
    tokens: [start!, ...lowerHeader(category, rest)],
    list: at(key, () => readList(spec, tools)),
  })
}

const categoryOf = (name: string): Category | undefined =>
  Object.hasOwn(categoryNames, name) ? categoryNames[name] : undefined

const readCategory = (
  name: string,
  spec: unknown,
  entries: Record<Category, Entry[]>,
  tools: RuleTools,
): void => {
  const category = categoryOf(name)
  if (category === undefined)
    throw new RuleError(
      `matchingRules has ${JSON.stringify(name)}, which is no category`,
      `known are ${Object.keys(categoryNames).join(', ')}`,
    )
  if (!isFields(spec)) throw new RuleError(`matchingRules.${name} must be an object, not ${shown(spec)}`)
  if (Array.isArray(spec['matchers'])) {
    entries[category].push({ tokens: parsePathExpression('$'), list: at(name, () => readList(spec, tools)) })
    return
  }
  for (const [key, list] of Object.entries(spec)) {
    const where = `${name} ${key}`
    entries[category].push({
      tokens: at(where, () => lowerHeader(category, parsePathExpression(key))),
      list: at(where, () => readList(list, tools)),
    })
  }
}

/** Names of headers have no case. */
const lowerHeader = (category: Category, tokens: readonly Token[]): readonly Token[] =>
  category === 'header'
    ? tokens.map((token) => (token.kind === 'name' ? { ...token, name: token.name.toLowerCase() } : token))
    : tokens

const readList = (spec: unknown, tools: RuleTools): Omit<RuleList, 'cascaded'> => {
  const matchers = isFields(spec) ? spec['matchers'] : undefined
  if (matchers === undefined) return { rules: [checked(readRule(spec, tools), tools)], any: false }
  if (!Array.isArray(matchers)) throw new RuleError(`matchers must be a list, not ${shown(matchers)}`)
  const combine = (spec as Fields)['combine']
  return {
    rules: matchers.map((one) => checked(readRule(one, tools), tools)),
    any: typeof combine === 'string' && combine.toUpperCase() === 'OR',
  }
}

/** Rules of variants are read when their list is compared; mistakes in them are told now. */
const checked = (rule: Rule, tools: RuleTools): Rule => {
  for (const { rules } of rule.variants) readBodyRules(rules, tools)
  return rule
}

const at = <T>(where: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof RuleError) throw new RuleError(`${where}: ${error.message}`, error.hint)
    if (error instanceof PathError) throw new RuleError(error.message)
    throw error
  }
}

/** Rules by path expression alone, as the variants of arrayContains have them. */
export const readBodyRules = (rules: Fields, tools: RuleTools): RuleSet =>
  readMatchingRules({ body: rules }, tools).body
