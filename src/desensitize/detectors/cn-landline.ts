/**
 * Chinese landline numbers. Fakes keep the area code; the number behind it begins with 0, as none does.
 * Without a separator and without a telling field name any number may begin with 0, so those are left alone.
 */

import { signForSign } from '../text/sign-for-sign.ts'
import { has } from '../text/traits.ts'
import { type Detector, eachMatch, plainDigits } from './detector.ts'

/** 010 and 020 to 029 have three digits, all others four. */
const areaLength = (digits: string): number => (/^0(?:10|2\d)/.test(digits) ? 3 : 4)

const written =
  /(?<![0-9A-Za-z])(?:(?:\+?86[ -]?)?\(?0(?:10|2\d|[3-9]\d{2})(?:[- .]|\) ?)|\+86[ -]?\(?(?:10|2\d|[3-9]\d{2})(?:[- .]|\) ?))[02-9]\d{2,3}[- ]?\d{4}(?![0-9A-Za-z])/g

const parts = (canon: string): readonly [area: string, number: string] => {
  const length = areaLength(canon)
  return [canon.slice(0, length), canon.slice(length)]
}

export const cnLandline: Detector = {
  type: 'cn-landline',
  title: 'landline number',
  kind: 'personal',
  names: [
    'fax',
    'landline',
    'officephone',
    'homephone',
    '固话',
    '座机',
    '传真',
    '固定电话',
    'guhua',
    'zuoji',
    'chuanzhen',
  ],
  fits: (text) => /^(?:86)?0\d{9,11}$/.test(plainDigits(text)),
  pattern: {
    needs: has.digit,
    find(text, found) {
      if (text.includes('0') || text.includes('+86')) eachMatch(text, written, found)
    },
  },
  // Abroad the 0 of the area code is left out.
  canon: (text) => plainDigits(text).replace(/^86(0?)/, '0'),
  isFake: (canon) => parts(canon)[1].startsWith('0'),
  fake(canon, draw) {
    const [area, number] = parts(canon)
    return `${area}0${draw.digits(number.length - 1)}`
  },
  render: (fake, original) =>
    signForSign(/^86[1-9]/.test(plainDigits(original)) ? fake.slice(1) : fake, original),
  samples: {
    sensitive: [
      '⟦010-62281234⟧',
      'fax ⟦0755-83901234⟧',
      '⟦(021) 6228 1234⟧',
      '⟦(021)62281234⟧',
      '⟦0571 8790 1234⟧',
      '⟦+86 21-62281234⟧',
      '⟦+86 0755 8390 1234⟧',
    ],
    named: [['fax', '075583901234']],
    harmless: ['010', '0100-1234', '02024112100012', '0755-03901234', '12:00-13:00'],
  },
}
