/** Expiry dates of cards, by field. Never made from the card's number: another month, of the years 2060 to 2099. */
import type { Detector } from './detector.ts'

/** `12/27`, `1227`, `2712`, `2027-12`. */
const expiry =
  /^(?:(?<m1>0[1-9]|1[0-2])(?<s1>[/-]?)(?<y1>\d{2})|(?<century>20)?(?<y2>\d{2})(?<s2>[/-]?)(?<m2>0[1-9]|1[0-2]))$/
const years = 40
const firstFake = 60
/** Cards are valid in 2010 to 2049; these have a fake of their own each. */
const firstReal = 10

const yearOf = (text: string): number => {
  const { y1, y2 } = expiry.exec(text)?.groups ?? {}
  return Number(y1 ?? y2)
}
const two = (n: number): string => String(n).padStart(2, '0')

export const cardExpiry: Detector = {
  type: 'card-expiry',
  title: "card's expiry date",
  kind: 'personal',
  shared: true,
  names: [
    'validdate',
    'validthru',
    'validuntil',
    'expirydate',
    'cardexpiry',
    'expdate',
    'cardvaliddate',
    'cardexpire',
    '卡有效期',
    'kayouxiaoqi',
    '有效期',
    'youxiaoqi',
  ],
  fits: (text) => /^[\d/-]{4,7}$/.test(text) && expiry.test(text),
  canon: (text) => text,
  isFake: (canon) => yearOf(canon) >= firstFake,
  fake(canon, draw) {
    const { m1, s1 = '', y1, century = '', y2, s2 = '', m2 } = expiry.exec(canon)?.groups ?? {}
    const index = ((Number(y1 ?? y2) + 100 - firstReal) % years) * 12 + Number(m1 ?? m2) - 1
    const other = draw.other('card expiry', years * 12, index)
    const month = two(1 + (other % 12))
    const year = two(firstFake + Math.floor(other / 12))
    return m1 === undefined ? century + year + s2 + month : month + s1 + year
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
