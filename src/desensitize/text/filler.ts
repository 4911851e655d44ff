/**
 * Text that stands where unknown text stood: same length, same punctuation, and recognisable. Letters become those of
 * a few that no sentence gets by with, Chinese characters become names of fish, digits 7 to 9.
 */
import type { Draw } from '../draw.ts'

const letters = 'jkqvwxyz'
const fishFirst = 0x9b80
const fishCount = 64
const digits = '789'

const isCjk = (code: number): boolean => code >= 0x3400 && code <= 0x9fff

export const filler = (text: string, draw: Draw): string => {
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code >= 48 && code <= 57) out += draw.char(digits)
    else if (code >= 97 && code <= 122) out += draw.char(letters)
    else if (code >= 65 && code <= 90) out += draw.char(letters).toUpperCase()
    else if (isCjk(code)) out += String.fromCharCode(fishFirst + draw.below(fishCount))
    else if (/\p{L}|\p{N}/u.test(char)) out += code > 0xffff ? '魚魚' : draw.char(letters)
    else out += char
  }
  return out
}

/** Nothing but filler, and some. */
export const isFiller = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      if (code < 55) return false
    } else if (code >= 97 && code <= 122) {
      if (!letters.includes(text[at]!)) return false
    } else if (code >= 65 && code <= 90) {
      if (!letters.includes(text[at]!.toLowerCase())) return false
    } else if (isCjk(code)) {
      if ((code < fishFirst || code >= fishFirst + fishCount) && code !== 0x9b5a) return false
    } else if (code > 0x7f && /[\p{L}\p{N}\ud800-\udfff]/u.test(text[at]!)) return false
  }
  return true
}
