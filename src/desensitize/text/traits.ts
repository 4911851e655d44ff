/** What kinds of characters a text has, found in one pass, so that most detectors need not look at most texts. */

export const has = {
  digit: 1,
  upper: 2,
  lower: 4,
  cjk: 8,
  other: 16,
  at: 32,
  dot: 64,
  colon: 128,
  percent: 256,
  slash: 512,
  space: 1024,
  star: 2048,
  dash: 4096,
  equals: 8192,
} as const

export interface Traits {
  /** Bits of `has`. */
  readonly seen: number
  readonly digits: number
  /** The longest run of `A-Z a-z 0-9 + / _ - =`. */
  readonly longest: number
  /** The longest run of letters and digits. */
  readonly longestWord: number
}

const classes = new Uint16Array(128)
const wordClass = has.digit | has.upper | has.lower
for (let code = 48; code <= 57; code++) classes[code] = has.digit
for (let code = 65; code <= 90; code++) classes[code] = has.upper
for (let code = 97; code <= 122; code++) classes[code] = has.lower
for (const [char, bit] of [
  ['@', has.at],
  ['.', has.dot],
  [':', has.colon],
  ['%', has.percent],
  ['/', has.slash],
  [' ', has.space],
  ['\n', has.space],
  ['*', has.star],
  ['-', has.dash],
  ['=', has.equals],
] as const)
  classes[char.charCodeAt(0)] = bit

/** Those that base64 has besides letters and digits. */
const joining = new Uint8Array(128)
for (const char of '+/_-=') joining[char.charCodeAt(0)] = 1

export const traitsOf = (text: string): Traits => {
  let seen = 0
  let digits = 0
  let run = 0
  let longest = 0
  let word = 0
  let longestWord = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 128) {
      const kind = classes[code]!
      seen |= kind
      if ((kind & wordClass) !== 0) {
        if (kind === has.digit) digits++
        run++
        word++
        continue
      }
      if (word > longestWord) longestWord = word
      word = 0
      if (joining[code] === 1) {
        run++
        continue
      }
    } else {
      seen |= (code >= 0x3400 && code <= 0x9fff) || (code >= 0xd840 && code <= 0xd87f) ? has.cjk : has.other
      if (word > longestWord) longestWord = word
      word = 0
    }
    if (run > longest) longest = run
    run = 0
  }
  return {
    seen,
    digits,
    longest: Math.max(run, longest),
    longestWord: Math.max(word, longestWord),
  }
}

export const isAscii = (traits: Traits): boolean => (traits.seen & (has.cjk | has.other)) === 0
