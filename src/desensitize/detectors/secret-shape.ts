/**
 * What takes the place of a secret: same length, same kinds of characters, recognisable by a mark without any key or
 * list, and of no use: where a token has a checksum, this one fails it.
 */
import type { Draw } from '../draw.ts'
import { redraw, redrawHex } from '../draw.ts'

const mark = 'SVCMOCK'
/** For texts that must stay hexadecimal. */
const hexMark = 'facade00'

const isHex = (text: string): boolean =>
  text.length >= 16 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text) && /\d/.test(text) && /[a-f]/i.test(text)
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const markFor = (text: string): string => {
  const whole = text.length >= 10 ? mark : mark.slice(0, 3)
  const cased = /[a-z]/.test(text) && !/[A-Z]/.test(text) ? whole.toLowerCase() : whole
  return cased.slice(0, text.length)
}

/** Half of the digits are nines, which also holds in a JSON number. */
const ninesOf = (length: number): number => Math.ceil(length / 2)

/** `kept`: how many characters in front tell the kind of token, and stay. */
export const secretFake = (text: string, draw: Draw, kept = 0): string => {
  if (kept > 0) return text.slice(0, kept) + secretFake(text.slice(kept), draw)
  if (/^\d+$/.test(text))
    return '9'.repeat(ninesOf(text.length)) + draw.digits(text.length - ninesOf(text.length))
  if (isUuid(text)) return hexMark + redrawHex(text.slice(8), draw)
  if (isHex(text))
    return (/[A-F]/.test(text) ? hexMark.toUpperCase() : hexMark) + redrawHex(text.slice(8), draw)
  const front = markFor(text)
  // Other scripts would tell too much of the shape of a pass phrase, and `=` at the end is padding.
  const shape = text.replace(/[^\x20-\x7e]/g, 'x')
  return front + redraw(shape.slice(front.length), draw)
}

export const isSecretFake = (text: string): boolean => {
  if (/^\d+$/.test(text)) return text.startsWith('9'.repeat(ninesOf(text.length)))
  if (text.length < 10) return /^svc/i.test(text) || mark.toLowerCase().startsWith(text.toLowerCase())
  return /svcmock/i.test(text.slice(0, 48)) || (/^facade00[0-9a-f-]+$/i.test(text) && text.length >= 16)
}

/** Written where a secret will be, in templates, examples and operators; and what is too little to be one. */
export const isPlaceholder = (text: string): boolean =>
  (text.length < 3 && /^[\x00-\x7f]*$/.test(text)) ||
  /^(?:[*•x#.?_-]+|\$?\{\{?.*\}\}?|<[^<>]*>|%\w+%|\[[^\]]*\]|null|none|true|false|undefined|n\/a|redacted|\[?filtered\]?|masked|hidden|changeme|bearer|basic|digest|negotiate)$/i.test(
    text.trim(),
  )
