/** `responses:` – several answers in turn. The position is the tenant's, so that a reload does not begin again. */
import { SvcMockError } from '../core/errors.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import type { Repeat, Responder } from '../core/responder.ts'
import { compileAnswer } from './answer.ts'

export const sequenceResponder: Responder = {
  name: 'sequence',
  key: 'responses',
  compile: (spec, context) => {
    const { mock } = context
    const responses = collectMistakes(
      (spec as readonly unknown[]).map(
        (one, i) => () => within([i], () => compileAnswer(one, context, ['responses', i])),
      ),
    )
    const { length } = responses
    const repeat = mock.repeat ?? 'last'
    const [first] = responses
    return {
      asksUpstream: false,
      status: responses.every(({ status }) => status === first?.status) ? first?.status : undefined,
      notes: [`${length} response${length === 1 ? '' : 's'} in turn, then ${endings[repeat]}`],
      respond: (call, next) => {
        const position = positionOf(call.tenant.state.next(mock.counter), length, repeat)
        const response = responses[position]
        if (response !== undefined) return response.respond(call, next)
        throw new SvcMockError(
          'MOCK_EXHAUSTED',
          `${mock.name} (${mock.where}) has given all of its ${length} responses`,
          { details: { mock: mock.name, at: mock.where } },
        )
      },
    }
  },
}

const endings: Readonly<Record<Repeat, string>> = {
  last: 'the last one again',
  cycle: 'from the beginning',
  fail: 'none',
}

/** Beyond the end for a sequence that is exhausted. */
export const positionOf = (count: number, length: number, repeat: Repeat): number => {
  if (repeat === 'cycle') return count % length
  return repeat === 'last' ? Math.min(count, length - 1) : count
}
