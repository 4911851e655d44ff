/** Field lines of a reply's head or trailers (RFC 9112 section 5), read strictly: what two readers could take differently is refused. */

/** What an upstream said is no HTTP/1.1 that can be passed on. */
export class BadReply extends Error {
  readonly code = 'BAD_REPLY'
}

/** Controls other than the tab, and CR or LF that are not a line's end together (RFC 9110 section 5.5). */
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** `text`: Latin-1, lines ended by CRLF, the last one perhaps not. Throws BadReply. */
export const refuseControls = (text: string): void => {
  const found = forbidden.exec(text)
  if (found !== null)
    throw new BadReply(
      `its head has a character that is not allowed (${JSON.stringify(found[0])} in ${lineAround(text, found.index)})`,
    )
}

/**
 * The pairs that begin at `from`, in the order and case of the wire. A folded line is joined with a space (section 5.2), and
 * space before a colon is left out (section 5.1), as both say of proxies. Throws BadReply.
 */
export const parseFields = (text: string, from: number): string[] => {
  const pairs: string[] = []
  for (let start = from; start < text.length; ) {
    let end = text.indexOf('\r\n', start)
    if (end < 0) end = text.length
    if (isSpace(text.charCodeAt(start))) {
      if (pairs.length === 0) throw new BadReply('its head begins with a folded line')
      pairs[pairs.length - 1] = `${pairs.at(-1)!} ${trimmed(text, start, end)}`.trim()
    } else {
      const colon = text.indexOf(':', start)
      const name = colon < 0 || colon > end ? '' : trimmed(text, start, colon)
      if (!token.test(name)) throw new BadReply(`${lineAround(text, start)} is no header`)
      pairs.push(name, trimmed(text, colon + 1, end))
    }
    start = end + 2
  }
  return pairs
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09

const trimmed = (text: string, from: number, to: number): string => {
  let start = from
  let end = to
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** A line as a person is shown it. */
const lineAround = (text: string, at: number): string => {
  const start = text.lastIndexOf('\n', Math.max(at - 1, 0)) + 1
  const end = text.indexOf('\r\n', at)
  return JSON.stringify(text.slice(start, end < 0 ? undefined : end).slice(0, 80))
}
