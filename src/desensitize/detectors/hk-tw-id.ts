/** Identity cards of Hong Kong, Macau and Taiwan. The first letters stay, the check digit is worked out again. */

import { has } from '../text/traits.ts'
import { hkidCheck, taiwanIdCheck } from './checksums.ts'
import { type Detector, eachMatch, plainUpper } from './detector.ts'

const hongKong = /^[A-Z]{1,2}\d{6}[0-9A]$/
const taiwan = /^[A-Z][1289]\d{8}$/
const macau = /^[157]\d{7}$/

const isHongKong = (text: string): boolean =>
  hongKong.test(text) && hkidCheck(text.slice(0, -1)) === text.at(-1)
const isTaiwan = (text: string): boolean => taiwan.test(text) && taiwanIdCheck(text.slice(0, 9)) === text[9]

const bracketed = /(?<![0-9A-Za-z])(?:[A-Z]{1,2}\d{6}|[157]\d{6})\([0-9A]\)/gi

export const hkTwId: Detector = {
  type: 'hk-tw-id',
  title: 'Hong Kong, Macau or Taiwan identity number',
  kind: 'personal',
  names: ['hkid', 'hkidno', 'twid', 'macauid', '香港身份证', '澳门身份证', '台湾身份证'],
  fits: (text) => [hongKong, taiwan, macau].some((form) => form.test(plainUpper(text))),
  word: { lengths: [8, 9, 10], accepts: (word) => isTaiwan(word) || (word.length === 8 && isHongKong(word)) },
  pattern: {
    needs: has.digit,
    find(text, found) {
      if (!text.includes('(')) return
      eachMatch(text, bracketed, (start, end) => {
        const canon = plainUpper(text.slice(start, end))
        if (macau.test(canon) || isHongKong(canon)) found(start, end)
      })
    },
  },
  canon: plainUpper,
  isFake: () => false,
  fake(canon, draw) {
    const letters = /^[A-Z]*/.exec(canon)![0]
    if (taiwan.test(canon)) {
      const body = canon.slice(0, 2) + draw.digits(7)
      return body + taiwanIdCheck(body)
    }
    if (hongKong.test(canon)) {
      const body = letters + draw.digits(6)
      return body + hkidCheck(body)
    }
    return canon[0]! + draw.digits(canon.length - 1)
  },
  samples: {
    sensitive: ['⟦G123456(A)⟧', 'hk ⟦AB987654(3)⟧', '⟦A123456789⟧', '⟦1234567(8)⟧'],
    named: [['hkid', 'G123456A']],
    harmless: ['A123456788', 'G123456(7)', 'B1234567'],
  },
}
