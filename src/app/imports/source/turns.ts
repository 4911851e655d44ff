/** Several answers to one request, in turn and for ever. */
import type { MadeMock } from '../generated-file.ts'

/** Keys of a mock beside `name` and `request`. */
export type Answer = Readonly<Record<string, unknown>>

interface Turns {
  /** What its scenario is called, if it needs one. */
  readonly scenario: string
  name(request: Readonly<Record<string, unknown>>): string
}

/** One mock for each request; where answers differ in more than what they say, or requests share their turns, a scenario steps through them. */
export const mocksInTurn = (
  requests: readonly Readonly<Record<string, unknown>>[],
  answers: readonly Answer[],
  { scenario, name }: Turns,
): readonly MadeMock[] => {
  const ring = needsScenario(answers, requests.length)
  return requests.flatMap((request): readonly MadeMock[] => {
    if (!ring) return [{ name: name(request), request, ...together(answers) }]
    return answers.map((answer, n) => ({
      name: `${name(request)}, answer ${n + 1}`,
      request,
      scenarioName: scenario,
      requiredScenarioState: stateName(n),
      newScenarioState: stateName((n + 1) % answers.length),
      ...answer,
    }))
  })
}

const stateName = (n: number): string => (n === 0 ? 'Started' : `answer ${n + 1}`)

/** Turns are one mock's own, and only its answers may differ. */
const needsScenario = (answers: readonly Answer[], requests: number): boolean => {
  if (answers.length === 1) return false
  const rest = ({ response: _, ...others }: Answer): string => JSON.stringify(others)
  return requests > 1 || answers.some((one) => !('response' in one) || rest(one) !== rest(answers[0]!))
}

const together = (answers: readonly Answer[]): Answer => {
  const [first] = answers
  if (first === undefined || answers.length === 1) return first ?? {}
  const { response: _, ...others } = first
  return { ...others, responses: answers.map(({ response }) => response), repeat: 'cycle' }
}
