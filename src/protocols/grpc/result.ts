/** What a script returned, or a template was filled to, as an outcome; and a real reply, changed by a script. */
import type { Clock } from '../../core/clock.ts'
import type { ReplyEditing, ScriptDocument, WriteResult } from '../../core/dialect.ts'
import { parseJson, stringifyJson } from '../../core/json.ts'
import { SpecError } from '../../core/matcher.ts'
import type { GrpcCall } from './call.ts'
import { type ResponseSpec, responseSchema } from './mock-schema.ts'
import type { GrpcScope } from './mock-scope.ts'
import { asking } from './patch.ts'
import { isWhole, readOutcome } from './reply/read.ts'
import { render } from './reply/render.ts'
import { codeOf, compileResponse } from './response.ts'
import { outcomeValue } from './script-values.ts'

/** `head`: all of a response but `message`. */
export const compileResult = (head: unknown, scope: GrpcScope, clock: Clock): WriteResult => {
  const spec = checked(head)
  return (document) => compileResponse(withMessage(spec, document), scope, clock, true).reply
}

const withMessage = (spec: ResponseSpec, document: ScriptDocument | undefined): ResponseSpec => {
  if (document === undefined) return spec
  if (!('json' in document)) return { ...spec, message: document.text }
  const parsed = parseJson(document.json)
  if (!parsed.ok) throw new SpecError(parsed.problem, ['message'])
  return { ...spec, message: parsed.value }
}

/** Plain data that nobody has looked at. Throws SpecError. */
const checked = (head: unknown): ResponseSpec => {
  const result = responseSchema.safeParse(head)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new SpecError(issue?.message ?? 'it is no response', issue?.path.map(String) ?? [])
}

/** A reply is read whole, shown to the script as a response of mock files, and written as it says. */
export const replyEditing = (scope: GrpcScope, clock: Clock): ReplyEditing => ({
  ask: (call) => asking(call as GrpcCall),
  open: async (call, reply) => {
    if (!isWhole(reply)) return undefined
    const rpc = (call as GrpcCall).rpc ?? scope.rpc
    const real = readOutcome(reply, rpc, call.service.messageLimit)
    if (real === undefined) return undefined
    const value = await outcomeValue(real, { ...scope, rpc }, call.service.bodyLimit)
    return {
      json: stringifyJson(value),
      changed: (head, document) => {
        const spec = withMessage(checked(head), document)
        const merged = { ...unsaid(value as ResponseSpec, spec), ...spec }
        return render(call as GrpcCall, compileResponse(merged, { ...scope, rpc }, clock, true).reply)
      },
    }
  },
})

/** What the script does not name stays, as far as it goes with what it names. */
const unsaid = (real: ResponseSpec, spec: ResponseSpec): ResponseSpec => {
  const { message, messages, statusMessage, details, ...others } = real
  const fails = spec.status !== undefined && codeOf(spec.status) !== 0
  const said = spec.message !== undefined || spec.messages !== undefined
  // A unary call that fails has no message.
  const carried = said ? {} : { messages, ...(!fails && { message }) }
  const told = spec.status === undefined || spec.status === real.status ? { statusMessage, details } : {}
  return Object.fromEntries(
    Object.entries({ ...others, ...carried, ...told }).filter(([, value]) => value !== undefined),
  )
}
