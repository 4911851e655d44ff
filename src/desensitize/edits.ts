/** Changes to a text, which are worked out only when all that is to be known is known. */

export interface Edit {
  readonly start: number
  readonly end: number
  /** What takes the place of `start` to `end`. */
  readonly text: () => string
}

export const noEdits: readonly Edit[] = []

export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  if (edits.length === 0) return text
  const sorted = edits.length === 1 ? edits : [...edits].sort((a, b) => a.start - b.start)
  let out = ''
  let at = 0
  for (const edit of sorted) {
    if (edit.start < at) continue
    out += text.slice(at, edit.start) + edit.text()
    at = edit.end
  }
  return out + text.slice(at)
}

/** Where a text stands in what is worked on: places of findings and paths of fields. */
export interface Where {
  /** Of the character at `at` in the outermost text. */
  offset(at: number): number
  /** `body.customer.phone`. */
  path(): string
}

export const whole = (path: string): Where => ({ offset: (at) => at, path: () => path })

/** Inside something encoded as a unit, say base64: all places are where that begins. */
export const inside = (outer: Where, start: number, label = ''): Where => ({
  offset: () => outer.offset(start),
  path: () => (label === '' ? outer.path() : `${outer.path()}${label}`),
})

/** A part that begins at `start`, sign for sign. */
export const part = (outer: Where, start: number, label: string): Where => ({
  offset: (at) => outer.offset(start + at),
  path: () => `${outer.path()}${label}`,
})

/** An encoded text, decoded, with the way back for each place and for what is put in. */
export interface Decoding {
  readonly text: string
  start(index: number): number
  end(index: number): number
  encode(text: string): string
}

/** Edits of the decoded text as edits of the encoded one that begins at `base`. */
export const outward = (edits: readonly Edit[], decoding: Decoding, base: number): Edit[] =>
  edits.map(({ start, end, text }) => ({
    start: base + decoding.start(start),
    end: base + decoding.end(end),
    text: () => decoding.encode(text()),
  }))

export const through = (outer: Where, decoding: Decoding, base: number, label: string): Where => ({
  offset: (at) => outer.offset(base + decoding.start(at)),
  path: () => `${outer.path()}${label}`,
})
