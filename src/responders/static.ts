/** `response:` – the same answer for every call, encoded once at load; with expressions in it, a template. */
import type { Responder } from '../core/responder.ts'
import { compileAnswer } from './answer.ts'

export const staticResponder: Responder = {
  name: 'static',
  key: 'response',
  compile: (spec, context) => {
    const { respond, constant, status, notes } = compileAnswer(spec, context, ['response'])
    return {
      respond,
      ...(constant !== undefined && { constant }),
      ...(notes.length > 0 && { notes }),
      asksUpstream: false,
      status,
    }
  },
}
