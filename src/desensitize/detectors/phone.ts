/** Telephone numbers of other countries: with their +, or under a field that says so. The last six digits are drawn anew. */
import { has } from '../text/traits.ts'
import { cnMobile } from './cn-mobile.ts'
import { type Detector, eachMatch, plainDigits } from './detector.ts'

const written = /(?<![0-9A-Za-z+])\+(?!86)[1-9]\d{0,2}(?:[ .-]?\(?\d{2,4}\)?){2,5}(?![0-9A-Za-z])/g

export const phone: Detector = {
  type: 'phone',
  title: 'telephone number',
  kind: 'personal',
  names: cnMobile.names ?? [],
  fits: (text) =>
    /^\+?[\d\s().-]{5,24}(?:(?:转|ext\.?|x|#)\s*\d{1,6})?$/i.test(text) &&
    /^\d{5,18}$/.test(plainDigits(text)),
  pattern: {
    needs: has.digit,
    find(text, found, { digits }) {
      if (digits < 8 || !text.includes('+')) return
      eachMatch(text, written, (start, end) => {
        const count = plainDigits(text.slice(start, end)).length
        if (count >= 8 && count <= 15) found(start, end)
      })
    },
  },
  canon: plainDigits,
  isFake: () => false,
  fake(canon, draw) {
    const drawn = Math.min(6, canon.length - 1)
    return canon.slice(0, canon.length - drawn) + draw.digits(drawn)
  },
  samples: {
    sensitive: ['⟦+1 415 555 2671⟧', '⟦+442079460958⟧', 'ring ⟦+49 (30) 123456⟧'],
    named: [['phone', '6505551234']],
    harmless: ['+1', '1+1=2', '+86 5', '+19'],
  },
}
