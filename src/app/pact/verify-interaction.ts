/** One interaction of a Pact file against the provider: state, call, comparison. */

import type {
  HttpInteraction,
  MessageInteraction,
  ProviderState,
} from '../../contract/formats/pact/file/pact-file.ts'
import { realResponse } from '../../contract/formats/pact/file/real-parts.ts'
import {
  generateRequest,
  hasStateValues,
  withStateValues,
} from '../../contract/formats/pact/generators/apply.ts'
import type { GeneratorTools } from '../../contract/formats/pact/generators/values.ts'
import type { Fields } from '../../contract/formats/pact/json-value.ts'
import type { PactMatcher } from '../../contract/formats/pact/match.ts'
import type { Mismatch } from '../../contract/formats/pact/mismatch.ts'
import { NoReply, type Provider } from '../contract/ask-provider.ts'
import type { NamedState, StateSetup } from '../contract/provider-states.ts'
import { messageIn, questionFor, requestFor } from './interaction-request.ts'

export interface Surroundings {
  readonly matcher: PactMatcher
  readonly tools: GeneratorTools
  readonly provider: Provider
  /** Answers for messages. */
  readonly messages: Provider
  /** Query of its address, with the question mark. */
  readonly messageQuery: string
  readonly headers: readonly (readonly [string, string])[]
  readonly states: StateSetup | undefined
}

export interface Outcome {
  readonly mismatches: readonly Mismatch[]
  /** Why there was nothing to compare. */
  readonly failure: Failure | undefined
  /** What a person should know although it decides nothing. */
  readonly notes: readonly string[]
}

export interface Failure {
  readonly rule: 'no-reply' | 'no-message' | 'state-failed'
  readonly message: string
}

export type Verifiable = HttpInteraction | MessageInteraction

/** Never rejects for what the provider does. */
export const verifyInteraction = async (
  interaction: Verifiable,
  consumer: string,
  around: Surroundings,
): Promise<Outcome> => {
  const notes: string[] = []
  const entered: NamedState[] = []
  try {
    const state = await enter(interaction.states, consumer, around, entered, notes)
    if ('rule' in state) return { mismatches: [], failure: state, notes }
    const found =
      interaction.kind === 'http'
        ? await verifyHttp(interaction, state.values, around, notes)
        : await verifyMessage(interaction, around)
    return { mismatches: [], failure: undefined, ...found, notes }
  } catch (error) {
    if (!(error instanceof NoReply)) throw error
    const message = `the provider gave no reply: ${error.message}`
    return { mismatches: [], failure: { rule: 'no-reply', message }, notes }
  } finally {
    for (const state of entered.reverse()) await around.states?.leave(state)
  }
}

/** Parameters of the states are values, too; what the provider answered wins. */
const enter = async (
  states: readonly ProviderState[],
  consumer: string,
  { states: setup }: Surroundings,
  entered: NamedState[],
  notes: string[],
): Promise<Failure | { readonly values: Fields }> => {
  const values: Record<string, unknown> = {}
  for (const { params } of states) Object.assign(values, params)
  if (setup === undefined) {
    if (states.length > 0)
      notes.push(
        `nothing brings the provider into the state ${JSON.stringify(states[0]!.name)}: give --state-url or --state-command`,
      )
    return { values }
  }
  if (states.length === 0 && setup.asksForNone === true) {
    const none = { name: '', params: {}, consumer }
    // A provider that knows no such state says so, and is in none.
    await setup.enter(none).then(
      () => void entered.push(none),
      () => undefined,
    )
  }
  for (const { name, params = {} } of states) {
    const state = { name, params, consumer }
    try {
      Object.assign(values, await setup.enter(state))
      entered.push(state)
    } catch (error) {
      return {
        rule: 'state-failed',
        message: `the provider did not come into the state ${JSON.stringify(name)}: ${(error as Error).message}`,
      }
    }
  }
  return { values }
}

const verifyHttp = async (
  { request, response }: HttpInteraction,
  state: Fields,
  { matcher, provider, headers, tools }: Surroundings,
  notes: string[],
): Promise<Pick<Outcome, 'mismatches'>> => {
  const made = generateRequest(request, state, tools)
  notes.push(...made.notes.map((note) => `${note}; the example was sent`))
  const actual = realResponse(await provider.ask(requestFor(made.part, headers)))
  const mismatches = matcher.response(response, actual)
  if (mismatches.length === 0 || !hasStateValues(response)) return { mismatches }
  // Implementations differ in whether the example or the state's own value is expected: either will do.
  const byState = matcher.response(withStateValues(response, state, tools), actual)
  return { mismatches: byState.length < mismatches.length ? byState : mismatches }
}

const verifyMessage = async (
  interaction: MessageInteraction,
  { matcher, messages, messageQuery, headers }: Surroundings,
): Promise<Partial<Outcome>> => {
  const reply = await messages.ask(questionFor(interaction, messageQuery, headers))
  if (reply.status < 200 || reply.status > 299)
    return {
      failure: {
        rule: 'no-message',
        message: `the provider answered ${reply.status} when it was asked for the message`,
      },
    }
  return { mismatches: matcher.message(interaction.message, messageIn(reply)) }
}
