/** Credentials of the Basic scheme (RFC 7617): user and password in base64, both replaced. */
import { applyEdits, type Edit, inside, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'

/** Asks for the edits only if nothing of the range is dealt with; undefined says that it is not understood. */
type Take = (start: number, end: number, edits: () => readonly Edit[] | undefined) => void

const written = /(?<![0-9A-Za-z])basic +([A-Za-z0-9+/]{4,2000}={0,2})(?![A-Za-z0-9+/=])/gi

export const basicEdits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  for (const match of text.matchAll(written)) {
    const end = match.index + match[0].length
    take(end - match[1]!.length, end, () => pairEdits(match[1]!, end - match[1]!.length, field, where, run))
  }
}

const pairEdits = (
  encoded: string,
  start: number,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] | undefined => {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0 || decoded.includes('\ufffd')) return undefined
  const user = decoded.slice(0, colon)
  const password = decoded.slice(colon + 1)
  const place = inside(where, start, '.basic')
  const change = (name: string, value: string): readonly Edit[] =>
    run.leaf(value, { name, meaning: run.names.of(name), kind: 'text', depth: field.depth }, place)
  const users = change('userName', user)
  const passwords = change('password', password)
  if (users.length + passwords.length === 0) return []
  const end = start + encoded.length
  const text = (): string =>
    Buffer.from(`${applyEdits(user, users)}:${applyEdits(password, passwords)}`).toString('base64')
  return [{ start, end, text }]
}
