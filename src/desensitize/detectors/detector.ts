/** What a detector is: how one kind of data is found, and what takes its place. Adding one is a file and a line in index.ts. */
import type { Draw } from '../draw.ts'
import type { Traits } from '../text/traits.ts'

export interface Detector {
  /** As in policies, reports and the ledger: `cn-mobile`. */
  readonly type: string
  /** For people: `mobile number`. */
  readonly title: string
  /** `secret`: replaced one-way and never in the ledger. `personal`: one fake per value, kept apart by the ledger. */
  readonly kind: 'personal' | 'secret'
  /**
   * Field names under which a whole value is of this type, in English, Chinese and pinyin; lower case, without
   * separators. Names of five letters and more also count at the end of a longer one.
   */
  readonly names?: readonly string[]
  /** Whether a value under such a name can be one (`phone: yes` is not). Gets the normal form. */
  fits?(text: string): boolean
  /** Numbers, with or without separators: which lengths, and which of them. */
  readonly number?: {
    readonly lengths: readonly number[]
    /** `groups`: how it was written, one length per group. */
    accepts(compact: string, groups: readonly number[]): boolean
  }
  /** Words of letters and digits, of these lengths. */
  readonly word?: {
    readonly lengths: readonly number[]
    accepts(word: string): boolean
  }
  /** Everything else. Only called when the traits promise something; `found` gets offsets in the normal form. */
  readonly pattern?: {
    /** Bits of `has` that must all be there. */
    readonly needs: number
    /** The longest run of base64 characters must have at least this length. */
    readonly longest?: number
    find(text: string, found: (start: number, end: number) => void, traits: Traits): void
  }
  /** The one form of a value however it is written. */
  canon(text: string): string
  /** Whether it is recognisably made up, without the ledger. */
  isFake(canon: string): boolean
  /** Another value of the same form. Never called for a fake. */
  fake(canon: string, draw: Draw): string
  /** `canon`'s fake as `original` is written; without it, sign for sign from the right. */
  render?(fake: string, original: string): string
  /**
   * A fake may equal somebody else's value, because there are so few: days of a year, say. So what equals a fake in what
   * is recorded is not taken for one.
   */
  readonly shared?: boolean
  /** Fakes are so many, and so easily told, that the ledger need not know them. */
  readonly wide?: boolean
  readonly samples: Samples
}

export interface Samples {
  /** Texts in which exactly the marked part is found: `call ⟦13800138000⟧ now`. */
  readonly sensitive: readonly string[]
  /** Under one of its names, as a whole. */
  readonly named?: readonly (readonly [name: string, value: string])[]
  /** Nothing is found in these. */
  readonly harmless: readonly string[]
}

/** Whether a value that equals a fake may well be somebody's, and no fake. */
export const isFew = ({ kind, type, shared }: Detector, canon: string): boolean =>
  kind === 'personal' &&
  ((shared === true && type !== 'digest') || canon.replace(/[^0-9A-Za-z]/g, '').length < 9)

/** Letters and digits only, upper case. */
export const plainUpper = (text: string): string => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase()

export const plainDigits = (text: string): string => text.replace(/\D/g, '')

/** All matches of a global expression, or of its group `value`. */
export const eachMatch = (
  text: string,
  regex: RegExp,
  found: (start: number, end: number, match: RegExpExecArray) => void,
): void => {
  regex.lastIndex = 0
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    const value = match.groups?.['value']
    const start = value === undefined ? match.index : match.index + match[0].lastIndexOf(value)
    found(start, start + (value ?? match[0]).length, match)
    if (match[0] === '') regex.lastIndex++
  }
}
