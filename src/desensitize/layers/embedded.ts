/** Documents inside a value: JSON in a string, XML, a form, an address, a JWT, base64 and hexadecimal of any of them. */

import { token } from '../detectors/token.ts'
import { type Decoding, type Edit, noEdits, outward, part, through, type Where } from '../edits.ts'
import { findIn } from '../find.ts'
import { editFor } from '../hit.ts'
import type { Field, Run } from '../run.ts'
import { Ranges } from '../text/ranges.ts'
import { has, type Traits, traitsOf } from '../text/traits.ts'
import { basicEdits } from './basic.ts'
import { base64Edits, hexEdits } from './encoded-runs.ts'
import { formEdits, isForm } from './form.ts'
import { graphqlEdits, isGraphql } from './graphql.ts'
import { isJson, jsonDecoding, jsonEdits } from './json.ts'
import { jwtEdits } from './jwt.ts'
import { percentDecoding } from './percent.ts'
import { urlEdits } from './url.ts'
import { wrappedJson } from './wrapped-json.ts'
import { isXml, xmlEdits } from './xml.ts'

export interface Embedded {
  /** All of the text was one document. */
  readonly whole: boolean
  readonly edits: readonly Edit[]
  /** Ranges that have been looked into, and are understood. */
  readonly covered: readonly { readonly start: number; readonly end: number }[]
}

const isAddress = /^[a-z][a-z0-9+.-]{1,20}:\/\/\S*$/i
const urls = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>\\^`{|}，。；）]{1,4000}/gi

export const embedded = (
  text: string,
  traits: Traits,
  field: Field,
  where: Where,
  run: Run,
): Embedded | undefined => {
  if (text.length < 8) return undefined
  const deeper: Field = { ...field, depth: field.depth + 1 }
  if (field.depth >= run.limits.depth) {
    if (traits.longest >= 16 || /^\s*[{[<]/.test(text))
      run.undecodable(where, 0, `more than ${run.limits.depth} layers`)
    return undefined
  }
  const document = wholeDocument(text, traits, deeper, where, run)
  if (document !== undefined) return { whole: true, edits: document, covered: noEdits }
  const found: Edit[] = []
  const taken = new Ranges()
  const take = (start: number, end: number, look: () => readonly Edit[] | undefined): void => {
    if (taken.overlaps(start, end)) return
    const edits = look()
    if (edits === undefined) return
    taken.add(start, end)
    found.push(...edits)
  }
  if ((traits.seen & has.colon) !== 0 && text.includes('://')) {
    for (const match of text.matchAll(urls)) {
      const look = (): readonly Edit[] =>
        shifted(addressEdits(match[0], deeper.depth, part(where, match.index, ''), run), match.index)
      take(match.index, match.index + match[0].length, look)
    }
  }
  if (traits.longest >= 16 && text.includes('eyJ')) jwtEdits(text, deeper, where, run, take)
  if ((traits.seen & has.space) !== 0 && /\bbasic /i.test(text)) basicEdits(text, deeper, where, run, take)
  if (traits.longest >= run.runAtLeast) {
    base64Edits(text, deeper, where, run, take)
    hexEdits(text, deeper, where, run, take)
  }
  return taken.size === 0 ? undefined : { whole: false, edits: found, covered: taken.all }
}

const wholeDocument = (
  text: string,
  traits: Traits,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] | undefined => {
  const first = text.charCodeAt(0) > 32 ? text[0] : /\S/.exec(text)?.[0]
  if ((first === '{' || first === '[') && /[}\]]\s*$/.test(text) && isJson(text))
    return jsonEdits(text, field, where, run)
  const unescaped = first === '{' || first === '[' ? unescapedJson(text) : undefined
  if (unescaped !== undefined)
    return outward(jsonEdits(unescaped.text, field, through(where, unescaped, 0, ''), run), unescaped, 0)
  const inner = /[)\]};]\s*$/.test(text.slice(-20)) ? wrappedJson(text) : undefined
  if (inner !== undefined && !/\d{5}|[^\x00-\x7f]/.test(text.slice(0, inner.start))) {
    const { start, end } = inner
    return shifted(jsonEdits(text.slice(start, end), field, part(where, start, ''), run), start)
  }
  if (first === '<' && isXml(text)) return xmlEdits(text, field, where, run)
  if (isGraphql(text, field.name === 'query')) return graphqlEdits(text, where, run, field.depth)
  if ((traits.seen & has.equals) !== 0 && !text.includes('://') && isForm(text))
    return formEdits(text, where, run, field.depth)
  // An address is decoded part by part: as a whole it would end at the first blank.
  if ((traits.seen & has.percent) !== 0 && /%[0-9a-f]{2}/i.test(text) && !isAddress.test(text)) {
    const decoding = percentDecoding(text, !text.includes(' ') && text.includes('+') && text.includes('%2'))
    if (decoding.text === text || /[\ufffd\x00-\x08]/.test(decoding.text)) return undefined
    return outward(run.leaf(decoding.text, field, through(where, decoding, 0, '')), decoding, 0)
  }
  return undefined
}

/** JSON that was put into a string once more than it was taken out: `{\\"token\\": …}`, as logs have it. */
const unescapedJson = (text: string): Decoding | undefined => {
  if (!text.includes('\\"')) return undefined
  try {
    const decoding = jsonDecoding(text)
    return isJson(decoding.text) ? decoding : undefined
  } catch {
    return undefined
  }
}

/** An address by its parts, and as a whole where it is a secret itself: a webhook's. */
const addressEdits = (url: string, depth: number, where: Where, run: Run): readonly Edit[] => {
  const secrets = findIn(url, traitsOf(url)).filter(({ detector }) => detector === token)
  const edits = secrets.flatMap(({ start, end, text }) => {
    const hit = {
      detector: token,
      rule: 'content' as const,
      start,
      end,
      surface: url.slice(start, end),
      text,
    }
    return editFor(run, where, hit) ?? []
  })
  const parts = urlEdits(url, where, run, depth)
  const apart = parts.filter(({ start, end }) =>
    secrets.every((other) => end <= other.start || other.end <= start),
  )
  return [...edits, ...apart]
}

const shifted = (edits: readonly Edit[], by: number): readonly Edit[] =>
  by === 0 ? edits : edits.map(({ start, end, text }) => ({ start: start + by, end: end + by, text }))
