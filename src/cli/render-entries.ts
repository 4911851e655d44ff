/** Taken, changed, not possible: what became of each thing that was imported or exported, with its place. */
import type { Entry, Outcome } from '../app/imports/format.ts'
import { formatLocation } from '../core/source.ts'
import type { Output } from './output.ts'

const shownAtMost = 20

/** `3 stubs: 1 taken, 1 changed, 1 not possible`. */
export const entryCounts = (entries: readonly Entry[], thing: string): string => {
  const of = (outcome: Outcome): number => entries.filter((entry) => entry.outcome === outcome).length
  const parts = (['taken', 'changed', 'not possible'] as const).map((outcome) => `${of(outcome)} ${outcome}`)
  return `${entries.length} ${thing}${entries.length === 1 ? '' : 's'}: ${parts.join(', ')}`
}

/** What is not said as it was, on stderr: all of it is in the document of --json. */
export const printEntries = (out: Output, entries: readonly Entry[]): void => {
  for (const outcome of ['changed', 'not possible'] as const) {
    const these = entries.filter((entry) => entry.outcome === outcome)
    if (these.length === 0) continue
    out.log(out.errorStyle.yellow(`${outcome}:`))
    for (const { name, at, notes } of these.slice(0, shownAtMost)) {
      out.log(`  ${printable(name)}${at === undefined ? '' : out.errorStyle.dim(`  ${formatLocation(at)}`)}`)
      for (const { text, at: place } of notes)
        out.log(
          `    ${printable(text)}${place === undefined ? '' : out.errorStyle.dim(`  ${formatLocation(place)}`)}`,
        )
    }
    if (these.length > shownAtMost)
      out.log(out.errorStyle.dim(`  … and ${these.length - shownAtMost} more; --json has all`))
  }
}

/** What a file holds must not speak to the terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
