/** A document a line (NDJSON), and server-sent events (HTML standard, section 9.2), whose data may be one over several lines. */
import type { Edit, Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { isJson, jsonEdits } from './json.ts'

interface Line {
  /** Of the content, behind `data: `. */
  readonly start: number
  readonly content: string
}

const isDocument = (text: string): boolean => /^\s*[{["\d-]/.test(text) && isJson(text)

const moved = (edits: readonly Edit[], by: number): Edit[] =>
  edits.map(({ start, end, text }) => ({ start: start + by, end: end + by, text }))

function* linesOf(text: string): Generator<Line> {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at)
    const end = next < 0 ? text.length : next
    yield { start: at, content: text.slice(at, end) }
    at = end + 1
  }
}

const part = (where: Where, start: number): Where => ({
  offset: (inner) => where.offset(start + inner),
  path: () => where.path(),
})

/** undefined where a line is no document. */
export const ndjsonEdits = (
  text: string,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] | undefined => {
  const edits: Edit[] = []
  for (const { start, content } of linesOf(text)) {
    if (isDocument(content)) edits.push(...moved(jsonEdits(content, field, part(where, start), run), start))
    else if (/\S/.test(content)) return undefined
  }
  return edits
}

export const eventEdits = (text: string, field: Field, where: Where, run: Run): readonly Edit[] => {
  const edits: Edit[] = []
  const technical: Field = { ...field, meaning: { detectors: [], secret: false, harmless: true } }
  let data: Line[] = []
  const flush = (): void => {
    const joined = data.map(({ content }) => content).join('\n')
    if (data.length > 1 && !data.every(({ content }) => isDocument(content)) && isDocument(joined)) {
      const { place, at } = joinedPlaces(data, where)
      for (const edit of jsonEdits(joined, field, place, run))
        edits.push({ start: at(edit.start), end: at(edit.end), text: edit.text })
    } else
      for (const { start, content } of data) {
        const own = isDocument(content)
          ? jsonEdits(content, field, part(where, start), run)
          : run.leaf(content, field, part(where, start))
        edits.push(...moved(own, start))
      }
    data = []
  }
  for (const { start, content } of linesOf(text)) {
    const head = /^data: ?/.exec(content)?.[0].length
    if (head !== undefined) {
      data.push({ start: start + head, content: content.slice(head) })
      continue
    }
    flush()
    // Comments, and names and numbers of events.
    if (/\S/.test(content)) edits.push(...moved(run.leaf(content, technical, part(where, start)), start))
  }
  flush()
  return edits
}

/** An edit lies within one text of the document, and so within one line. */
const joinedPlaces = (
  lines: readonly Line[],
  where: Where,
): { readonly place: Where; readonly at: (offset: number) => number } => {
  const at = (offset: number): number => {
    let left = offset
    for (const { start, content } of lines) {
      if (left <= content.length) return start + left
      left -= content.length + 1
    }
    return lines.at(-1)!.start + lines.at(-1)!.content.length
  }
  return { place: { offset: (offset) => where.offset(at(offset)), path: () => where.path() }, at }
}
