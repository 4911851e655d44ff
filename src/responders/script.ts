/** `script:` – the mock's answer is what a script returns: a response as in mock files. */
import type { Call } from '../core/call.ts'
import { type Dialect, noFiles } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Service } from '../core/filter.ts'
import { SpecError } from '../core/matcher.ts'
import type { Reply } from '../core/reply.ts'
import type { Responder, ResponderContext } from '../core/responder.ts'
import type { Script } from '../core/script.ts'
import { scriptRequest } from '../core/script-request.ts'
import { formatLocation } from '../core/source.ts'

export const scriptResponder: Responder = {
  name: 'script',
  key: 'script',
  compile: (spec, context) => {
    const { scripts, dialect, path } = context
    if (scripts === undefined) throw new SpecError('scripts cannot run here')
    const script = scripts.script(spec as string, [...path, 'script'])
    return {
      respond: async (call, next) => replyOf(await runScript(script, call, next, context), script, dialect),
      asksUpstream: false,
      status: undefined,
      notes: [`computed by ${script.name === 'script' ? 'a script' : script.name}`],
    }
  },
}

export const runScript = async (
  script: Script,
  call: Call,
  next: Service,
  { dialect, params }: ResponderContext,
): Promise<unknown> =>
  script.run({
    call,
    request: await scriptRequest(call, dialect, params(call)),
    forward: async () => dialect.replyValue(await next(call)),
  })

/** A response as a script made it: plain data that nobody has validated. */
export const replyOf = (result: unknown, script: Script, dialect: Dialect): Reply => {
  const checked = dialect.responseSchema.safeParse(result)
  if (!checked.success) {
    const [issue] = checked.error.issues
    const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`
    throw badResult(script, `${issue?.message ?? 'no response'}${at}`)
  }
  try {
    return dialect.compileResponse(result, noFiles, true).reply
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw badResult(script, `${error.message} at ${error.path.join('.')}`)
  }
}

const badResult = (script: Script, why: string): SvcMockError =>
  new SvcMockError(
    'SCRIPT_BAD_RESULT',
    `${script.name} (${formatLocation(script.at)}): returned no response: ${why}`,
    { source: script.at, details: { script: script.name, at: formatLocation(script.at) } },
  )
