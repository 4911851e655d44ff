/** `response:` – the same answer for every call, encoded once at load. */
import type { Responder } from '../core/responder.ts'

export const staticResponder: Responder = {
  name: 'static',
  key: 'response',
  compile: (spec, { dialect, files }) => {
    const response = dialect.compileResponse(spec, files)
    return { respond: (call) => response.reply(call), asksUpstream: false, status: response.status }
  },
}
