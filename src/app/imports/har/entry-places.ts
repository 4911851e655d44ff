/** Where the entries of an archive stand in its text, found without reading what they hold. */
import type { SourceLocation } from '../../../core/source.ts'
import { skipSpace, skipString, skipValue } from '../../../patch/json-scan.ts'
import { LineIndex } from '../../../yaml/line-index.ts'

/** `text`: JSON that is valid and has `log.entries`. Of names that stand twice the last counts, as for JSON.parse. */
export const entryPlaces = (text: string, file: string): readonly SourceLocation[] => {
  const lines = new LineIndex(text)
  const log = memberOf(text, skipSpace(text, 0), 'log')
  return elementsOf(text, memberOf(text, log, 'entries')).map((at) => ({ file, ...lines.position(at) }))
}

/** Where the value of a member begins; `from`: the object's brace. */
const memberOf = (text: string, from: number, name: string): number => {
  let found = -1
  let at = skipSpace(text, from + 1)
  while (text[at] === '"') {
    const end = skipString(text, at)
    const value = skipSpace(text, skipSpace(text, end) + 1)
    if (JSON.parse(text.slice(at, end)) === name) found = value
    at = next(text, value)
  }
  return found
}

const elementsOf = (text: string, from: number): readonly number[] => {
  const found: number[] = []
  let at = skipSpace(text, from + 1)
  while (text[at] !== ']') {
    found.push(at)
    at = next(text, at)
  }
  return found
}

/** Behind the value and its comma. */
const next = (text: string, value: number): number => {
  const end = skipSpace(text, skipValue(text, value))
  return text[end] === ',' ? skipSpace(text, end + 1) : end
}
