/** Takes a `multipart/*` body apart (RFC 2046 section 5.1, form-data names by RFC 7578 section 4.2), within bounds. */
import type { Decoded, DecodedBody } from './body.ts'
import { firstValue } from './metadata.ts'
import type { Multipart, Part } from './multipart.ts'

type ToBody = (bytes: Uint8Array, contentType: string) => DecodedBody

const partsAtMost = 1_000
const headerBytesAtMost = 16 * 1024

const latin1 = new TextDecoder('latin1')
const utf8 = new TextDecoder()

/** `toBody` makes a part's body, from its bytes and content type. */
export const parseMultipart = (
  bytes: Uint8Array,
  contentType: string,
  toBody: ToBody,
): Decoded<Multipart> => {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined)
    return broken(`the content type is not multipart with a boundary: ${contentType || 'it is missing'}`)
  const delimiter = encode(`--${boundary}`)
  const parts: Part[] = []
  let at = findDelimiter(bytes, delimiter, 0)
  if (at < 0) return broken('the boundary does not occur in the body')
  for (;;) {
    at += delimiter.length
    // The last delimiter ends with two dashes; the others with a line break, before which blanks may stand.
    if (bytes[at] === 45 && bytes[at + 1] === 45) return { ok: true, value: parts }
    at = afterLine(bytes, at)
    const end = findDelimiter(bytes, delimiter, at)
    if (at < 0 || end < 0) return broken('the closing boundary is missing')
    if (parts.length === partsAtMost) return broken(`there are more than ${partsAtMost} parts`)
    const part = parsePart(bytes.subarray(at, withoutLineBreak(bytes, at, end)), toBody)
    if (part === undefined)
      return broken(`part ${parts.length + 1} has no end of headers within ${headerBytesAtMost} bytes`)
    parts.push(part)
    at = end
  }
}

const broken = (problem: string): Decoded<Multipart> => ({ ok: false, problem })

const boundaryOf = (contentType: string): string | undefined => {
  const match = /^\s*multipart\/[^;]+;.*?\bboundary=(?:"([^"]{1,200})"|([^;\s"]{1,200}))/is.exec(contentType)
  return match?.[1] ?? match?.[2]
}

const encode = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff)

/** Begins a line, and ends with it: `--By` and `x--B` are content where the boundary is `B`. */
const findDelimiter = (bytes: Uint8Array, delimiter: Uint8Array, from: number): number => {
  let at = indexOf(bytes, delimiter, from)
  while (at >= 0 && !((at === 0 || bytes[at - 1] === 10) && endsDelimiter(bytes[at + delimiter.length])))
    at = indexOf(bytes, delimiter, at + 1)
  return at
}

/** The end of the body, white space, or a dash of the last delimiter. */
const endsDelimiter = (byte: number | undefined): boolean =>
  byte === undefined || byte === 9 || byte === 10 || byte === 13 || byte === 32 || byte === 45

const indexOf = (bytes: Uint8Array, wanted: Uint8Array, from: number): number => {
  const first = wanted[0]!
  for (let at = bytes.indexOf(first, Math.max(from, 0)); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++
    if (same === wanted.length) return at
  }
  return -1
}

const afterLine = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(10, from)
  return end < 0 ? -1 : end + 1
}

const withoutLineBreak = (bytes: Uint8Array, start: number, end: number): number => {
  if (end > start && bytes[end - 1] === 10)
    return end - 1 > start && bytes[end - 2] === 13 ? end - 2 : end - 1
  return end
}

const parsePart = (bytes: Uint8Array, toBody: ToBody): Part | undefined => {
  const head = headEnd(bytes)
  if (head === undefined) return undefined
  const headers = utf8
    .decode(bytes.subarray(0, head.end))
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(':')
      return colon <= 0 ? [] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    })
  const disposition = firstValue(headers, 'content-disposition') ?? ''
  return {
    name: parameterOf(disposition, 'name') ?? '',
    filename: parameterOf(disposition, 'filename'),
    headers,
    body: toBody(bytes.subarray(head.body), firstValue(headers, 'content-type') ?? ''),
  }
}

/** The empty line; a part without headers begins with it. */
const headEnd = (bytes: Uint8Array): { readonly end: number; readonly body: number } | undefined => {
  const text = latin1.decode(bytes.subarray(0, headerBytesAtMost))
  const first = /^\r?\n/.exec(text)
  if (first !== null) return { end: 0, body: first[0].length }
  const match = /\r?\n\r?\n/.exec(text)
  return match === null ? undefined : { end: match.index, body: match.index + match[0].length }
}

const parameterOf = (disposition: string, name: string): string | undefined => {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(disposition)
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
}
