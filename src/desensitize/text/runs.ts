/** Runs of base64 or hexadecimal characters. By hand: over megabytes an expression's stack overflows. */

export interface RunRange {
  readonly start: number
  readonly end: number
}

const base64Class = new Uint8Array(128)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')
  base64Class[char.charCodeAt(0)] = 1
const hexLower = new Uint8Array(128)
const hexUpper = new Uint8Array(128)
for (const char of '0123456789abcdef') hexLower[char.charCodeAt(0)] = 1
for (const char of '0123456789ABCDEF') hexUpper[char.charCodeAt(0)] = 1

const isIn = (table: Uint8Array, code: number): boolean => code < 128 && table[code] === 1

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** With the `=` behind them. */
export function* base64Runs(text: string, atLeast: number): Generator<RunRange> {
  for (let at = 0; at < text.length; at++) {
    if (!isIn(base64Class, text.charCodeAt(at))) continue
    const start = at
    while (at < text.length && isIn(base64Class, text.charCodeAt(at))) at++
    let end = at
    while (end < at + 2 && text.charCodeAt(end) === 0x3d) end++
    if (end - start >= atLeast) yield { start, end }
  }
}

/** An even number of digits, in one case, and neither letters nor digits around them. */
export function* hexRuns(text: string, atLeast: number): Generator<RunRange> {
  for (let at = 0; at < text.length; at++) {
    if (!isWord(text.charCodeAt(at))) continue
    const start = at
    let lower = true
    let upper = true
    for (; at < text.length && isWord(text.charCodeAt(at)); at++) {
      const code = text.charCodeAt(at)
      lower &&= isIn(hexLower, code)
      upper &&= isIn(hexUpper, code)
    }
    const length = at - start
    if ((lower || upper) && length >= atLeast && length % 2 === 0) yield { start, end: at }
  }
}
