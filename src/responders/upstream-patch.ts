/** `upstream:` – the real service's reply, changed; and what to answer when there is none. */
import type { Call } from '../core/call.ts'
import type { MockDialect, ReplyPatch } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import { within } from '../core/mistakes.ts'
import { PatchFailure } from '../core/patch.ts'
import type { Reply } from '../core/reply.ts'
import type { CompiledResponder, Respond, Responder, ResponderContext } from '../core/responder.ts'
import { documentPatch } from '../patch/document-patch.ts'
import { type Answer, compileAnswer } from './answer.ts'
import { scriptPatch } from './script-patch.ts'

/** As the schema lets it through. */
interface UpstreamSpec {
  readonly patch?: Readonly<Record<string, unknown>>
  readonly onUpstreamError?: unknown
}

export const upstreamPatch: Responder = {
  name: 'upstream patch',
  key: 'upstream',
  compile: (spec, context) => compile(spec as UpstreamSpec, context),
}

const compile = (spec: UpstreamSpec, context: ResponderContext): CompiledResponder => {
  const { dialect } = context
  const { patch: given } = spec
  const patch = given === undefined ? undefined : within(['patch'], () => compilePatch(given, context))
  const { onUpstreamError } = spec
  const instead =
    onUpstreamError === undefined || onUpstreamError === 'fail'
      ? undefined
      : within(['onUpstreamError'], () =>
          compileAnswer(onUpstreamError, context, ['upstream', 'onUpstreamError']),
        )
  const changes =
    patch === undefined || patch.changes.length === 0 ? '' : `, changes ${patch.changes.join(', ')}`
  return {
    respond: respondWith(patch, instead, dialect),
    asksUpstream: true,
    ...(patch === undefined && instead === undefined && { untouched: true as const }),
    status: patch?.status,
    does: `asks the real service${changes}`,
    notes: instead === undefined ? [] : [`answers ${instead.status} itself when it cannot be reached`],
  }
}

const compilePatch = (spec: Readonly<Record<string, unknown>>, context: ResponderContext): ReplyPatch => {
  const { dialect, tools } = context
  if (spec['script'] !== undefined) return scriptPatch(spec, context)
  return dialect.compilePatch(spec, { document: (document) => documentPatch(document, tools.replacer) })
}

const respondWith = (
  patch: ReplyPatch | undefined,
  instead: Answer | undefined,
  dialect: MockDialect,
): Respond => {
  if (patch === undefined && instead === undefined) return (call, next) => next(call)
  return async (call, next) => {
    try {
      if (patch === undefined) return await next(call)
      return await patch.change(call, await next(patch.ask(call)))
    } catch (error) {
      if (error instanceof PatchFailure) throw failed(call, error)
      if (instead === undefined || !isUpstreamError(error)) throw error
      return answered(call, error, await instead.respond(call, next), dialect)
    }
  }
}

/** An answer is no failure, whatever its status says; what svc-mock itself refuses must stay refused. */
const isUpstreamError = (error: unknown): error is SvcMockError =>
  error instanceof SvcMockError && error.code === 'UPSTREAM_UNREACHABLE'

const answered = (call: Call, error: SvcMockError, reply: Reply, dialect: MockDialect): Reply => {
  call.context.outcome = 'mock'
  call.context.note = `onUpstreamError: ${error.message}`
  return dialect.mocked(call, reply)
}

/** The message becomes the call's line and holds nothing of the reply; what was there is told to the client only. */
const failed = (call: Call, { message, path, found }: PatchFailure): SvcMockError => {
  const mock = call.context.mock?.where
  return new SvcMockError('PATCH_FAILED', `the patch does not fit the real reply: ${message}`, {
    details: {
      ...(mock !== undefined && { mock }),
      ...(path !== undefined && { path }),
      ...(found !== undefined && { found }),
    },
  })
}
