/** `upstream:` – the real service's reply, changed; and what to answer when there is none. */
import type { Call } from '../core/call.ts'
import type { CompiledResponse, Dialect, ReplyPatch } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import { SpecError } from '../core/matcher.ts'
import { within } from '../core/mistakes.ts'
import { PatchFailure } from '../core/patch.ts'
import type { Reply } from '../core/reply.ts'
import type { CompiledResponder, Respond, Responder, ResponderContext } from '../core/responder.ts'
import { documentPatch } from '../patch/document-patch.ts'

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

const compile = (spec: UpstreamSpec, { dialect, files, tools }: ResponderContext): CompiledResponder => {
  const patch = spec.patch === undefined ? undefined : compilePatch(spec.patch, dialect, tools)
  const { onUpstreamError } = spec
  const instead =
    onUpstreamError === undefined || onUpstreamError === 'fail'
      ? undefined
      : within(['onUpstreamError'], () => dialect.compileResponse(onUpstreamError, files))
  const changes =
    patch === undefined || patch.changes.length === 0 ? '' : `, changes ${patch.changes.join(', ')}`
  return {
    respond: respondWith(patch, instead, dialect),
    asksUpstream: true,
    status: patch?.status,
    does: `asks the real service${changes}`,
    notes: instead === undefined ? [] : [`answers ${instead.status} itself when it cannot be reached`],
  }
}

const compilePatch = (
  spec: Readonly<Record<string, unknown>>,
  dialect: Dialect,
  { replacer }: ResponderContext['tools'],
): ReplyPatch => {
  if (spec['script'] !== undefined) {
    throw new SpecError(
      'patch.script is not supported yet',
      ['patch', 'script'],
      'remove it, or use a newer version of svc-mock',
      true,
      'NOT_YET_SUPPORTED',
    )
  }
  return within(['patch'], () =>
    dialect.compilePatch(spec, { document: (document) => documentPatch(document, replacer) }),
  )
}

const respondWith = (
  patch: ReplyPatch | undefined,
  instead: CompiledResponse | undefined,
  dialect: Dialect,
): Respond => {
  if (patch === undefined && instead === undefined) return (call, next) => next(call)
  return async (call, next) => {
    try {
      if (patch === undefined) return await next(call)
      return await patch.change(call, await next(patch.ask(call)))
    } catch (error) {
      if (error instanceof PatchFailure) throw failed(call, error)
      if (instead === undefined || !isUpstreamError(error)) throw error
      return answered(call, error, instead, dialect)
    }
  }
}

/** An answer is no failure, whatever its status says; what svc-mock itself refuses must stay refused. */
const isUpstreamError = (error: unknown): error is SvcMockError =>
  error instanceof SvcMockError && error.code === 'UPSTREAM_UNREACHABLE'

const answered = (call: Call, error: SvcMockError, { reply }: CompiledResponse, dialect: Dialect): Reply => {
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
