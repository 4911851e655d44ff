/** Addresses with what they carry: credentials, path segments, query, matrix parameters. */
import { type Edit, outward, part, through, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { formEdits } from './form.ts'
import { percentDecoding } from './percent.ts'

const harmless: Field['meaning'] = { detectors: [], secret: false, harmless: true }

/** A request target, or the part of an address behind its authority: `/users/138…;v=1?q=…#…`. */
export const targetEdits = (target: string, outer: Where, run: Run, depth: number): Edit[] => {
  const fragment = target.indexOf('#')
  const whole = fragment < 0 ? target.length : fragment
  const question = target.indexOf('?')
  const pathEnd = question < 0 || question > whole ? whole : question
  const edits: Edit[] = []
  let before = ''
  for (let at = 0; at <= pathEnd; ) {
    const slash = target.indexOf('/', at)
    const end = slash < 0 || slash > pathEnd ? pathEnd : slash
    before = segment(target.slice(at, end), at, before, edits, outer, run, depth)
    at = end + 1
  }
  const move = (inner: readonly Edit[], by: number): void => {
    for (const edit of inner) edits.push({ start: edit.start + by, end: edit.end + by, text: edit.text })
  }
  if (pathEnd < whole)
    move(
      formEdits(
        target.slice(pathEnd + 1, whole),
        part({ ...queryPlace(outer) }, pathEnd + 1, ''),
        run,
        depth,
      ),
      pathEnd + 1,
    )
  if (fragment >= 0 && target.includes('=', fragment))
    move(formEdits(target.slice(fragment + 1), part(outer, fragment + 1, ''), run, depth), fragment + 1)
  return edits
}

const queryPlace = (outer: Where): Where => ({
  offset: (at) => outer.offset(at),
  path: () => outer.path().replace(/path$/, 'query'),
})

/** A segment is the value of the one before it: `/phone/138…`, `/users/zhang`. Returns what it is called. */
const segment = (
  raw: string,
  at: number,
  before: string,
  edits: Edit[],
  outer: Where,
  run: Run,
  depth: number,
): string => {
  if (raw === '') return before
  const matrix = raw.indexOf(';')
  const own = matrix < 0 ? raw : raw.slice(0, matrix)
  if (matrix >= 0)
    for (const edit of formEdits(raw.slice(matrix + 1), part(outer, at + matrix + 1, ''), run, depth, ';'))
      edits.push({ start: edit.start + at + matrix + 1, end: edit.end + at + matrix + 1, text: edit.text })
  const decoded = percentDecoding(own, false)
  // `/token/refresh` is a place and no token: what a name claims must look like data.
  const claims = /\d|[^\x00-\x7f]|@/.test(decoded.text) ? run.names.of(before) : harmless
  const field: Field = { name: before, meaning: { ...claims, harmless: true }, kind: 'text', depth }
  edits.push(...outward(run.leaf(decoded.text, field, through(outer, decoded, at, '')), decoded, at))
  return decoded.text
}

/** An absolute address. Its host stays: which hosts may be named is the workspace's own matter. */
export const urlEdits = (url: string, outer: Where, run: Run, depth: number): Edit[] => {
  const authority = url.indexOf('://') + 3
  const end = /[/?#]/.exec(url.slice(authority))
  const pathAt = end === null ? url.length : authority + end.index
  const edits: Edit[] = []
  const at = url.lastIndexOf('@', pathAt)
  if (at > authority) {
    const userInfo = url.slice(authority, at)
    const colon = userInfo.indexOf(':')
    const names = colon < 0 ? ['userName'] : ['userName', 'password']
    let start = authority
    for (const name of names) {
      const stop = name === 'userName' && colon >= 0 ? authority + colon : at
      const decoded = percentDecoding(url.slice(start, stop), false)
      const field: Field = { name, meaning: run.names.of(name), kind: 'text', depth }
      edits.push(
        ...outward(run.leaf(decoded.text, field, through(outer, decoded, start, `.${name}`)), decoded, start),
      )
      start = stop + 1
    }
  }
  for (const edit of targetEdits(url.slice(pathAt), part(outer, pathAt, ''), run, depth))
    edits.push({ start: edit.start + pathAt, end: edit.end + pathAt, text: edit.text })
  return edits
}
