/** Check digits of the standards, each from the digits before it. */

/** ISO 7064 MOD 11-2 over 17 digits, as in GB 11643: `0`-`9` or `X`. */
export const residentIdCheck = (first17: string): string => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(first17[i]) * weights[i]!
  return '10X98765432'[sum % 11]!
}

const luhnSum = (digits: string, doubled: number): number => {
  let sum = 0
  for (let i = digits.length - 1, place = 0; i >= 0; i--, place++) {
    const digit = digits.charCodeAt(i) - 48
    const value = place % 2 === doubled ? digit * 2 : digit
    sum += value > 9 ? value - 9 : value
  }
  return sum
}

/** ISO/IEC 7812-1 annex B. */
export const isLuhn = (digits: string): boolean => luhnSum(digits, 1) % 10 === 0

export const luhnCheck = (body: string): string => String((10 - (luhnSum(body, 0) % 10)) % 10)

const usccChars = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** GB 32100: the 18th of 18. undefined when a character is not of its alphabet. */
export const usccCheck = (first17: string): string | undefined => {
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const value = usccChars.indexOf(first17[i]!)
    if (value < 0) return undefined
    sum += value * usccWeights[i]!
  }
  return usccChars[(31 - (sum % 31)) % 31]!
}

/** GB 11714: the ninth of an organisation code. */
export const organizationCheck = (first8: string): string => {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2]
  let sum = 0
  for (let i = 0; i < 8; i++) sum += Number.parseInt(first8[i]!, 36) * weights[i]!
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}

/** GB/T 17710, ISO 7064 MOD 11,10: the last of the 15 digits of a business licence. */
export const licenceCheck = (first14: string): string => {
  let rest = 10
  for (const digit of first14) {
    const sum = (rest + Number(digit)) % 10
    rest = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return String((11 - rest) % 10)
}

const vinValues = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ'

/** ISO 3779 / FMVSS 565: position 9 of 17. */
export const vinCheck = (vin: string): string => {
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (vinValues.indexOf(vin[i]!) % 10) * weights[i]!
  return '0123456789X'[sum % 11]!
}

/** ISO 13616 with ISO 7064 MOD 97-10: the remainder of `text` with letters as 10 to 35. */
export const mod97 = (text: string): number => {
  let rest = 0
  for (const char of text) {
    const value = Number.parseInt(char, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

/** Hong Kong identity card: one or two letters and six digits. A blank counts 36 before a single letter. */
export const hkidCheck = (body: string): string => {
  const padded = body.length === 7 ? ` ${body}` : body
  let sum = 0
  for (let i = 0; i < 8; i++) {
    const char = padded[i]!
    sum += (char === ' ' ? 36 : Number.parseInt(char, 36)) * (9 - i)
  }
  const check = (11 - (sum % 11)) % 11
  return check === 10 ? 'A' : String(check)
}

const taiwanLetters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'

/** Taiwan identity card: a letter and eight digits. */
export const taiwanIdCheck = (first9: string): string => {
  const place = taiwanLetters.indexOf(first9[0]!) + 10
  let sum = Math.floor(place / 10) + (place % 10) * 9
  for (let i = 1; i < 9; i++) sum += Number(first9[i]) * (9 - i)
  return String((10 - (sum % 10)) % 10)
}
