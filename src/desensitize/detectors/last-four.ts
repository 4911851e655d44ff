/** The last digits of a card or number, by field or after 尾号. They agree with the fake: see linked-values.ts. */
import { redraw } from '../draw.ts'
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const spoken = /(?:尾号(?:为|是)?\s*[:：]?\s*|ending (?:in|with) )(?<value>\d{4})(?!\d)/g

export const lastFour: Detector = {
  type: 'last-four',
  title: 'last digits',
  kind: 'personal',
  shared: true,
  names: [
    'last4',
    'lastfour',
    'cardlast4',
    'cardlastfour',
    'lastfourdigits',
    'cardtail',
    'tailno',
    'phonetail',
    '尾号',
    '卡尾号',
    '卡号后四位',
    '手机尾号',
    'weihao',
    'kawei',
    'khhsw',
  ],
  fits: (text) => /^\d{4}$/.test(text),
  pattern: {
    needs: has.digit,
    find(text, found) {
      if (/尾号|ending /.test(text)) eachMatch(text, spoken, found)
    },
  },
  canon: (text) => text,
  isFake: () => false,
  fake: (canon, draw) =>
    /^\d{4}$/.test(canon)
      ? String(draw.other('last four', 10_000, Number(canon))).padStart(4, '0')
      : redraw(canon, draw),
  render: (fake) => fake,
  samples: {
    sensitive: ['您尾号⟦0123⟧的卡', 'card ending in ⟦4242⟧'],
    named: [['cardLast4', '4242']],
    harmless: ['4242', '尾号'],
  },
}
