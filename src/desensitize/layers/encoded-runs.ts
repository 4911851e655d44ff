/** Runs of base64 and hexadecimal characters that turn out to be a text, a document, something compressed or a picture. */
import { type Edit, inside, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { base64Runs, hexRuns } from '../text/runs.ts'
import { bytesChange } from './bytes.ts'

/** Asks for the edits only if nothing of the range is dealt with; undefined says that it is not understood. */
type Take = (start: number, end: number, edits: () => readonly Edit[] | undefined) => void

/** Shorter ones are read as text by accident. */
const hexAtLeast = 16
/** Nothing that large is put in place of what nobody can read. */
const unreadableAtMost = 256 * 1024

/** Line breaks as MIME has them, at every 64th or 76th character. */
const lined = /^(?:[A-Za-z0-9+/]{60,76}\r?\n){1,}[A-Za-z0-9+/]{1,76}={0,2}\s*$/

export const base64Edits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  if (lined.test(text)) {
    take(0, text.length, () => linedEdits(text, field, where, run))
    return
  }
  for (const { start, end } of base64Runs(text, run.runAtLeast))
    take(start, end, () => edited(start, end, decoded(text.slice(start, end), start, field, where, run)))
}

const edited = (start: number, end: number, change: Change | undefined): readonly Edit[] | undefined =>
  change === undefined ? undefined : change.text === undefined ? [] : [{ start, end, text: change.text }]

const linedEdits = (text: string, field: Field, where: Where, run: Run): readonly Edit[] | undefined => {
  const change = decoded(text.replace(/\s/g, ''), 0, field, where, run)
  if (change?.text === undefined) return change === undefined ? undefined : []
  const broken = text.includes('\r\n') ? '\r\n' : '\n'
  const width = text.indexOf(broken)
  const plain = change.text
  const wrapped = (): string => plain().replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${broken}`)
  return [{ start: 0, end: text.length, text: wrapped }]
}

interface Change {
  /** undefined where nothing is to be changed. */
  readonly text: (() => string) | undefined
}

const decoded = (value: string, at: number, field: Field, where: Where, run: Run): Change | undefined => {
  const url = /[-_]/.test(value)
  if (url && /[+/]/.test(value)) return undefined
  const bare = value.endsWith('=') ? value.slice(0, value.indexOf('=', value.length - 2)) : value
  if (bare.length % 4 === 1 || (bare.length !== value.length && value.length % 4 !== 0)) return undefined
  const bytes = Buffer.from(bare, url ? 'base64url' : 'base64')
  const padded = bare.length !== value.length
  const encode = (plain: Uint8Array): string => {
    const text = Buffer.from(plain).toString(url ? 'base64url' : 'base64')
    return padded
      ? url
        ? text + '='.repeat((4 - (text.length % 4)) % 4)
        : text
      : text.replace(/={1,2}$/, '')
  }
  const change = bytesChange(bytes, field, inside(where, at, '.base64'), run)
  if (change === undefined && value.length > unreadableAtMost)
    run.undecodable(where, at, 'much base64 of bytes of no known form')
  if (change === undefined) return undefined
  return { text: change.bytes === undefined ? undefined : () => encode(change.bytes!()) }
}

export const hexEdits = (text: string, field: Field, where: Where, run: Run, take: Take): void => {
  for (const { start, end } of hexRuns(text, run.runAtLeast < hexAtLeast ? 10 : hexAtLeast))
    take(start, end, () => edited(start, end, fromHex(text.slice(start, end), start, field, where, run)))
}

const fromHex = (value: string, at: number, field: Field, where: Where, run: Run): Change | undefined => {
  const onlyDigits = /^\d+$/.test(value)
  // Digits may well be a number: then only what is found counts, not that it could be a text.
  const meant = onlyDigits ? { ...field, meaning: { ...field.meaning, harmless: true } } : field
  const change = bytesChange(Buffer.from(value, 'hex'), meant, inside(where, at, '.hex'), run)
  if (change === undefined || (onlyDigits && change.bytes === undefined)) return undefined
  const { bytes } = change
  if (bytes === undefined) return { text: undefined }
  const upper = /[A-F]/.test(value)
  return {
    text: () => {
      const plain = Buffer.from(bytes()).toString('hex')
      return upper ? plain.toUpperCase() : plain
    },
  }
}
