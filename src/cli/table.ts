/** Aligned columns with a dim head. Cut to the terminal's width, in the widest column, if there is one. */
import type { Style } from './style.ts'
import { cutToWidth, textWidth } from './text-width.ts'

const gap = 2
const narrowest = 12

export interface TableOptions {
  readonly style: Style
  /** Columns of the terminal; 0: as wide as it gets. */
  readonly width: number
  /** Colours a cell after it was cut and padded. */
  readonly paint?: (text: string, column: number) => string
}

/** Shrinks the widest column step by step until the row fits. */
const shrink = (widths: readonly number[], available: number): number[] => {
  const fitted = [...widths]
  const total = (): number => fitted.reduce((sum, width) => sum + width + gap, -gap)
  while (available > 0 && total() > available) {
    const widest = fitted.indexOf(Math.max(...fitted))
    const next = Math.max(narrowest, fitted[widest]! - (total() - available))
    if (next >= fitted[widest]!) break
    fitted[widest] = next
  }
  return fitted
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)))

export const renderTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { style, width, paint = (text) => text }: TableOptions,
): string => {
  const natural = head.map((title, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? ''))),
  )
  const widths = shrink(natural, width)
  const last = head.length - 1
  const cell = (text: string, column: number): string => {
    const cut = cutToWidth(text, widths[column]!)
    return column === last ? cut : pad(cut, widths[column]!)
  }
  const separator = ' '.repeat(gap)
  const line = (row: readonly string[]): string =>
    head
      .map((_, column) => paint(cell(row[column] ?? '', column), column))
      .join(separator)
      .trimEnd()
  return [style.dim(head.map(cell).join(separator).trimEnd()), ...rows.map(line)].join('\n')
}
