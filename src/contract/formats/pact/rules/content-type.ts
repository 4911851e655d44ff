/** `contentType`: what kind of content the bytes are, told by their first ones. */
import { textOf } from '../json-value.ts'
import { RuleError, type RuleKind } from './rule.ts'

/** First bytes in Latin-1; `.` stands for any. */
const magic: readonly (readonly [type: string, first: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
  ['image/bmp', /^BM/],
  ['image/tiff', /^(?:II\*\0|MM\0\*)/],
  ['image/vnd.adobe.photoshop', /^8BPS/],
  ['image/x-icon', /^\0\0\x01\0/],
  ['application/pdf', /^%PDF-/],
  ['application/gzip', /^\x1f\x8b/],
  ['application/zip', /^PK(?:\x03\x04|\x05\x06|\x07\x08)/],
  ['application/x-7z-compressed', /^7z\xbc\xaf\x27\x1c/],
  ['application/x-bzip2', /^BZh/],
  ['application/zstd', /^\x28\xb5\x2f\xfd/],
  ['application/vnd.sqlite3', /^SQLite format 3\0/],
  ['application/wasm', /^\0asm/],
  ['audio/mpeg', /^(?:ID3|\xff[\xfb\xf3\xf2])/],
  ['audio/x-wav', /^RIFF[\s\S]{4}WAVE/],
  ['audio/x-flac', /^fLaC/],
  ['audio/ogg', /^OggS/],
  ['video/mp4', /^[\s\S]{4}ftyp/],
  ['video/webm', /^\x1a\x45\xdf\xa3/],
  ['video/x-msvideo', /^RIFF[\s\S]{4}AVI /],
  ['font/woff', /^wOFF/],
  ['font/woff2', /^wOF2/],
]

/** Names that people write for the same thing. */
const synonyms: Readonly<Record<string, string>> = {
  'text/xml': 'application/xml',
  'image/jpg': 'image/jpeg',
  'application/x-gzip': 'application/gzip',
  'audio/wav': 'audio/x-wav',
  'audio/flac': 'audio/x-flac',
  'image/vnd.microsoft.icon': 'image/x-icon',
}

const same = (type: string): string => (Object.hasOwn(synonyms, type) ? synonyms[type]! : type)

/** Of text: JSON, XML and HTML tell themselves; the rest is text/plain. Bytes that are no text and unknown: undefined. */
export const contentTypeOf = (bytes: Uint8Array): string | undefined => {
  const first = new TextDecoder('latin1').decode(bytes.subarray(0, 32))
  const found = magic.find(([, shape]) => shape.test(first))
  if (found !== undefined) return found[0]
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
  return textTypeOf(text)
}

export const textTypeOf = (text: string): string => {
  const start = text.trimStart().slice(0, 200)
  if (/^<\?xml\s/.test(start)) return 'application/xml'
  if (/^<(?:!doctype\s+html|html)[\s>]/i.test(start)) return 'text/html'
  if (/^<[\p{L}_][\p{L}\p{N}_:.-]*(?:\s[^<]*)?\/?>/u.test(start)) return 'application/xml'
  if (/^(?:[[{"]|-?\d|true\b|false\b|null\b)/.test(start) && isJson(text)) return 'application/json'
  return 'text/plain'
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const contentType: RuleKind = {
  name: 'contentType',
  aliases: ['content-type'],
  since: 3,
  read: (spec) => {
    const { value } = spec
    if (typeof value !== 'string') throw new RuleError('the rule contentType needs value: a media type')
    const wanted = value.split(';')[0]!.trim().toLowerCase()
    return {
      check: ({ actual }) => {
        const bytes = actual instanceof Uint8Array ? actual : new TextEncoder().encode(textOf(actual))
        const found = contentTypeOf(bytes)
        return found !== undefined && same(found) === same(wanted)
          ? undefined
          : `expected content of type ${wanted} but it is ${found ?? 'unknown'}`
      },
    }
  },
  samples: {
    match: [
      { rule: { value: 'application/json' }, expected: 'x', actual: '{"a": 1}', position: 'text' },
      {
        rule: { value: 'application/xml' },
        expected: 'x',
        actual: '<?xml version="1.0"?><a/>',
        position: 'text',
      },
      { rule: { value: 'text/plain' }, expected: 'x', actual: 'hello', position: 'text' },
      { rule: { value: 'application/pdf' }, expected: 'x', actual: '%PDF-1.7', position: 'text' },
      { rule: { value: 'image/gif' }, expected: 'x', actual: 'GIF89a', position: 'text' },
    ],
    noMatch: [
      { rule: { value: 'application/json' }, expected: 'x', actual: 'hello', position: 'text' },
      { rule: { value: 'image/png' }, expected: 'x', actual: 'GIF89a', position: 'text' },
    ],
  },
}
