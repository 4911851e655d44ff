/**
 * What a mock promises, ready to be compared with what really comes: its example request and its answer, with the rules that a
 * Pact file gave it or, where none did, by shape.
 */
import type { PactRequest, PactResponse } from '../file/parts.ts'
import { readRequest, readResponse } from '../file/parts.ts'
import { writeInteraction } from '../file/write-pact.ts'
import type { RuleTools } from '../rules/rule.ts'
import { type ExportedMock, interactionOf } from './from-mock.ts'

export interface Expectation {
  readonly request: PactRequest
  readonly response: PactResponse
}

/** A string: why the mock promises nothing, or cannot be asked. Throws RuleError for rules that cannot be read. */
export const expectationOf = (mock: ExportedMock, tools: RuleTools): Expectation | string => {
  const interaction = interactionOf(mock)
  if (typeof interaction === 'string') return interaction
  const { request, response } = writeInteraction(interaction, 4, [])
  return { request: readRequest(request, 4, tools), response: readResponse(response, 4, tools) }
}

/** Its answer alone, also where no Pact file could hold its request. */
export const expectedResponseOf = (
  { name, response, contract: { example: _, ...contract } }: ExportedMock,
  tools: RuleTools,
): PactResponse | string => {
  const expectation = expectationOf({ name, request: { path: '/' }, response, contract }, tools)
  return typeof expectation === 'string' ? expectation : expectation.response
}
