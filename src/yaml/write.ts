/**
 * Values to YAML that a person reads and a diff shows well: block style, one thing a line, text in blocks. Reading it
 * with this folder's reader gives the same value again, integers beyond 2^53 included.
 */
import { resolvePlain } from './scalar.ts'

type Fields = Readonly<Record<string, unknown>>

/** Ends with a line break. `value` is a map or list at the top; undefined members are left out. */
export const writeYaml = (value: unknown): string => node(value, '', false)

/** What stands after `key:` or `-`, line breaks included. `inList`: the first line continues behind a dash. */
const node = (value: unknown, indent: string, inList: boolean): string => {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]\n'
    return value.map((item) => `${indent}-${afterDash(item, indent)}`).join('')
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value as Fields).filter(([, member]) => member !== undefined)
    if (fields.length === 0) return '{}\n'
    return fields
      .map(
        ([key, member], i) =>
          `${i === 0 && inList ? '' : indent}${scalarKey(key)}:${afterKey(member, indent)}`,
      )
      .join('')
  }
  return scalar(value, indent)
}

const afterKey = (value: unknown, indent: string): string => {
  if (isFilled(value)) return `\n${node(value, `${indent}  `, false)}`
  return ` ${node(value, `${indent}  `, false)}`
}

const afterDash = (value: unknown, indent: string): string => {
  const inner = `${indent}  `
  if (Array.isArray(value) && value.length > 0) return `\n${node(value, inner, false)}`
  return ` ${node(value, inner, true)}`
}

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) ? value.length > 0 : Object.values(value).some((member) => member !== undefined))

const scalar = (value: unknown, indent: string): string => {
  if (typeof value === 'string') return text(value, indent)
  if (typeof value === 'number') return `${numberText(value)}\n`
  return `${String(value)}\n`
}

const numberText = (value: number): string => {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  // An integer that a double holds beyond 2^53 would be read as bigint.
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? `${text}.0` : text
}

/** Keys longer than that must be written in YAML's long form, which nobody likes to read; quoted keys have the same bound. */
const scalarKey = (key: string): string => (isPlain(key) ? key : quoted(key))

const text = (value: string, indent: string): string => {
  if (isBlock(value)) return block(value, indent)
  return `${isPlain(value) ? value : quoted(value)}\n`
}

/** Begins and ends with something that YAML gives no meaning, and holds nothing that it does. */
const plainText =
  /^[\p{L}\p{N}_/.(+~$^](?:[\p{L}\p{N}_/.,;()+~$^=<>!?*&%@'"|\\{}[\]# -]*[\p{L}\p{N}_/.()+~$^=*?!%}\]"'-])?$/u
const colonInside = /^[\p{L}\p{N}_/.-]+(?::[\p{L}\p{N}_/.-]+)+$/u

const isPlain = (value: string): boolean => {
  if (value.length > 1000) return false
  if (!plainText.test(value) && !colonInside.test(value)) return false
  if (value.includes(' #') || value.startsWith('---') || value.startsWith('...')) return false
  // `2026-11-21` and `12:30` are text to this reader; to older ones they are not.
  if (/^[\d.+-][\d.:_+-]*$/.test(value) || /^(?:y|n|yes|no|on|off|<<|=)$/i.test(value)) return false
  return typeof resolvePlain(value) === 'string'
}

const quoted = (value: string): string =>
  /^[\x20-\x7e\u00a1-\u2027\u202a-\ud7ff\uf900-\ufdff]*$/.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : doubleQuoted(value)

/** JSON's escapes are YAML's, too; what JSON leaves as it is, YAML may take for a line break or a mark. */
const doubleQuoted = (value: string): string =>
  JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Several lines, all of signs that stand for themselves in a block (YAML 1.2.2 section 8.1.2). */
const isBlock = (value: string): boolean =>
  value.includes('\n') &&
  /[^\n]/.test(value) &&
  !/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])/.test(
    value,
  )

const block = (value: string, indent: string): string => {
  const trailing = /\n*$/.exec(value)![0].length
  const body = trailing === 0 ? value : value.slice(0, -trailing)
  const first = /^\n*(.)/.exec(value)![1]!
  // A first line that begins with white space would be taken for the block's own indentation.
  const given = first === ' ' || first === '\t' || value.startsWith('\n') ? '2' : ''
  const chomp = trailing === 0 ? '-' : trailing === 1 ? '' : '+'
  const inner = indent === '' ? '  ' : indent
  const lines = body.split('\n').map((line) => (line === '' ? '' : inner + line))
  return `|${given}${chomp}\n${lines.join('\n')}\n${'\n'.repeat(Math.max(0, trailing - 1))}`
}
