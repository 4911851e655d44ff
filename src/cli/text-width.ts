/**
 * How many columns a text takes on a terminal: combining marks and joiners 0, East Asian wide characters and
 * emoji 2. Good for tables; no promise for scripts that terminals themselves disagree about.
 */
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** East Asian Width W and F (Unicode UAX #11), in blocks. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b16f}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u
const plainAscii = /^[\x20-\x7e]*$/

/** What styleText adds: it takes no columns. */
const colours = /\u001b\[[0-9;]*m/g

const graphemeWidth = (grapheme: string): number =>
  invisible.test(grapheme) ? 0 : wide.test(grapheme) ? 2 : 1

export const textWidth = (text: string): number => {
  if (plainAscii.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text.replace(colours, ''))) width += graphemeWidth(segment)
  return width
}

/** Cuts a plain text to `columns`, with an ellipsis in the last one. */
export const cutToWidth = (text: string, columns: number): string => {
  if (textWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    const next = graphemeWidth(segment)
    if (width + next > columns - 1) break
    kept += segment
    width += next
  }
  return `${kept}…`
}
