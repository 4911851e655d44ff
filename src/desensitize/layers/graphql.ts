/** GraphQL documents: names and structure are the program's and stay; texts and long numbers in them are values. */
import { type Decoding, type Edit, outward, through, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { jsonDecoding } from './json.ts'

const starts = /^\s*(?:(?:query|mutation|subscription|fragment)\b|\{|#)/
const values = /"""([\s\S]*?)"""|"((?:[^"\\\r\n]|\\.)*)"|#([^\r\n]*)|(?<![\w.])-?(\d{5,})(?![\w.])/g

/** `shorthand`: what stands there is a document, so that it need not say `query`. */
export const isGraphql = (text: string, shorthand: boolean): boolean =>
  starts.test(text) &&
  (shorthand || !/^\s*[{#]/.test(text)) &&
  /\}\s*$/.test(text) &&
  /^[\w\s{}()[\]:,!$@=|&.-]*$/.test(text.replace(values, '0')) &&
  /\{\s*\.{0,3}\s*\w/.test(text)

export const graphqlEdits = (text: string, outer: Where, run: Run, depth: number): Edit[] => {
  const edits: Edit[] = []
  for (const match of text.matchAll(values)) {
    const [whole, block, line, comment, number] = match
    const value = block ?? line ?? comment ?? number!
    if (value === '') continue
    const start = match.index + whole.indexOf(value)
    const name =
      /(\w+)\s*:\s*\[?\s*$/.exec(text.slice(Math.max(0, match.index - 100), match.index))?.[1] ?? ''
    const meaning =
      comment === undefined ? run.names.of(name) : { detectors: [], secret: false, harmless: true }
    const field: Field = { name, meaning, kind: number === undefined ? 'text' : 'number', depth }
    const own = line?.includes('\\') === true ? jsonDecoding(line) : plain(value, line !== undefined)
    const place = through(outer, own, start, name === '' ? '' : `.${name}`)
    edits.push(...outward(run.leaf(own.text, field, place), own, start))
  }
  return edits
}

const plain = (text: string, quoted: boolean): Decoding => ({
  text,
  start: (at) => at,
  end: (at) => at,
  encode: (part) => (quoted ? JSON.stringify(part).slice(1, -1) : part),
})
