/** `patch:` of a Redis mock, and how scripts change a real reply: it is read whole, changed as a value, and written anew. */
import type { PatchCompilers, ReplyEditing, ReplyPatch } from '../../../core/dialect.ts'
import { parseJson, stringifyJson } from '../../../core/json.ts'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import { type DocumentPatch, PatchFailure } from '../../../core/patch.ts'
import type { Reply } from '../../../core/reply.ts'
import { refuseTemplates, unescapeTemplates } from '../../../core/template.ts'
import type { RedisCall } from '../call.ts'
import { errorReply, isError, type Resp } from '../resp/value.ts'
import { inVersion, replyOf, valueReply } from './reply.ts'
import { compileResult } from './response.ts'
import type { PatchSpec } from './schema.ts'
import { errorText, plainOf, respOf } from './value.ts'

/** Throws SpecError, its path from the patch's root. */
export const compilePatch = (spec: PatchSpec, compile: PatchCompilers): ReplyPatch => {
  refuseTemplates(spec, [])
  const keys = (['value', 'text', 'error'] as const).filter((key) => key in spec)
  const [key, other] = keys
  if (other !== undefined)
    throw new SpecError(`${key} and ${other} exclude each other`, [other], 'keep one of them', true)
  if (key === undefined) throw new SpecError('the patch changes nothing', [], 'write value, text or error')
  if (key === 'error') {
    const error = valueReply(errorReply(within(['error'], () => errorText(spec.error))))
    return patchOf('error', () => error.value)
  }
  const document = within([key], () => compile.document(unescapeTemplates(spec[key])))
  const change = key === 'value' ? ofValue : ofText
  return patchOf(`${key} (${document.describe()})`, (real) => change(real, document))
}

/** Errors of the server pass as they came, but for a patch that makes one. */
const patchOf = (what: string, change: (real: Resp) => Resp): ReplyPatch => ({
  status: undefined,
  changes: [what],
  ask: (call) => call,
  change: async (call, reply) => {
    const real = await replyOf(reply)
    if (real === undefined || (isError(real) && what !== 'error')) return reply
    return inVersion(valueReply(change(real)), (call as RedisCall).resp)
  },
})

const ofValue = (real: Resp, patch: DocumentPatch): Resp => {
  const parsed = parseJson(patch.apply(stringifyJson(plainOf(real))))
  if (!parsed.ok) throw new PatchFailure(`what the patch makes of the value is no JSON: ${parsed.problem}`)
  try {
    return respOf(parsed.value)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new PatchFailure(`what the patch makes of the value is no reply: ${error.message}`)
  }
}

const ofText = (real: Resp, patch: DocumentPatch): Resp => {
  const value = plainOf(real)
  // A key that is not there has no text to be changed.
  if (value === null) return real
  if (typeof value !== 'string') throw new PatchFailure('the real reply is no text')
  return { ...real, text: Buffer.from(patch.apply(value)) }
}

/** A response as in mock files. */
export const responseOf = (real: Resp): { readonly value: unknown } | { readonly error: string } =>
  isError(real) ? { error: real.text!.toString('latin1') } : { value: plainOf(real) }

/** What a script's `forward()` gives. */
export const replyValue = async (reply: Reply): Promise<unknown> => {
  const real = await replyOf(reply)
  return real === undefined ? { error: 'ERR no reply' } : responseOf(real)
}

export const replyEditing: ReplyEditing = {
  ask: (call) => call,
  open: async (call, reply) => {
    const real = await replyOf(reply)
    if (real === undefined) return undefined
    const response = responseOf(real)
    return {
      json: stringifyJson(response),
      changed: (head, document) => {
        const said = Object.keys(head as object).length > 0 || document !== undefined
        const changed = said ? compileResult(head)(document) : valueReply(real)
        return inVersion(changed, (call as RedisCall).resp)
      },
    }
  },
}
