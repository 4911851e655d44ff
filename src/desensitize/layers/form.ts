/** `a=1&b=2`: queries and urlencoded forms. Names and values keep their encoding, repeated names their order. */
import { type Edit, outward, through, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { percentDecoding } from './percent.ts'

/** Looks like one: at least two pairs, or one whose name is plain. */
export const isForm = (text: string): boolean =>
  /^[\w.~%[\]$-]{1,100}=[^&\s<>{}]{0,20000}(?:&[\w.~%[\]$-]{1,100}=[^&\s<>{}]{0,20000})+&?$/.test(text)

export const formEdits = (
  text: string,
  outer: Where,
  run: Run,
  depth: number,
  separator: '&' | ';' = '&',
): Edit[] => {
  const edits: Edit[] = []
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf(separator, at)
    const end = next < 0 ? text.length : next
    const equals = text.indexOf('=', at)
    const nameEnd = equals < 0 || equals > end ? end : equals
    pair(text, at, nameEnd, end, edits, outer, run, depth)
    at = end + 1
  }
  return edits
}

const pair = (
  text: string,
  start: number,
  nameEnd: number,
  end: number,
  edits: Edit[],
  outer: Where,
  run: Run,
  depth: number,
): void => {
  const rawName = percentDecoding(text.slice(start, nameEnd), true)
  const name = lastPart(rawName.text)
  const nameField: Field = { name: '', meaning: harmless, kind: 'key', depth }
  if (rawName.text.length >= 16 || /(?:\d\D{0,3}){5}|[^\x00-\x7f]|@/.test(rawName.text))
    edits.push(
      ...outward(run.leaf(rawName.text, nameField, through(outer, rawName, start, '')), rawName, start),
    )
  if (nameEnd >= end) return
  const from = nameEnd + 1
  const value = percentDecoding(text.slice(from, end), true)
  const field: Field = { name, meaning: run.names.of(name), kind: 'text', depth }
  edits.push(
    ...outward(run.leaf(value.text, field, through(outer, value, from, `.${rawName.text}`)), value, from),
  )
}

const harmless: Field['meaning'] = { detectors: [], secret: false, harmless: true }

/** `user[phone]` and `user.phone` are called phone. */
const lastPart = (name: string): string => /([^.[\]]+)\]?(?:\[\d*\])?$/.exec(name)?.[1] ?? name
