/** `response:` of a Redis mock becomes a reply, encoded once and shared by all calls; and what scripts and templates make. */
import type { CompiledResponse, WriteResult } from '../../../core/dialect.ts'
import { parseJson } from '../../../core/json.ts'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import { refuseTemplates, unescapeTemplates } from '../../../core/template.ts'
import { errorReply } from '../resp/value.ts'
import { type ValueReply, valueReply } from './reply.ts'
import { type ResponseSpec, responseSchema } from './schema.ts'
import { errorText, respOf } from './value.ts'

/** Throws SpecError. `literal`: nothing in it is a template. */
export const compileResponse = (spec: ResponseSpec, literal = false): CompiledResponse => {
  if (!literal) refuseTemplates(spec, [])
  const reply = replyTo(literal ? spec : (unescapeTemplates(spec) as ResponseSpec))
  return { reply, status: reply.status }
}

const replyTo = (spec: ResponseSpec): ValueReply => {
  const { error } = spec
  if (error !== undefined && 'value' in spec)
    throw new SpecError('value and error exclude each other', ['error'], 'keep one of them', true)
  if (error !== undefined) return valueReply(errorReply(within(['error'], () => errorText(error))))
  if ('value' in spec) return valueReply(within(['value'], () => respOf(spec.value)))
  throw new SpecError('the response says nothing', [], 'write value: …, value: null, or error: ERR …')
}

/** `head`: all of a response but `value`. A script that returns nothing answers null. */
export const compileResult = (head: unknown): WriteResult => {
  const spec = checked(head)
  return (document) => {
    if (document === undefined) return replyTo(spec.error === undefined ? { value: null } : spec)
    if (!('json' in document)) return replyTo({ ...spec, value: document.text })
    const parsed = parseJson(document.json)
    if (!parsed.ok) throw new SpecError(parsed.problem, ['value'])
    return replyTo({ ...spec, value: parsed.value })
  }
}

/** Plain data that nobody has looked at. Throws SpecError. */
export const checked = (head: unknown): ResponseSpec => {
  const result = responseSchema.safeParse(head)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new SpecError(issue?.message ?? 'it is no response', issue?.path.map(String) ?? [])
}
