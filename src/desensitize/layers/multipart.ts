/** `multipart/*` bodies (RFC 2046 section 5.1): each part by its own type, names of files too. Boundaries stay. */
import { applyEdits, type Edit, inside, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import type { BytesChange } from './bytes.ts'
import { headerEdits } from './headers.ts'

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
  /** What stands before the first and behind the last part says nothing to anybody, but may. */
  const around = (from: number, to: number): void => {
    const outside = text.slice(from, to)
    if (!/\S/.test(outside)) return
    const field: Field = { name: '', meaning: technical, kind: 'text', depth }
    const utf8 = Buffer.from(outside, 'latin1').toString('utf8')
    const inner = run.leaf(utf8, field, inside(where, from))
    if (inner.length > 0)
      edits.push({
        start: from,
        end: to,
        text: () => Buffer.from(applyEdits(utf8, inner), 'utf8').toString('latin1'),
      })
  }
  around(0, at)
  for (let parts = 0; parts < partsAtMost; parts++) {
    const start = at + delimiter.length
    if (text.startsWith('--', start)) {
      around(start + 2, text.length)
      return { bytes: edits.length === 0 ? undefined : () => Buffer.from(applyEdits(text, edits), 'latin1') }
    }
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
  const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? ''
  const headChanges = headEdits(utf8, inside(where, start, `.${name}`), run, depth)
  if (headChanges.length > 0)
    edits.push({
      start,
      end: empty.index,
      text: () => Buffer.from(applyEdits(utf8, headChanges), 'utf8').toString('latin1'),
    })
  if (close <= body) return true
  const bytes = Buffer.from(text.slice(body, close), 'latin1')
  const place = inside(where, body, `.${name}`)
  const change = readBody(bytes, type, { name, meaning: run.names.of(name), kind: 'text', depth }, place, run)
  if (change?.bytes !== undefined)
    edits.push({ start: body, end: close, text: () => Buffer.from(change.bytes!()).toString('latin1') })
  return true
}

const technical = { detectors: [], secret: false, harmless: true }

/** A part's own header fields; of its disposition each parameter. */
const headEdits = (head: string, where: Where, run: Run, depth: number): Edit[] => {
  const edits: Edit[] = []
  const put = (start: number, inner: readonly Edit[]): void => {
    for (const edit of inner)
      edits.push({ start: start + edit.start, end: start + edit.end, text: edit.text })
  }
  for (const line of head.matchAll(/^([\w-]+):[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/gm)) {
    const [whole, name, value] = line as unknown as [string, string, string]
    const start = line.index + whole.length - value.length
    if (name.toLowerCase() !== 'content-disposition') {
      put(start, headerEdits(name.toLowerCase(), value, where, run))
      continue
    }
    for (const param of value.matchAll(/;\s*([\w*]+)=("?)([^";]*)\2/g)) {
      const text = param[3]!
      const at = start + param.index + param[0].length - param[2]!.length - text.length
      const field: Field = { name: param[1]!, meaning: technical, kind: 'text', depth }
      put(at, run.leaf(text, field, inside(where, at, `.${param[1]!.replace('*', '')}`)))
    }
  }
  return edits
}
