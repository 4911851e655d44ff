/** How a recorded body stands in a mock file: as YAML where that loses nothing, as text, or in a file of its own. */
import { createHash } from 'node:crypto'
import type { FixtureBody } from '../core/fixture.ts'
import { parseJson } from '../core/json.ts'

export interface WrittenBody {
  readonly fields: Readonly<Record<string, unknown>>
  readonly file: BodyFile | undefined
}

/** Beside the mock file. */
export interface BodyFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Above it text goes to a file of its own; a tenth of it for bytes, which nobody reads as base64. */
export const inlineAtMost = 16 * 1024
const base64AtMost = 512

/** `base`: the mock file's name without extension. */
export const bodyFields = (body: FixtureBody, base: string): WrittenBody => {
  if (body.kind === 'none') return { fields: {}, file: undefined }
  if (body.kind === 'bytes') {
    if (body.bytes.length > base64AtMost) return inFile(body.bytes, base, body.extension)
    return { fields: { bodyBase64: Buffer.from(body.bytes).toString('base64') }, file: undefined }
  }
  const { text } = body
  if (Buffer.byteLength(text) > inlineAtMost) {
    const extension = body.kind === 'json' ? 'json' : body.extension
    return inFile(Buffer.from(text), base, dataExtension(extension, text))
  }
  if (body.kind === 'json') {
    const value = faithful(text)
    if (value !== undefined) return { fields: { body: escaped(value.value) }, file: undefined }
  }
  // With carriage returns a block is not possible, and nobody reads a long quoted line.
  if (text.includes('\r') && text.length > 1000)
    return inFile(
      Buffer.from(text),
      base,
      dataExtension(body.kind === 'json' ? 'json' : body.extension, text),
    )
  return { fields: { body: escapedText(text) }, file: undefined }
}

const inFile = (bytes: Uint8Array, base: string, extension: string): WrittenBody => {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  const name = `${base}.body-${digest}.${extension}`
  return { fields: { bodyFile: `./${name}` }, file: { name, bytes } }
}

/** A body that looks like a mock file must not be taken for one. */
const dataExtension = (extension: string, text: string): string =>
  /^(?:json|ya?ml)$/.test(extension) && (extension !== 'json' || /["']mocks["']\s*:/.test(text))
    ? 'txt'
    : extension

const keyAtMost = 500
const depthAtMost = 60

/**
 * The value of a JSON text, if sending that value says the same as the text: numbers as they were written, no name
 * twice, and not a bare text, which would no longer be JSON.
 */
const faithful = (text: string): { readonly value: unknown } | undefined => {
  const read = parseJson(text)
  if (!read.ok || typeof read.value === 'string') return undefined
  let names = 0
  for (const [token, , colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"')) names += colon === undefined ? 0 : 1
    else if (!isCanonical(token)) return undefined
  }
  return namesIn(read.value, 0) === names ? { value: read.value } : undefined
}

const isCanonical = (token: string): boolean =>
  token === (/^-?\d+$/.test(token) ? String(BigInt(token)) : String(Number(token)))

/** NaN when something cannot be written in YAML so that people read it. */
const namesIn = (value: unknown, depth: number): number => {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > depthAtMost) return Number.NaN
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + namesIn(item, depth + 1), 0)
  let count = 0
  for (const [key, member] of Object.entries(value))
    count += key.length > keyAtMost ? Number.NaN : 1 + namesIn(member, depth + 1)
  return count
}

/** In a response `${{` opens an expression. */
const escapedText = (text: string): string => text.replaceAll('${{', () => '$${{')

const escaped = (value: unknown): unknown => {
  if (typeof value === 'string') return escapedText(value)
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, member] of Object.entries(value)) copy[key] = escaped(member)
  return copy
}
