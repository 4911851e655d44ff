/** Holds what became of a call against what its example expects. Everything that is wrong is told, most telling first. */
import { type Unexpected, unexpected } from '../../core/example.ts'
import { shownDuration } from '../../core/units.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { Expectation, Step } from '../../mock/examples.ts'
import type { Outcome } from './make-call.ts'

/** `own`: the mock that the example stands under. `answered`: the one that took the call. */
export interface Judged {
  readonly outcome: Outcome
  readonly own: CompiledMock | undefined
  readonly answered: CompiledMock | undefined
}

export const judge = ({ expect, upstream }: Step, judged: Judged): readonly Unexpected[] => {
  const { outcome } = judged
  if (outcome.unanswered) return [plain('upstream', 'what the real service answers', 'nothing', [])]
  const missed = outcome.error?.code === 'MOCK_NOT_MATCHED'
  if (expect.miss) return missed ? [] : [plain('miss', 'no mock', answerOf(judged))]
  if (missed && expect.error !== 'MOCK_NOT_MATCHED')
    return [plain('mock', expect.mock ?? judged.own?.name ?? 'any mock', 'none')]
  const wrong = [...wrongMock(expect, judged), ...wrongError(expect, outcome)]
  // Another mock's answer says nothing about this one's.
  if (wrong.length > 0) return wrong
  const asked = upstream === undefined || outcome.asked || outcome.error !== undefined
  return [
    ...wrongFault(expect, outcome),
    ...(asked ? [] : [plain('upstream', 'to be asked', 'not asked', ['..', 'upstream'])]),
    ...wrongDelay(expect, outcome),
    ...(outcome.reply === undefined ? [] : expect.reply.check(outcome.reply, outcome.call)),
    ...wrongScenarios(expect, outcome),
  ]
}

const plain = (clause: string, expected: string, actual: string, path = [clause]): Unexpected => ({
  path,
  clause,
  expected,
  actual,
})

const answerOf = ({ answered, outcome: { error } }: Judged): string =>
  answered === undefined ? (error === undefined ? 'an answer of the protocol' : error.code) : answered.name

const wrongMock = (expect: Expectation, { own, answered, outcome }: Judged): Unexpected[] => {
  if (outcome.error?.code === 'MOCK_NOT_MATCHED') return []
  const actual = answered?.name ?? 'no mock'
  const right = expect.mock === undefined ? own === undefined || answered === own : actual === expect.mock
  if (!right) return [plain('mock', expect.mock ?? own!.name, actual)]
  const { version } = expect
  const has = answered?.version === undefined ? [] : [answered.version]
  if (version === undefined || version.test(has)) return []
  return [unexpected(['version'], version.describe(), version.mismatch(has))]
}

const wrongError = ({ error }: Expectation, outcome: Outcome): Unexpected[] => {
  const actual = outcome.error?.code
  if (actual === error) return []
  const told = outcome.error === undefined ? 'none' : `${actual}: ${outcome.error.message}`
  return [plain('error', error ?? 'none', told)]
}

const wrongFault = ({ fault, error }: Expectation, outcome: Outcome): Unexpected[] => {
  // A status in place of the answer is a reply like any other, for those who do not care where it comes from.
  const told = fault === undefined && outcome.fault === 'status' ? undefined : outcome.fault
  return told === fault || error !== undefined ? [] : [plain('fault', fault ?? 'none', told ?? 'none')]
}

const wrongDelay = ({ delayMs }: Expectation, outcome: Outcome): Unexpected[] =>
  delayMs === undefined || delayMs === outcome.delayMs
    ? []
    : [plain('delay', shownDuration(delayMs), shownDuration(outcome.delayMs))]

const wrongScenarios = ({ scenarios }: Expectation, { call }: Outcome): Unexpected[] =>
  scenarios.flatMap(([name, wanted]) => {
    const actual = call.tenant.state.scenario(name)
    return actual === wanted ? [] : [plain(`scenario ${name}`, wanted, actual, ['scenarios', name])]
  })
