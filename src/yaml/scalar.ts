/**
 * What an unquoted YAML 1.2 scalar means (core schema, section 10.3.2), with two differences: integers beyond
 * 2^53 become bigint, and numbers with more than 1,000 digits stay text.
 */
const integer = /^[-+]?[0-9]+$/
const based = /^0(?:x[0-9a-fA-F]+|o[0-7]+)$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const infinite = /^[-+]?\.(?:inf|Inf|INF)$/
const maxDigits = 1000

export const resolvePlain = (text: string): unknown => {
  switch (text.charCodeAt(0)) {
    case 0x74: // t
    case 0x54: // T
      return text === 'true' || text === 'True' || text === 'TRUE' ? true : text
    case 0x66: // f
    case 0x46: // F
      return text === 'false' || text === 'False' || text === 'FALSE' ? false : text
    case 0x6e: // n
    case 0x4e: // N
      return text === 'null' || text === 'Null' || text === 'NULL' ? null : text
    case 0x7e: // ~
      return text === '~' ? null : text
    default:
      return text === '' ? null : mayBeNumber(text.charCodeAt(0)) ? resolveNumber(text) : text
  }
}

/** A digit, a sign or a point. */
const mayBeNumber = (first: number): boolean =>
  (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e

const resolveNumber = (text: string): unknown => {
  if (text.length > maxDigits) return text
  if (integer.test(text)) return exactInteger(text.startsWith('+') ? text.slice(1) : text)
  if (based.test(text)) return exactInteger(text)
  if (float.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : text
  }
  if (infinite.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return text === '.nan' || text === '.NaN' || text === '.NAN' ? Number.NaN : text
}

const exactInteger = (text: string): number | bigint => {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
}

/** True when `value` printed again is not what the file says: `1.40`, `007`, `1e3`, `0x10`, `True`. */
export const losesText = (value: unknown, text: string): boolean =>
  typeof value !== 'string' && value !== null && (Object.is(value, -0) || String(value) !== text)
