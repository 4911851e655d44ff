/**
 * JSON Web Tokens (RFC 7519): the header stays, claims are masked like any document, and the signature becomes one of
 * the same length that verifies with no key. Encrypted ones (five parts) are secrets as a whole.
 */
import { applyEdits, type Edit, inside, type Where } from '../edits.ts'
import { editFor } from '../hit.ts'
import type { Field, Run } from '../run.ts'
import { isJson, jsonEdits } from './json.ts'

/** Asks for the edits only if nothing of the range is dealt with; undefined says that it is not understood. */
type Take = (start: number, end: number, edits: () => readonly Edit[] | undefined) => void

const written =
  /(?<![0-9A-Za-z_-])(eyJ[\w-]{8,8000})\.([\w-]{2,16000})\.([\w-]{0,2000})((?:\.[\w-]{1,16000}){0,2})(?![\w-])/g

export const jwtEdits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  for (const match of text.matchAll(written))
    take(match.index, match.index + match[0].length, () => tokenEdits(match, field, where, run))
}

const tokenEdits = (match: RegExpExecArray, field: Field, where: Where, run: Run): readonly Edit[] => {
  const [whole, header, claims, signature, more] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ]
  const start = match.index
  const payload = Buffer.from(claims, 'base64url').toString('utf8')
  if (more !== '' || !isJson(payload)) return secretPart(header.length + 1, whole, start, where, run)
  const named: Field = { ...field, name: 'claims', meaning: run.names.of('claims') }
  const inner = jsonEdits(payload, named, inside(where, start, '.claims'), run)
  const from = start + header.length + 1
  const edits =
    signature === '' ? [] : secretPart(header.length + claims.length + 2, whole, start, where, run)
  if (inner.length > 0)
    edits.push({
      start: from,
      end: from + claims.length,
      text: () => Buffer.from(applyEdits(payload, inner)).toString('base64url'),
    })
  return edits
}

/** What stands from `from` on, part by part, so that the dots stay. */
const secretPart = (from: number, token: string, start: number, where: Where, run: Run): Edit[] => {
  const detector = run.names.of('token').detectors[0]!
  const edits: Edit[] = []
  for (let at = from; at < token.length; ) {
    const dot = token.indexOf('.', at)
    const end = dot < 0 ? token.length : dot
    const surface = token.slice(at, end)
    const hit = {
      detector,
      rule: 'position' as const,
      start: start + at,
      end: start + end,
      surface,
      text: surface,
    }
    const edit = surface.length < 3 ? undefined : editFor(run, where, hit)
    if (edit !== undefined) edits.push(edit)
    at = end + 1
  }
  return edits
}
