/**
 * A real reply held against a mock that came from a Pact file: by Pact's own comparison, with the matching rules that the mock keeps,
 * and by equality where it has none, as Pact's verifiers do.
 */
import { realResponse } from '../../contract/formats/pact/file/real-parts.ts'
import type { PactMatcher } from '../../contract/formats/pact/match.ts'
import type { Mismatch } from '../../contract/formats/pact/mismatch.ts'
import { expectedResponseOf } from '../../contract/formats/pact/mocks/expectation.ts'
import { parsePathExpression } from '../../contract/formats/pact/path-expression.ts'
import { RuleError } from '../../contract/formats/pact/rules/rule.ts'
import { shown } from '../../contract/provider/shape.ts'
import type { ProviderReply } from './ask-provider.ts'
import type { Promised } from './promises.ts'
import type { MockPath, ProviderFinding } from './provider-protocols/protocol.ts'

export const hasPactRules = ({ contract, definition }: Promised): boolean =>
  contract.pact !== undefined && definition.response !== undefined

export const comparePact = (
  { definition, contract }: Promised,
  reply: ProviderReply,
  matcher: PactMatcher,
): readonly ProviderFinding[] => {
  const response = definition.response as Readonly<Record<string, unknown>>
  try {
    const expected = expectedResponseOf(
      { name: definition.name, request: {}, response, contract },
      matcher.ruleTools,
    )
    if (typeof expected === 'string') {
      const message = `Pact's rules cannot be held against it: ${expected}`
      return [{ severity: 'notVerifiable', rule: 'pact-rules', path: ['response'], message }]
    }
    return matcher.response(expected, realResponse(reply)).map(findingOf)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    const path = ['contract', 'pact', 'matchingRules', 'response']
    return [{ severity: 'violation', rule: 'pact-rules', path, message: error.message }]
  }
}

const findingOf = ({ kind, path, message, expected, actual }: Mismatch): ProviderFinding => ({
  severity: 'violation',
  rule: ruleOf(kind, actual),
  path: ['response', ...placeOf(kind, path)],
  message,
  expected: shown(expected),
  actual: actual === null ? 'nothing' : shown(actual),
})

const ruleOf = (kind: Mismatch['kind'], actual: unknown): string => {
  if (kind === 'status') return 'response-status'
  if (kind === 'bodyType') return 'content-type'
  if (kind === 'header') return actual === null ? 'missing-header' : 'header'
  return 'matching-rule'
}

const placeOf = (kind: Mismatch['kind'], path: string): MockPath => {
  if (kind === 'status') return ['status']
  if (kind === 'bodyType') return ['headers', 'content-type']
  if (kind === 'header') return ['headers', path.toLowerCase()]
  return ['body', ...stepsOf(path)]
}

const stepsOf = (path: string): MockPath =>
  parsePathExpression(path)
    .slice(1)
    .flatMap((token) =>
      token.kind !== 'name' ? [] : [/^\d+$/.test(token.name) ? Number(token.name) : token.name],
    )
