/** `library:` of svc-mock.yaml with an entry more, less or another one: everything else of the text stays as it is, comments and all. */
import { isDeepStrictEqual } from 'node:util'
import { parseDocument, type YamlDocument } from '../../yaml/document.ts'

export interface LibraryEdit {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** What holds where nothing is written. */
const defaults: readonly string[] = ['./mocks', './fixtures']

/** undefined: the text is written in a way that cannot be changed line by line. */
export const editLibrary = (text: string, file: string, { add, remove }: LibraryEdit): string | undefined => {
  const before = libraryOf(parseDocument(text, file))
  if (before === undefined) return undefined
  const wanted = [...(before.list ?? defaults).filter((entry) => !remove.includes(entry)), ...add]
  let edited: string | undefined = text
  for (const entry of remove) edited = edited === undefined ? undefined : without(edited, file, entry)
  for (const entry of add) edited = edited === undefined ? undefined : withEntry(edited, file, entry)
  if (edited === undefined) return undefined
  // Anchors, flow style at the top and the like: what was meant must be what is read.
  const after = libraryOf(parseDocument(edited, file))
  const same =
    after !== undefined &&
    isDeepStrictEqual(after.list ?? defaults, wanted) &&
    isDeepStrictEqual(after.others, before.others)
  return same ? edited : undefined
}

interface ReadLibrary {
  readonly list: readonly string[] | undefined
  readonly others: Readonly<Record<string, unknown>>
}

const libraryOf = (document: YamlDocument): ReadLibrary | undefined => {
  const value = document.value ?? {}
  if (document.problems.length > 0 || typeof value !== 'object' || Array.isArray(value)) return undefined
  const { library, ...others } = value as Readonly<Record<string, unknown>>
  if (library === undefined || library === null) return { list: undefined, others }
  if (!Array.isArray(library) || library.some((entry) => typeof entry !== 'string')) return undefined
  return { list: library as readonly string[], others }
}

const quoted = (entry: string): string => `'${entry.replaceAll("'", "''")}'`

const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const withEntry = (text: string, file: string, entry: string): string | undefined => {
  const document = parseDocument(text, file)
  const list = libraryOf(document)?.list
  if (list === undefined || list.length === 0) {
    const own = `library: [${[...(list ?? defaults).map(plain), quoted(entry)].join(', ')}]`
    return list === undefined ? withLibrary(text, document, own) : emptyReplaced(text, document, own)
  }
  const last = itemAt(text, document, list.length - 1)
  if (last === undefined) return undefined
  const eol = lineEnd(text)
  if (last.dash !== undefined) {
    const end = endOfLine(text, last.end)
    const more = `${last.dash}${quoted(entry)}`
    return end === text.length
      ? `${text}${eol}${more}${eol}`
      : `${text.slice(0, end)}${more}${eol}${text.slice(end)}`
  }
  // In brackets: in a line of its own where the others have one.
  if (!last.alone) return `${text.slice(0, last.end)}, ${quoted(entry)}${text.slice(last.end)}`
  const comma = /^\s*,/.test(text.slice(last.end)) ? '' : ','
  const end = endOfLine(text, last.end)
  return `${text.slice(0, last.end)}${comma}${text.slice(last.end, end)}${last.indent}${quoted(entry)},${eol}${text.slice(end)}`
}

const plain = (entry: string): string => (/^[\w./-]+$/.test(entry) ? entry : quoted(entry))

/** A key of its own, before the services where there are any: what stands above those belongs to them. */
const withLibrary = (text: string, document: YamlDocument, own: string): string => {
  const eol = lineEnd(text)
  if (document.has(['library'])) return emptyReplaced(text, document, own)
  if (!document.has(['services']))
    return `${text}${text === '' || text.endsWith('\n') ? '' : eol}${own}${eol}`
  const lines = text.split('\n')
  const services = document.locate(['services'], true).at.line - 1
  let at = services
  while (at > 0 && /^\s*#/.test(lines[at - 1]!)) at--
  // Comments at the very top are the file's.
  if (at === 0) at = services
  lines.splice(at, 0, eol === '\r\n' ? `${own}\r` : own)
  return lines.join('\n')
}

/** `library:` or `library: []`. */
const emptyReplaced = (text: string, document: YamlDocument, own: string): string => {
  const lines = text.split('\n')
  const at = document.locate(['library'], true).at.line - 1
  lines[at] = lines[at]!.replace(/^library\s*:\s*(?:\[\s*\])?/, `${own} `).replace(/ +(\r?)$/, '$1')
  return lines.join('\n')
}

const without = (text: string, file: string, entry: string): string | undefined => {
  const document = parseDocument(text, file)
  const list = libraryOf(document)?.list ?? []
  const position = list.indexOf(entry)
  const item = position < 0 ? undefined : itemAt(text, document, position)
  if (item === undefined) return undefined
  if (list.length === 1 && item.dash !== undefined) {
    const start = text.lastIndexOf('\n', item.start) + 1
    const key = document.locate(['library'], true).at.line
    const lines = `${text.slice(0, start)}${text.slice(endOfLine(text, item.end))}`.split('\n')
    lines[key - 1] = lines[key - 1]!.replace(/^library\s*:/, 'library: []')
    return lines.join('\n')
  }
  if (item.dash !== undefined || item.alone) {
    const start = text.lastIndexOf('\n', item.start) + 1
    return text.slice(0, start) + text.slice(endOfLine(text, item.end))
  }
  const next = position + 1 < list.length ? itemAt(text, document, position + 1) : undefined
  if (next !== undefined) return text.slice(0, item.start) + text.slice(next.start)
  const previous = position > 0 ? itemAt(text, document, position - 1) : undefined
  return text.slice(0, previous?.end ?? item.start) + text.slice(item.end)
}

interface Item {
  /** Offsets of the value as written. */
  readonly start: number
  readonly end: number
  /** What stands before it in its line, up to the dash and the space behind; undefined: the list is in brackets. */
  readonly dash: string | undefined
  readonly indent: string
  /** In brackets, and nothing but it in its line. */
  readonly alone: boolean
}

const itemAt = (text: string, document: YamlDocument, position: number): Item | undefined => {
  const { line, column } = document.locate(['library', position]).at
  const starts = lineStarts(text)
  const start = starts[line - 1]! + column - 1
  const end = endOfScalar(text, start)
  if (end === undefined) return undefined
  const before = text.slice(starts[line - 1], start)
  const dash = /^\s*- +$/.test(before) ? before : undefined
  const behind = text.slice(end, endOfLine(text, end))
  const alone = dash === undefined && /^\s*$/.test(before) && /^\s*,?\s*(?:#.*)?\s*$/.test(behind)
  return { start, end, dash, indent: /^\s*/.exec(before)![0], alone }
}

const lineStarts = (text: string): readonly number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Behind the line break, or the end. */
const endOfLine = (text: string, from: number): number => {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at + 1
}

const endOfScalar = (text: string, start: number): number | undefined => {
  const rest = text.slice(start)
  const found =
    /^'(?:[^'\n]|'')*'/.exec(rest) ??
    /^"(?:[^"\\\n]|\\.)*"/.exec(rest) ??
    /^[^\s'"&*!|>,\][{}#][^,\]\n]*/.exec(rest)
  if (found === null) return undefined
  const written = /^['"]/.test(found[0]) ? found[0] : found[0].replace(/\s+#.*$/, '').trimEnd()
  return start + written.length
}
