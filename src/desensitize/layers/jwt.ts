/**
 * JSON Web Tokens (RFC 7519): of the header only what is recognised is replaced, claims are masked like any document, and the signature becomes one of
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
  const edits = headerEdits(header, start, field, where, run)
  const payload = Buffer.from(claims, 'base64url').toString('utf8')
  if (more !== '' || !isJson(payload))
    return [...edits, ...secretPart(header.length + 1, whole, start, where, run)]
  const named: Field = { ...field, name: 'claims', meaning: run.names.of('claims') }
  const inner = jsonEdits(payload, named, inside(where, start, '.claims'), run)
  const from = start + header.length + 1
  if (signature !== '') edits.push(...secretPart(header.length + claims.length + 2, whole, start, where, run))
  if (inner.length > 0) edits.push(encoded(from, claims.length, payload, inner))
  return edits
}

/** Names of keys and algorithms stay, which whoever checks the token looks up. */
const headerEdits = (header: string, start: number, field: Field, where: Where, run: Run): Edit[] => {
  const text = Buffer.from(header, 'base64url').toString('utf8')
  if (!isJson(text)) return []
  const technical: Field = {
    ...field,
    name: 'header',
    meaning: { detectors: [], secret: false, harmless: true },
  }
  const place = inside(where, start, '.header')
  const known: Run = {
    ...run,
    maskUnknown: false,
    leaf: (value, own, at) => run.leaf(value, harmless(own), at),
  }
  const edits = jsonEdits(text, technical, place, known)
  return edits.length === 0 ? [] : [encoded(start, header.length, text, edits)]
}

const harmless = (field: Field): Field => ({
  ...field,
  meaning: { detectors: [], secret: false, harmless: true },
})

const encoded = (start: number, length: number, text: string, edits: readonly Edit[]): Edit => ({
  start,
  end: start + length,
  text: () => Buffer.from(applyEdits(text, edits)).toString('base64url'),
})

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
