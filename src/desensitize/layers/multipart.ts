/** `multipart/*` bodies (RFC 2046 section 5.1): each part by its own type, names of files too. Boundaries stay. */
import { applyEdits, type Edit, inside, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import type { BytesChange } from './bytes.ts'

const partsAtMost = 1_000

/** A part is a body again. */
export type ReadBody = (
  bytes: Uint8Array,
  contentType: string,
  field: Field,
  where: Where,
  run: Run,
) => BytesChange | undefined

/** undefined where it cannot be taken apart. */
export const multipartChange = (
  bytes: Uint8Array,
  contentType: string,
  where: Where,
  run: Run,
  depth: number,
  readBody: ReadBody,
): { readonly bytes: (() => Uint8Array) | undefined } | undefined => {
  const match = /\bboundary=(?:"([^"]{1,200})"|([^;\s"]{1,200}))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) return undefined
  // One character for each byte: places in the text are places in the body.
  const text = Buffer.from(bytes).toString('latin1')
  const delimiter = `--${boundary}`
  const edits: Edit[] = []
  let at = delimiterAt(text, delimiter, 0)
  if (at < 0) return undefined
  for (let parts = 0; parts < partsAtMost; parts++) {
    const start = at + delimiter.length
    if (text.startsWith('--', start))
      return { bytes: edits.length === 0 ? undefined : () => Buffer.from(applyEdits(text, edits), 'latin1') }
    const next = delimiterAt(text, delimiter, start)
    if (next < 0) return undefined
    if (!partEdits(text, start, next, edits, where, run, depth, readBody)) return undefined
    at = next
  }
  return undefined
}

const delimiterAt = (text: string, delimiter: string, from: number): number => {
  let at = text.indexOf(delimiter, from)
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(delimiter, at + 1)
  return at
}

const partEdits = (
  text: string,
  start: number,
  end: number,
  edits: Edit[],
  where: Where,
  run: Run,
  depth: number,
  readBody: ReadBody,
): boolean => {
  const gap = /\r?\n\r?\n/g
  gap.lastIndex = start
  const empty = gap.exec(text)
  if (empty === null || empty.index >= end) return false
  const head = text.slice(start, empty.index)
  const body = empty.index + empty[0].length
  const close = text[end - 2] === '\r' ? end - 2 : end - 1
  const utf8 = Buffer.from(head, 'latin1').toString('utf8')
  const name = /[;\s]name="?([^";\r\n]*)/i.exec(utf8)?.[1] ?? ''
  const filename = /filename="([^"\r\n]*)"/i.exec(utf8)?.[1]
  const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? ''
  if (filename !== undefined && filename !== '') {
    const field: Field = {
      name: 'filename',
      meaning: { detectors: [], secret: false, harmless: true },
      kind: 'text',
      depth,
    }
    const inner = run.leaf(filename, field, inside(where, start, `.${name}.filename`))
    if (inner.length > 0)
      edits.push({
        start,
        end: empty.index,
        text: () =>
          Buffer.from(
            utf8.replace(filename, () => applyEdits(filename, inner)),
            'utf8',
          ).toString('latin1'),
      })
  }
  if (close <= body) return true
  const bytes = Buffer.from(text.slice(body, close), 'latin1')
  const place = inside(where, body, `.${name}`)
  const change = readBody(bytes, type, { name, meaning: run.names.of(name), kind: 'text', depth }, place, run)
  if (change?.bytes !== undefined)
    edits.push({ start: body, end: close, text: () => Buffer.from(change.bytes!()).toString('latin1') })
  return true
}
