/** `upstream: { patch: { script } }` – a script sees the call and the real reply, and returns what becomes of it. */
import type { ReplyPatch } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import { within } from '../core/mistakes.ts'
import type { Reply } from '../core/reply.ts'
import type { ResponderContext } from '../core/responder.ts'
import { scriptRequest } from '../core/script-request.ts'
import { documentOf } from '../core/template.ts'
import { asBadResult, headOf } from './result.ts'

/** `spec`: the whole patch. Throws SpecError, its path from the patch's root. */
export const scriptPatch = (
  spec: Readonly<Record<string, unknown>>,
  context: ResponderContext,
): ReplyPatch => {
  const { dialect, files, scripts, path, request } = context
  if (scripts === undefined) throw new SpecError('scripts cannot run here', ['script'])
  const other = Object.keys(spec).find((key) => key !== 'script')
  if (other !== undefined)
    throw new SpecError(
      `script and ${other} exclude each other`,
      [other],
      'the script returns status, headers and body itself',
      true,
    )
  const editing = dialect.replyEditing
  const shape = { kind: 'apart', key: dialect.documentKey } as const
  const script = within(['script'], () =>
    scripts.script(spec['script'] as string, [...path, 'upstream', 'patch', 'script'], shape),
  )
  return {
    status: undefined,
    changes: [`what ${script.name} returns`],
    ask: (call) => editing.ask(call),
    change: async (call, reply): Promise<Reply> => {
      const open = await editing.open(call, reply)
      if (open === undefined) return reply
      const [head = '', document = ''] = await script.run({
        call,
        request: await scriptRequest(call, request, script.wants),
        reply: open.json,
        state: () => call.tenant.state.scripts(call.service.name, request.scenario),
      })
      try {
        return await open.changed(headOf(head), document === '' ? undefined : documentOf(document), files)
      } catch (error) {
        throw asBadResult(error, script)
      }
    },
  }
}
