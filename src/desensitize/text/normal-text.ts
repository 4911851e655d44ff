/**
 * A text as detectors read it: full-width and other compatibility forms as ASCII (NFKC), dashes and dots of one kind,
 * nothing invisible. With a map back, since only the original is edited.
 */

export interface NormalText {
  readonly text: string
  /** Where the unit at `index` of the normal text begins in the original. */
  start(index: number): number
  /** Where the unit before `index` ends in the original. */
  end(index: number): number
}

export const normalText = (original: string, ascii: boolean): NormalText =>
  ascii ? new PlainText(original) : mapped(original)

class PlainText implements NormalText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  start(index: number): number {
    return index
  }
  end(index: number): number {
    return index
  }
}

class MappedText implements NormalText {
  readonly text: string
  readonly #starts: readonly number[]
  readonly #ends: readonly number[]
  constructor(text: string, starts: readonly number[], ends: readonly number[]) {
    this.text = text
    this.#starts = starts
    this.#ends = ends
  }
  start(index: number): number {
    return this.#starts[index] ?? this.#ends.at(-1) ?? 0
  }
  end(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!
  }
}

const mapped = (original: string): NormalText => {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (let at = 0; at < original.length; ) {
    const code = original.codePointAt(at)!
    const next = at + (code > 0xffff ? 2 : 1)
    const plain = plainForm(code)
    for (let i = 0; i < plain.length; i++) {
      starts.push(at)
      ends.push(next)
    }
    text += plain
    at = next
  }
  return text === original ? new PlainText(original) : new MappedText(text, starts, ends)
}

/** Zero-width characters, marks of direction and the soft hyphen. */
const isInvisible = (code: number): boolean =>
  code === 0xad ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x2064) ||
  code === 0xfeff

const dashes = new Set([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xff0d])
const dots = new Set([0x2022, 0x2027, 0x30fb, 0xff65])
/** Where the ten digits of other scripts begin that NFKC leaves alone. */
const otherZeros = [0x0660, 0x06f0, 0x0966]

/** The normal form of one code point; '' for what is not to be seen. */
export const plainForm = (code: number): string => {
  if (code < 0x80 || (code >= 0x4e00 && code <= 0x9fff)) return String.fromCharCode(code)
  if (isInvisible(code)) return ''
  if (dashes.has(code)) return '-'
  if (dots.has(code)) return '·'
  const zero = otherZeros.find((first) => code >= first && code < first + 10)
  if (zero !== undefined) return String(code - zero)
  const char = String.fromCodePoint(code)
  return char === '·' ? char : char.normalize('NFKC')
}
