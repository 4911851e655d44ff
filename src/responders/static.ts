/** `response:` – the same answer for every call, encoded once at load. */
import type { Responder } from '../core/responder.ts'

export const staticResponder: Responder = {
  name: 'static',
  key: 'response',
  compile: (spec, { dialect, files }) => {
    const { reply, status } = dialect.compileResponse(spec, files)
    return { respond: () => reply, constant: reply, asksUpstream: false, status }
  },
}
