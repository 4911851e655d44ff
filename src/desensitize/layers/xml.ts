/**
 * XML and HTML, edited in place: text, attributes, CDATA and comments. Read leniently and in one pass; what declares
 * entities of its own cannot be read for sure.
 */
import { type Decoding, type Edit, outward, part, through, type Where } from '../edits.ts'
import { isNamingName, isValueName } from '../field-names.ts'
import type { Field, Run } from '../run.ts'
import { scriptEdits } from './script.ts'

export const isXml = (text: string): boolean =>
  /^\ufeff?\s*<(?:\?xml|!doctype|!--|[\p{L}_][\p{L}\p{N}_:.-]*(?:\s[^<>]*)?\/?>)/iu.test(text) &&
  />\s*$/.test(text) &&
  // `<a:b>` alone is how identifiers of messages are written.
  /<\/|\/>|<[?!]/.test(text)

const token =
  /<!--([\s\S]*?)-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?([^\s?]+)([\s\S]*?)\?>|<!([^>[]*)(\[)?|<\/([^\s>]*)\s*>|<([^\s<>!?/="'&;]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g
const attribute = /([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

export const xmlEdits = (text: string, field: Field, outer: Where, run: Run): Edit[] => {
  const edits: Edit[] = []
  /** Names of the open elements; an attribute that names (`<entry key="password">`) stands for the element's own. */
  const open: { readonly element: string; readonly meant: string; sibling: string }[] = []
  let at = 0
  const leaf = (start: number, end: number, name: string, cdata: boolean, attribute?: string): void => {
    const raw = text.slice(start, end)
    if (!/\S/.test(raw)) return
    const decoding = cdata ? verbatim(raw) : entityDecoding(raw)
    // `<name>token</name><value>…</value>`
    const around = open.at(-2)
    if (around !== undefined && isNamingName(open.at(-1)!.element) && decoding.text.length < 80)
      around.sibling = decoding.text.trim()
    const parent = open.at(-2)?.element ?? ''
    const meaning = run.names.of(name, parent)
    const inner: Field = { name, meaning, kind: 'text', depth: field.depth }
    const steps = [...open.map(({ element }) => element), ...(attribute === undefined ? [] : [attribute])]
    const label = steps.length > 0 ? `.${steps.join('.')}` : ''
    edits.push(
      ...outward(run.leaf(decoding.text, inner, through(outer, decoding, start, label)), decoding, start),
    )
  }
  const code = (start: number, end: number): void => {
    const inner: Field = { name: '', meaning: run.names.of(''), kind: 'text', depth: field.depth }
    for (const edit of scriptEdits(text.slice(start, end), inner, part(outer, start, '.script'), run))
      edits.push({ start: edit.start + start, end: edit.end + start, text: edit.text })
  }
  token.lastIndex = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const here = open.at(-1)?.meant ?? field.name
    if (/^(?:script|style)$/i.test(here)) {
      const end = codeEnd(text, at, here)
      code(at, end)
      at = end
      token.lastIndex = end
      open.pop()
      continue
    }
    if (match.index > at) leaf(at, match.index, here, false)
    at = token.lastIndex
    const [whole, comment, cdata, target, instruction, declaration, subset, , element, attributes, closed] =
      match
    if (comment !== undefined) leaf(match.index + 4, match.index + whole.length - 3, '', false)
    else if (cdata !== undefined) leaf(match.index + 9, match.index + whole.length - 3, here, true)
    else if (instruction !== undefined) {
      if (target !== 'xml') leaf(at - 2 - instruction.length, at - 2, '', true)
    } else if (declaration !== undefined && subset !== undefined)
      run.undecodable(outer, match.index, 'XML that declares entities')
    else if (whole.startsWith('</')) open.pop()
    else if (element !== undefined) {
      const name = localName(element)
      const own = isValueName(name) ? valueName(run, open.at(-1)) : name
      open.push({ element: name, meant: own, sibling: '' })
      const meant = attributesOf(text, match.index + 1 + element.length, attributes ?? '', own, leaf)
      open.pop()
      if (closed !== '/' && !(isVoid(name) && /^<!doctype html|<html/i.test(text.slice(0, 200))))
        open.push({ element: name, meant, sibling: '' })
    }
  }
  if (at < text.length) leaf(at, text.length, open.at(-1)?.meant ?? field.name, false)
  return edits
}

/** What `<value>` is the value of: what stands beside it, if that names something, else what it stands in. */
const valueName = (
  run: Run,
  around: { readonly meant: string; readonly sibling: string } | undefined,
): string => {
  if (around === undefined) return 'value'
  const { meant, sibling } = around
  return sibling !== '' && run.names.of(sibling).detectors.length > 0 ? sibling : meant
}

/** Behind the end tag of a script or style sheet, in which `<` means nothing. */
const codeEnd = (text: string, start: number, name: string): number => {
  const close = new RegExp(`</${name}\\s*>`, 'ig')
  close.lastIndex = start
  const match = close.exec(text)
  return match === null ? text.length : match.index + match[0].length
}

/** `ns:Phone` is Phone. */
const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
const isVoid = (name: string): boolean =>
  /^(?:area|base|br|col|hr|img|input|link|meta|source|wbr)$/i.test(name)

/** What the element's content is called. */
const attributesOf = (
  text: string,
  base: number,
  source: string,
  element: string,
  leaf: (start: number, end: number, name: string, cdata: boolean, attribute: string) => void,
): string => {
  if (!source.includes('=')) return element
  let meant = element
  const found: { readonly name: string; readonly start: number; readonly end: number }[] = []
  for (const match of source.matchAll(attribute)) {
    const name = localName(match[1]!)
    const value = match[2] ?? match[3] ?? ''
    const end = base + match.index + match[0].length - 1
    found.push({ name, start: end - value.length, end })
    if (isNamingName(name) && value.length < 80) meant = value
  }
  for (const { name, start, end } of found) {
    if (end > start && !/^xmlns/.test(name)) leaf(start, end, isValueName(name) ? meant : name, false, name)
  }
  return text.length === 0 ? element : meant
}

const verbatim = (raw: string): Decoding => ({
  text: raw,
  start: (index) => index,
  end: (index) => index,
  encode: (text) => text.replaceAll(']]>', ']]]]><![CDATA[>'),
})

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

const entityDecoding = (raw: string): Decoding => {
  const encode = (text: string): string =>
    text.replace(
      /[&<>"']/g,
      (char) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }[char]};`,
    )
  if (!raw.includes('&')) return { text: raw, start: (index) => index, end: (index) => index, encode }
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const match of raw.matchAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));|[\s\S]/gi)) {
    const [whole, decimal, hex, name] = match
    const code =
      decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined
    const plain =
      code !== undefined
        ? code <= 0x10ffff
          ? String.fromCodePoint(code)
          : whole
        : name === undefined
          ? whole
          : (named[name] ?? whole)
    for (let i = 0; i < plain.length; i++) {
      starts.push(match.index)
      ends.push(match.index + whole.length)
    }
    text += plain
  }
  return {
    text,
    start: (index) => starts[index] ?? raw.length,
    end: (index) => (index === 0 ? 0 : ends[index - 1]!),
    encode,
  }
}
