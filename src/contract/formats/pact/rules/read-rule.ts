/** One rule of a Pact file: `{ "match": "regex", "regex": "…" }`, or V2's shorter forms without `match`. */
import { nearest } from '../../../../core/nearest.ts'
import { type Fields, isFields, shown } from '../json-value.ts'
import { ruleKinds } from './index.ts'
import { type Rule, RuleError, type RuleKind, type RuleTools } from './rule.ts'

const byName: ReadonlyMap<string, RuleKind> = new Map(
  ruleKinds.flatMap((kind) => [kind.name, ...kind.aliases].map((name) => [name, kind] as const)),
)

/** V2 left `match` out where a key tells. */
const telling: readonly (readonly [key: string, name: string])[] = [
  ['regex', 'regex'],
  ['min', 'type'],
  ['max', 'type'],
  ['timestamp', 'datetime'],
  ['datetime', 'datetime'],
  ['date', 'date'],
  ['time', 'time'],
]

const nameOf = (spec: Fields): string => {
  const name = spec['match'] ?? spec['pact:matcher:type']
  if (typeof name === 'string') return name
  const told = telling.find(([key]) => spec[key] !== undefined)
  if (told === undefined) throw new RuleError(`a rule needs match: ${shown(spec)}`)
  return told[1]
}

/** Throws RuleError. */
export const readRule = (spec: unknown, tools: RuleTools): Rule => {
  if (!isFields(spec)) throw new RuleError(`a rule must be an object, not ${shown(spec)}`)
  const name = nameOf(spec)
  const kind = byName.get(name)
  if (kind === undefined) {
    const near = nearest(name, [...byName.keys()])
    throw new RuleError(
      `the rule ${JSON.stringify(name)} is not known`,
      near === undefined
        ? `known are ${ruleKinds.map((one) => one.name).join(', ')}`
        : `did you mean ${near}?`,
    )
  }
  return {
    name: kind.name,
    spec,
    ofType: false,
    min: undefined,
    max: undefined,
    keysFree: false,
    inner: [],
    variants: [],
    ...kind.read(spec, (inner) => readRule(inner, tools), tools),
  }
}
