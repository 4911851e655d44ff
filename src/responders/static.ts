/** `response:` – the same answer for every call, encoded once at load; with expressions in it, a template. */
import type { Responder } from '../core/responder.ts'
import { compileTemplate, isTemplate } from './template.ts'

export const staticResponder: Responder = {
  name: 'static',
  key: 'response',
  compile: (spec, context) => {
    const { dialect, files, scripts } = context
    if (scripts !== undefined && isTemplate(spec)) return compileTemplate(spec, context)
    const { reply, status } = dialect.compileResponse(spec, files)
    return { respond: () => reply, constant: reply, asksUpstream: false, status }
  },
}
