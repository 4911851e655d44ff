/** International bank account numbers (ISO 13616). Country and shape stay, the check digits are worked out again. */
import { has } from '../text/traits.ts'
import { redraw } from '../draw.ts'
import { mod97 } from './checksums.ts'
import { type Detector, eachMatch, plainUpper } from './detector.ts'

const written = /(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)(?![0-9A-Za-z])/g
const isIban = (canon: string): boolean =>
  /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(canon) && mod97(canon.slice(4) + canon.slice(0, 4)) === 1

export const iban: Detector = {
  type: 'iban',
  title: 'IBAN',
  kind: 'personal',
  names: ['iban', 'ibanno', 'ibannumber'],
  fits: (text) => /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/.test(plainUpper(text)),
  pattern: {
    needs: has.digit | has.upper,
    find(text, found, { longestWord }) {
      if (longestWord < 4) return
      eachMatch(text, written, (start, end) => {
        if (isIban(plainUpper(text.slice(start, end)))) found(start, end)
      })
    },
  },
  canon: plainUpper,
  isFake: () => false,
  fake(canon, draw) {
    // The bank's part stays: it is checked against lists, and says nothing of the person.
    const body = canon.slice(4, 8) + redraw(canon.slice(8), draw)
    const check = String(98 - mod97(`${body}${canon.slice(0, 2)}00`)).padStart(2, '0')
    return canon.slice(0, 2) + check + body
  },
  samples: {
    sensitive: ['⟦DE89370400440532013000⟧', 'to ⟦GB29 NWBK 6016 1331 9268 19⟧'],
    named: [['iban', 'DE88370400440532013000']],
    harmless: ['DE88370400440532013000', 'AB12CDEF'],
  },
}
