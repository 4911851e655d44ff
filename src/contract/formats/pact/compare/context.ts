/** What every comparison is given. */
import type { MatcherTools } from '../../../../core/matcher.ts'
import { RegexTimeout } from '../../../../core/matcher.ts'
import type { RuleList, RuleSet } from '../matching-rules.ts'
import type { Check, Pair, Rule, RuleTools } from '../rules/rule.ts'

export type PactTools = Pick<MatcherTools, 'regex' | 'load' | 'now'>

export interface Context {
  readonly rules: RuleSet
  /** Requests: what is not expected is a mismatch. Replies and messages may say more. */
  readonly strict: boolean
  readonly ruleTools: RuleTools
  readonly tools: PactTools
}

/** Sentences about what does not hold: of all rules, or, where one is enough, of none that held. */
export const problemsOf = (list: RuleList, pair: Omit<Pair, 'cascaded'>): readonly string[] => {
  const problems = list.rules.map(({ check }) => bounded(check, { ...pair, cascaded: list.cascaded }))
  if (list.any && problems.some((problem) => problem === undefined)) return []
  return problems.filter((problem) => problem !== undefined)
}

/** An expression that runs into its bound does not match. */
export const bounded = (check: Check, pair: Pair): string | undefined => {
  try {
    return check(pair)
  } catch (error) {
    if (error instanceof RegexTimeout) return error.message
    throw error
  }
}

/** `judge` each rule; where one is enough, what is wrong with all others does not count. */
export const combined = <T>(list: RuleList, judge: (rule: Rule) => readonly T[]): readonly T[] => {
  const results = list.rules.map(judge)
  return list.any && results.some((result) => result.length === 0) ? [] : results.flat()
}
