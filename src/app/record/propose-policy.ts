/** desensitize.yaml with lines for what is undecided: the text that is there stays as it is, comments and all. */
import { parsePolicy } from '../../desensitize/policy-file.ts'
import { parseDocument, type YamlDocument } from '../../yaml/document.ts'
import { writeYaml } from '../../yaml/write.ts'
import type { Undecided } from './undecided.ts'

const opening =
  '# How recorded data is masked. Proposed by svc-mock record --learn: read each line before you take it.\n'

/** undefined: there is nothing to be said, or the file is written in a way that cannot be added to line by line. */
export const proposedPolicy = (
  text: string | undefined,
  file: string,
  undecided: readonly Undecided[],
): string | undefined => {
  const groups = new Map<string, string[]>()
  for (const { line, about } of undecided) {
    if (line === undefined) continue
    const lines = groups.get(line.calls) ?? []
    lines.push(`# ${about}`, keyed(line.path, ` ${line.action}`))
    groups.set(line.calls, lines)
  }
  if (groups.size === 0) return undefined
  const crlf = text?.includes('\r\n') === true
  let proposed = (text ?? opening).replaceAll('\r\n', '\n')
  if (proposed !== '' && !proposed.endsWith('\n')) proposed += '\n'
  for (const [calls, lines] of groups) proposed = withGroup(proposed, file, calls, lines)
  if (crlf) proposed = proposed.replaceAll('\n', '\r\n')
  return says(proposed, file, undecided) ? proposed : undefined
}

const keyed = (key: string, rest: string): string => writeYaml({ [key]: 0 }).replace(/ 0\n$/, rest)

/** Lines go behind the last one of their group, where they win. */
const withGroup = (text: string, file: string, calls: string, lines: readonly string[]): string => {
  const document = parseDocument(text, file)
  if (!document.has(['calls']) || isEmpty(document, 'calls')) {
    const bare = document.has(['calls']) ? withoutLine(text, lineOf(document, ['calls'])) : text
    return `${bare}calls:\n${indented([keyed(calls, ''), ...indentedLines(lines, 2)], 2)}`
  }
  const group = ['calls', calls]
  if (!document.has(group)) {
    const [first] = Object.keys((document.value as { readonly calls: object }).calls)
    const indent = columnOf(document, ['calls', first!]) - 1
    const own = indented([keyed(calls, ''), ...indentedLines(lines, 2)], indent)
    return inserted(text, endOf(text, lineOf(document, ['calls']), 0), own)
  }
  const indent = columnOf(document, group) - 1
  const [first] = Object.keys(
    (document.value as { readonly calls: Record<string, object> }).calls[calls] ?? {},
  )
  const inner = first === undefined ? indent + 2 : columnOf(document, [...group, first]) - 1
  return inserted(text, endOf(text, lineOf(document, group), indent), indented(lines, inner))
}

const isEmpty = (document: YamlDocument, name: string): boolean => {
  const value = (document.value as Readonly<Record<string, object | null>> | undefined)?.[name]
  return value === null || value === undefined || Object.keys(value).length === 0
}

const lineOf = (document: YamlDocument, path: readonly string[]): number =>
  document.locate(path, true).at.line
const columnOf = (document: YamlDocument, path: readonly string[]): number =>
  document.locate(path, true).at.column

const indentedLines = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => ' '.repeat(by) + line)
const indented = (lines: readonly string[], by: number): string =>
  indentedLines(lines, by).join('\n').concat('\n')

/** Number of the line behind the block that begins in `line`, whose key stands at `indent`; blank lines and comments after it are not its own. */
const endOf = (text: string, line: number, indent: number): number => {
  const lines = text.split('\n')
  let end = line
  for (let at = line; at < lines.length; at++) {
    const own = lines[at]!
    if (!/\S/.test(own) || /^\s*#/.test(own)) continue
    if (own.length - own.trimStart().length <= indent) break
    end = at + 1
  }
  return end
}

const inserted = (text: string, behind: number, what: string): string => {
  const lines = text.split('\n')
  return [...lines.slice(0, behind), ...what.replace(/\n$/, '').split('\n'), ...lines.slice(behind)].join(
    '\n',
  )
}

const withoutLine = (text: string, line: number): string => {
  const lines = text.split('\n')
  lines.splice(line - 1, 1)
  return lines.join('\n')
}

/** Flow style, anchors and the like: what was added must be what is read. */
const says = (text: string, file: string, undecided: readonly Undecided[]): boolean => {
  if (parsePolicy(text, file).problems.length > 0) return false
  const document = parseDocument(text, file)
  return undecided.every(({ line }) => line === undefined || document.has(['calls', line.calls, line.path]))
}
