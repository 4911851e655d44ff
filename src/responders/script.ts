/** `script:` – the mock's answer is what a script returns: a response as in mock files. */
import type { Call } from '../core/call.ts'
import type { Service } from '../core/filter.ts'
import { stringifyJson } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import type { Responder, ResponderContext } from '../core/responder.ts'
import type { Script } from '../core/script.ts'
import { scriptRequest } from '../core/script-request.ts'
import { documentOf } from '../core/template.ts'
import { replyWriter } from './result.ts'

export const scriptResponder: Responder = {
  name: 'script',
  key: 'script',
  compile: (spec, context) => {
    const { scripts, dialect, files, path } = context
    if (scripts === undefined) throw new SpecError('scripts cannot run here')
    const shape = { kind: 'apart', key: dialect.documentKey } as const
    const script = scripts.script(spec as string, [...path, 'script'], shape)
    const write = replyWriter(script, dialect, files)
    return {
      respond: async (call, next) => {
        const [head = '', document = ''] = await runScript(script, call, next, context)
        return write(head, document === '' ? undefined : documentOf(document))
      },
      asksUpstream: false,
      status: undefined,
      notes: [`computed by ${script.name === 'script' ? 'a script' : script.name}`],
    }
  },
}

export const runScript = (
  script: Script,
  call: Call,
  next: Service,
  { dialect, request }: ResponderContext,
): Promise<readonly string[]> => {
  const run = (text: string): Promise<readonly string[]> =>
    script.run({
      call,
      request: text,
      state: () => call.tenant.state.scripts(call.service.name, request.scenario),
      forward: async () => stringifyJson(await dialect.replyValue(await next(call))),
    })
  const text = scriptRequest(call, request, script.wants)
  return text instanceof Promise ? text.then(run) : run(text)
}
