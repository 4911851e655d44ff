/** What nothing is known of but that it is not a word, a time or an amount: the same shape, drawn anew. Never looked for. */
import { redraw } from '../draw.ts'
import { filler, isFiller } from '../text/filler.ts'
import type { Detector } from './detector.ts'

export const opaque: Detector = {
  type: 'opaque',
  title: 'identifier of unknown meaning',
  kind: 'personal',
  canon: (text) => text,
  isFake: () => false,
  fake: (canon, draw) => (/[^\x20-\x7e]/.test(canon) ? filler(canon, draw) : redraw(canon, draw)),
  render: (fake) => fake,
  samples: { sensitive: [], harmless: [] },
}

/** Sentences and names in other scripts, in fields that are not known. */
export const freeText: Detector = {
  type: 'free-text',
  title: 'free text',
  kind: 'secret',
  shared: true,
  canon: (text) => text,
  isFake: isFiller,
  fake: filler,
  render: (fake) => fake,
  samples: { sensitive: [], harmless: [] },
}
