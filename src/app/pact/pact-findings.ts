/** What came of an interaction, as findings for people and as results for a Pact Broker. */
import { type Fields, isFields, shown } from '../../contract/formats/pact/json-value.ts'
import type { Mismatch } from '../../contract/formats/pact/mismatch.ts'
import type { Checked, Violation } from '../../contract/violation.ts'
import type { GivenPact } from './pact-sources.ts'
import type { Outcome, Verifiable } from './verify-interaction.ts'

/** `an order (given order 42 exists, and the user is logged in)`. */
export const titleOf = ({ description, states }: Verifiable): string =>
  states.length === 0
    ? description
    : `${description} (given ${states.map(({ name }) => name).join(', and ')})`

const operationOf = (interaction: Verifiable): string =>
  interaction.kind === 'http'
    ? `${interaction.request.method.toUpperCase()} ${interaction.request.path}`
    : interaction.what

export const checkedOf = (interaction: Verifiable, { pact, at }: GivenPact, durationMs: number): Checked => ({
  name: titleOf(interaction),
  consumer: pact.consumer,
  service: pact.provider,
  operation: operationOf(interaction),
  at: at(interaction.path),
  durationMs,
})

export const findingsOf = (
  interaction: Verifiable,
  given: GivenPact,
  outcome: Outcome,
): readonly Violation[] => {
  const { mismatches, failure, notes } = outcome
  const common = {
    service: given.pact.provider,
    consumer: given.pact.consumer,
    operation: operationOf(interaction),
    mock: titleOf(interaction),
    at: given.at(interaction.path),
  }
  const pending = given.pending || interaction.pending
  const severity = pending ? 'pending' : 'violation'
  const hint = [...notes, ...commentsOf(interaction)].join('; ')
  const broken: Violation[] = mismatches.map((one) => ({
    severity,
    ...common,
    ...wordsOf(one, interaction.kind === 'message' ? 'message' : 'response'),
    ...(hint !== '' && { hint }),
  }))
  if (failure !== undefined)
    broken.push({ severity, ...common, ...failure, path: '', ...(hint !== '' && { hint }) })
  if (broken.length > 0) return broken
  return notes.map((message) => ({ severity: 'note', rule: 'pact-note', ...common, path: '', message }))
}

/** V4: which of the consumer's tests wrote it, and why. */
const commentsOf = ({ extra }: Verifiable): readonly string[] => {
  const comments = isFields(extra['comments']) ? extra['comments'] : {}
  const texts: unknown[] = [comments['text'] ?? []].flat()
  return [
    ...(typeof comments['testname'] === 'string' ? [`the consumer's test: ${comments['testname']}`] : []),
    ...texts.filter((text) => typeof text === 'string'),
  ]
}

const wordsOf = (
  { kind, path, expected, actual, message }: Mismatch,
  side: 'response' | 'message',
): Pick<Violation, 'rule' | 'path' | 'message' | 'expected' | 'actual'> => {
  const body = `${side}.${side === 'message' ? 'contents' : 'body'}`
  // A sentence that only repeats both sides is said by the two columns.
  const said = /^(?:the (?:header|metadata) \S+: )?expected [\s\S]* but got [\s\S]*$/.test(message)
    ? 'it differs'
    : message
  const values = {
    message: said,
    ...(expected !== undefined && { expected: shown(expected) }),
    ...(actual !== undefined && actual !== null && { actual: shown(actual) }),
  }
  switch (kind) {
    case 'status':
      return { rule: 'response-status', path: 'response.status', ...values }
    case 'header':
      return {
        rule: actual === null ? 'missing-header' : 'header',
        path: `response.headers.${path}`,
        ...values,
      }
    case 'metadata':
      return { rule: 'metadata', path: `message.metadata.${path}`, ...values }
    case 'bodyType':
      return { rule: 'content-type', path: body, ...values }
    default:
      return { rule: 'body', path: `${body}${path.replace(/^\$/, '')}`, ...values }
  }
}

/** As Pact's own verifiers tell a broker. */
export const resultOf = ({ id, description }: Verifiable, { mismatches, failure }: Outcome): Fields => ({
  ...(id !== undefined && { interactionId: id }),
  interactionDescription: description,
  success: mismatches.length === 0 && failure === undefined,
  ...(mismatches.length > 0 && {
    mismatches: mismatches.map(({ kind, path, message }) => ({
      attribute: kind === 'bodyType' ? 'body' : kind,
      ...(kind === 'bodyType' ? { identifier: '$' } : path !== '' && { identifier: path }),
      description: message,
    })),
  }),
  ...(failure !== undefined && { exceptions: [{ message: failure.message }] }),
})
