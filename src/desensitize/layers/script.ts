/**
 * Program text (JavaScript, style sheets): replacing what is unknown would break it, so only texts in quotes that stand
 * under a telling name or are in another script are; everything else is looked at for what tells by itself.
 */
import { type Edit, outward, part, through, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { jsonDecoding } from './json.ts'

const harmless: Field['meaning'] = { detectors: [], secret: false, harmless: true }
const nameBefore = /(?:([\p{L}_$][\p{L}\p{N}_$]*)|["']([^"'\r\n]{1,60})["'])\s*[:=]\s*$/u

export const scriptEdits = (text: string, field: Field, outer: Where, run: Run): Edit[] => {
  const edits: Edit[] = []
  for (const { start, end, quoted } of pieces(text)) {
    const raw = text.slice(start, end)
    if (!quoted) {
      for (const edit of run.leaf(raw, { ...field, meaning: harmless }, part(outer, start, '')))
        edits.push({ start: edit.start + start, end: edit.end + start, text: edit.text })
      continue
    }
    const named = nameBefore.exec(text.slice(Math.max(0, start - 81), start - 1))
    const name = named?.[1] ?? named?.[2] ?? ''
    const meaning = run.names.of(name)
    const isOpen = meaning.detectors.length > 0 || /[\u3400-\u9fff]/.test(raw)
    const own = decoding(raw)
    const inner: Field = {
      name,
      meaning: isOpen ? meaning : harmless,
      kind: 'text',
      depth: field.depth + 1,
    }
    edits.push(...outward(run.leaf(own.text, inner, through(outer, own, start, '')), own, start))
  }
  return edits
}

interface Piece {
  readonly start: number
  readonly end: number
  readonly quoted: boolean
}

/**
 * Texts in quotes, comments, templates and long numbers: between them nothing is somebody's, and `token = next()` is no
 * secret. Each character is looked at once, whatever is left open.
 */
function* pieces(text: string): Generator<Piece> {
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '"' || char === "'") {
      const end = quoteEnd(text, at)
      if (text[end] === char && end > at + 1) yield { start: at + 1, end, quoted: true }
      at = end
    } else if (char === '`' || (char === '/' && (text[at + 1] === '*' || text[at + 1] === '/'))) {
      const close = char === '`' ? '`' : text[at + 1] === '*' ? '*/' : '\n'
      const next = text.indexOf(close, at + 1 + Number(char === '/'))
      const end = next < 0 ? text.length : next
      yield { start: at, end, quoted: false }
      at = end
    } else if (char >= '0' && char <= '9') {
      let end = at + 1
      while (end < text.length && /[\w.]/.test(text[end]!)) end++
      if (end - at >= 5 && !/[\w.#]/.test(text[at - 1] ?? ' ')) yield { start: at, end, quoted: false }
      at = end - 1
    }
  }
}

/** Of the closing quote; of the end of the line where there is none. */
const quoteEnd = (text: string, open: number): number => {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === text[open] || text[at] === '\n') return at
  }
  return text.length
}

/** JavaScript has escapes that JSON does not know; texts with those are read as they are written. */
const decoding = (raw: string): ReturnType<typeof jsonDecoding> => {
  if (raw.includes('\\') && /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/.test(raw))
    return jsonDecoding(raw)
  return {
    text: raw,
    start: (at) => at,
    end: (at) => at,
    encode: (piece) => piece.replace(/["'\\]/g, '\\$&'),
  }
}
