/** What a request's header, query parameter or form field must be, as a condition of a mock. */
import type { RuleList } from '../matching-rules.ts'
import type { Rule } from '../rules/rule.ts'
import { expressionOf, textNumber } from './expressions.ts'

/** A text that would be taken for nothing else than itself. */
export const textCondition = (list: RuleList | undefined, example: string): unknown => {
  if (list === undefined) return example
  const conditions = list.rules.map((rule) => byRule(rule, example))
  if (conditions.length === 1) return conditions[0]
  return { [list.any ? '$or' : '$and']: conditions }
}

const byRule = (rule: Rule, example: string): unknown => {
  const number = textNumber[rule.name]
  if (number !== undefined) return { $matches: number }
  if (rule.name === 'include') return { $contains: String(rule.spec['value']) }
  if (rule.name === 'boolean') return { $oneOf: ['true', 'false'] }
  if (rule.name === 'equality') return example
  const expression = expressionOf(rule)
  return expression === undefined ? { $absent: false } : { $matches: expression }
}
