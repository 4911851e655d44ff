/**
 * The lines around a place, with a caret under it. Long lines are cut to a window around the caret; characters
 * that a terminal would obey are replaced, and so are passwords in addresses: frames end up in the logs of CI.
 */
const context = 2
const window = 100

export const codeFrame = (text: string, line: number, column: number): string => {
  const lines = linesAround(text, line)
  const caretLine = lines.get(line) ?? ''
  // A place may come from a script's own words.
  const caret = Math.max(1, Math.min(column, caretLine.length + 1))
  const cut = caretLine.length > window ? Math.max(0, caret - 1 - window / 2) : 0
  const digits = String(line + context).length
  const out: string[] = []
  for (const [number, content] of lines) {
    const shown = harmless(shorten(content, cut))
    const marker = number === line ? '>' : ' '
    out.push(`${marker} ${String(number).padStart(digits)} | ${shown}`.trimEnd())
    if (number !== line) continue
    const indent = caret - 1 - cut + (cut > 0 ? 1 : 0)
    out.push(`  ${' '.repeat(digits)} | ${' '.repeat(indent)}^`)
  }
  return out.join('\n')
}

/** Lines `line - 2` to `line + 2` by number; trailing blank lines are left out. */
const linesAround = (text: string, line: number): Map<number, string> => {
  const lines = new Map<number, string>()
  let start = 0
  for (let number = 1; number <= line + context; number++) {
    const end = text.indexOf('\n', start)
    const stop = end === -1 ? text.length : end
    if (number >= line - context) lines.set(number, text.slice(start, stop).replace(/\r$/, ''))
    if (end === -1) break
    start = end + 1
  }
  for (const number of [...lines.keys()].reverse()) {
    if (number <= line || lines.get(number)!.trim() !== '') break
    lines.delete(number)
  }
  return lines
}

const shorten = (content: string, cut: number): string => {
  if (cut === 0 && content.length <= window) return content
  const piece = content.slice(cut, cut + window)
  return `${cut > 0 ? '…' : ''}${piece}${content.length > cut + window ? '…' : ''}`
}

/** As long as before, so that the caret stays right. */
const withoutPassword = (content: string): string =>
  content.replace(
    // To the last @: a password that was not encoded may hold more of them.
    /(:\/\/[^\s/@:]*:)(\S+)(?=@)/g,
    (_, before: string, password: string) => before + '*'.repeat(password.length),
  )

const harmless = (content: string): string =>
  withoutPassword(content)
    .replace(/\t/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
