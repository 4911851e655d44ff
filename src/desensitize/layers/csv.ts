/** Tables of separated values (RFC 4180, also with semicolons and tabs): cells are called what stands above them. */
import { type Decoding, type Edit, outward, through, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'

interface Cell {
  readonly start: number
  readonly end: number
  readonly quoted: boolean
}

/** The first line names the columns, unless one of them looks like data. */
export const csvEdits = (text: string, type: string, outer: Where, run: Run, depth: number): Edit[] => {
  const edits: Edit[] = []
  const separator = type.includes('tab-separated') ? '\t' : separatorOf(text)
  let names: readonly string[] | undefined
  for (const row of rows(text, separator)) {
    if (names === undefined) {
      const titles = row.map((cell) => decoding(text, cell).text.trim())
      const isHead = titles.every((title) => title !== '' && title.length < 40 && !/\d{4}|@/.test(title))
      names = isHead ? titles : []
      if (isHead) continue
    }
    row.forEach((cell, column) => {
      const name = names![column] ?? ''
      const own = decoding(text, cell)
      const field: Field = { name, meaning: run.names.of(name), kind: 'text', depth }
      const place = through(outer, own, cell.start, name === '' ? `.${column}` : `.${name}`)
      edits.push(...outward(run.leaf(own.text, field, place), own, cell.start))
    })
  }
  return edits
}

const separatorOf = (text: string): string => {
  const first = text.slice(0, /[\r\n]|$/.exec(text)!.index)
  return [',', ';', '\t', '|'].find((one) => first.includes(one)) ?? ','
}

function* rows(text: string, separator: string): Generator<readonly Cell[]> {
  let row: Cell[] = []
  for (let at = 0; at < text.length; ) {
    const quoted = text[at] === '"'
    const start = quoted ? at + 1 : at
    let end = start
    if (quoted) {
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"'))
        end += text[end] === '"' ? 2 : 1
    } else while (end < text.length && !isBreak(text[end]!, separator)) end++
    row.push({ start, end: Math.min(end, text.length), quoted })
    at = quoted ? end + 1 : end
    while (at < text.length && !isBreak(text[at]!, separator)) at++
    if (text[at] === separator) {
      at++
      if (at < text.length) continue
    }
    while (text[at] === '\r' || text[at] === '\n') at++
    yield row
    row = []
  }
}

const isBreak = (char: string, separator: string): boolean =>
  char === separator || char === '\n' || char === '\r'

const decoding = (text: string, { start, end, quoted }: Cell): Decoding => {
  const raw = text.slice(start, end)
  const encode = (part: string): string => (quoted ? part.replaceAll('"', '""') : part)
  if (!quoted || !raw.includes('""')) return { text: raw, start: (at) => at, end: (at) => at, encode }
  const places: number[] = []
  for (let at = 0; at < raw.length; at += raw[at] === '"' ? 2 : 1) places.push(at)
  return {
    text: raw.replaceAll('""', '"'),
    start: (at) => places[at] ?? raw.length,
    end: (at) => places[at] ?? raw.length,
    encode,
  }
}
