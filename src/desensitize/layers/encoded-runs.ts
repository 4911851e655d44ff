/** Runs of base64 and hexadecimal characters that turn out to be a text, a document, something compressed or a picture. */
import { type Edit, inside, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { bytesChange } from './bytes.ts'

type Take = (start: number, end: number, edits: readonly Edit[]) => void

const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}/g
const hex = /(?<![0-9A-Za-z])(?:[0-9a-f]{2}){10,}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:[0-9A-F]{2}){10,}(?![0-9A-Za-z])/g
/** Line breaks as MIME has them, at every 64th or 76th character. */
const lined = /^(?:[A-Za-z0-9+/]{60,76}\r?\n){1,}[A-Za-z0-9+/]{1,76}={0,2}\s*$/

export const base64Edits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  if (lined.test(text)) {
    const change = decoded(text.replace(/\s/g, ''), 0, field, where, run)
    if (change === undefined) return
    const width = text.indexOf('\n')
    const broken = text.includes('\r\n') ? '\r\n' : '\n'
    const wrap = (line: string): string => line.replace(new RegExp(`.{${width - broken.length + 1}}(?=.)`, 'g'), `$&${broken}`)
    take(0, text.length, change.text === undefined ? [] : [{ start: 0, end: text.length, text: () => wrap(change.text!()) }])
    return
  }
  for (const match of text.matchAll(base64)) {
    const value = match[0]
    const change = decoded(value, match.index, field, where, run)
    if (change === undefined) continue
    const end = match.index + value.length
    take(match.index, end, change.text === undefined ? [] : [{ start: match.index, end, text: change.text }])
  }
}

interface Change {
  /** undefined where nothing is to be changed. */
  readonly text: (() => string) | undefined
}

const decoded = (value: string, at: number, field: Field, where: Where, run: Run): Change | undefined => {
  const url = /[-_]/.test(value)
  if (url && /[+/]/.test(value)) return undefined
  const bare = value.replace(/=+$/, '')
  if (bare.length % 4 === 1 || (bare.length !== value.length && value.length % 4 !== 0)) return undefined
  const bytes = Buffer.from(bare, url ? 'base64url' : 'base64')
  const padded = bare.length !== value.length
  const encode = (plain: Uint8Array): string => {
    const text = Buffer.from(plain).toString(url ? 'base64url' : 'base64')
    return padded ? (url ? text + '='.repeat((4 - (text.length % 4)) % 4) : text) : text.replace(/=+$/, '')
  }
  const change = bytesChange(bytes, field, inside(where, at, '.base64'), run)
  if (change === undefined) return undefined
  return { text: change.bytes === undefined ? undefined : () => encode(change.bytes!()) }
}

export const hexEdits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  for (const match of text.matchAll(hex)) {
    const value = match[0]
    const onlyDigits = /^\d+$/.test(value)
    const change = bytesChange(
      Buffer.from(value, 'hex'),
      // Digits may well be a number: then only what is found counts, not that it could be a text.
      onlyDigits ? { ...field, meaning: { ...field.meaning, harmless: true } } : field,
      inside(where, match.index, '.hex'),
      run,
    )
    if (change === undefined || (onlyDigits && change.bytes === undefined)) continue
    const upper = /[A-F]/.test(value)
    const encode = (): string => {
      const plain = Buffer.from(change.bytes!()).toString('hex')
      return upper ? plain.toUpperCase() : plain
    }
    const end = match.index + value.length
    take(match.index, end, change.bytes === undefined ? [] : [{ start: match.index, end, text: encode }])
  }
}
