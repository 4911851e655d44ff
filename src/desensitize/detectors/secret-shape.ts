/**
 * What takes the place of a secret: same length, same kinds of characters, recognisable by a mark without any key or
 * list, and of no use: where a token has a checksum, this one fails it.
 */
import type { Draw } from '../draw.ts'
import { redrawHex } from '../draw.ts'

const mark = 'SVCMOCK'
/** Where that would leave too little to tell two secrets apart. Nobody's word begins so. */
const shortMark = 'ZQXJ'
const markedAtLeast = 16
/** For texts that must stay hexadecimal. */
const hexMark = 'facade00'

const isHex = (text: string): boolean =>
  text.length >= 16 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text) && /\d/.test(text) && /[a-f]/i.test(text)
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const markFor = (text: string, behindPrefix: boolean): string => {
  const long = text.length >= markedAtLeast || (behindPrefix && text.length > mark.length)
  const whole = long ? mark : shortMark.slice(0, Math.max(1, text.length - 1))
  return /[a-z]/.test(text) && !/[A-Z]/.test(text) ? whole.toLowerCase() : whole
}

/** Half of the digits are nines, which also holds in a JSON number. */
const ninesOf = (length: number): number => Math.ceil(length / 2)

/** `kept`: how many characters in front tell the kind of token, and stay. */
export const secretFake = (text: string, draw: Draw, kept = 0): string => {
  const body = text.slice(kept)
  if (/^\d+$/.test(body))
    return (
      text.slice(0, kept) + '9'.repeat(ninesOf(body.length)) + draw.digits(body.length - ninesOf(body.length))
    )
  if (isUuid(body)) return text.slice(0, kept) + hexMark + redrawHex(body.slice(8), draw)
  if (isHex(body))
    return (
      text.slice(0, kept) +
      (/[A-F]/.test(body) ? hexMark.toUpperCase() : hexMark) +
      redrawHex(body.slice(8), draw)
    )
  const front = markFor(body, kept > 0)
  return text.slice(0, kept) + front + rest(body.slice(front.length), body, draw)
}

/** Of the characters that the secret has, so that many are possible. `=` at the end is padding. */
const rest = (text: string, whole: string, draw: Draw): string => {
  const alphabet =
    (/\d/.test(whole) ? '0123456789' : '') +
    (/[a-z]/.test(whole) ? lower : '') +
    (/[A-Z]/.test(whole) ? lower.toUpperCase() : '')
  // Other scripts would tell too much of the shape of a pass phrase.
  return text.replace(/[0-9A-Za-z]|[^\x20-\x7e]/g, () => draw.char(alphabet === '' ? lower : alphabet))
}

const lower = 'abcdefghjkmnpqrstuvwxyz'

export const isSecretFake = (text: string): boolean => {
  if (/^\d+$/.test(text)) return text.startsWith('9'.repeat(ninesOf(text.length)))
  const start = text.slice(0, 64).toLowerCase()
  if (start.includes('svcmock') || /^(?:[\w.-]{0,40}[_.-])?facade00[0-9a-f-]{8,}$/.test(text.toLowerCase()))
    return true
  return (
    text.length < markedAtLeast &&
    start.startsWith(shortMark.toLowerCase().slice(0, Math.max(1, text.length - 1)))
  )
}

/** Written where a secret will be, in templates, examples and operators; and what is too little to be one. */
export const isPlaceholder = (text: string): boolean =>
  (text.length < 3 && /^[\x00-\x7f]*$/.test(text)) ||
  /^(?:[*•x#.?_-]+|\$?\{\{?.*\}\}?|<[^<>]*>|%\w+%|\[[^\]]*\]|null|none|true|false|undefined|n\/a|redacted|\[?filtered\]?|masked|hidden|changeme|bearer|basic|digest|negotiate)$/i.test(
    text.trim(),
  )
