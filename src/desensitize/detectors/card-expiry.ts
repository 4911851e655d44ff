/** Expiry dates of cards, by field. Never made from the card's number: another month of the year 99. */
import type { Detector } from './detector.ts'

/** `12/27`, `1227`, `2712`, `2027-12`. */
const expiry = /^(?:(0[1-9]|1[0-2])[/-]?(\d{2})|(\d{2,4})[/-]?(0[1-9]|1[0-2]))$/

export const cardExpiry: Detector = {
  type: 'card-expiry',
  title: "card's expiry date",
  kind: 'personal',
  shared: true,
  names: [
    'validdate',
    'validthru',
    'expirydate',
    'cardexpiry',
    'expdate',
    'cardvaliddate',
    'cardexpire',
    '卡有效期',
    'kayouxiaoqi',
  ],
  fits: (text) => /^[\d/-]{4,7}$/.test(text) && expiry.test(text),
  canon: (text) => text,
  isFake: (canon) => /^..[/-]?99$|^(?:20)?99[/-]?..$/.test(canon),
  fake(canon, draw) {
    const month = String(1 + draw.below(12)).padStart(2, '0')
    return canon.replace(expiry, (whole, first?: string, year?: string, otherYear = '') =>
      first === undefined
        ? `${otherYear.slice(0, -2)}99${whole.slice(otherYear.length, -2)}${month}`
        : `${month}${whole.slice(2, whole.length - (year ?? '').length)}99`,
    )
  },
  samples: {
    sensitive: [],
    named: [
      ['validThru', '12/27'],
      ['cardExpiry', '2712'],
    ],
    harmless: ['12/27', '1227'],
  },
}
