/** What a script returned, or a template was filled to, becomes a reply. */
import type { MockDialect, ResponseFiles, ScriptDocument, WriteResult } from '../core/dialect.ts'
import { parseJson } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import type { Reply } from '../core/reply.ts'
import type { Script } from '../core/script.ts'

/** `head`: JSON of all of a response but its document, '' for nothing. Throws SvcMockError SCRIPT_BAD_RESULT. */
export type ReplyOf = (head: string, document: ScriptDocument | undefined) => Reply

/** Most scripts give few heads; this many are remembered as checked. */
const rememberedHeads = 100
/** Longer ones hold a body (`bodyBase64`), which would stay in memory. */
const rememberedLength = 4096

export const replyWriter = (
  script: Pick<Script, 'badResult'>,
  dialect: MockDialect,
  files: ResponseFiles,
): ReplyOf => {
  const known = new Map<string, WriteResult>()
  return (head, document) => {
    try {
      let write = known.get(head)
      if (write === undefined) {
        write = dialect.compileResult(headOf(head), files)
        if (known.size >= rememberedHeads) known.clear()
        // A file is read again for every call.
        if (head.length <= rememberedLength && !namesFile(head)) known.set(head, write)
      }
      return write(document)
    } catch (error) {
      throw asBadResult(error, script)
    }
  }
}

const namesFile = (head: string): boolean => head.includes('File"')

export const headOf = (head: string): unknown => {
  if (head === '') return {}
  const json = parseJson(head)
  if (!json.ok) throw new SpecError(json.problem)
  return json.value
}

export const asBadResult = (error: unknown, script: Pick<Script, 'badResult'>): unknown => {
  if (!(error instanceof SpecError)) return error
  const at = error.path.length === 0 ? '' : ` at ${error.path.join('.')}`
  return script.badResult(`returned no response: ${error.message}${at}`, error.hint)
}
