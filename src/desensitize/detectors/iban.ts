/** International bank account numbers (ISO 13616). Country and shape stay, the check digits are worked out again. */

import { redraw } from '../draw.ts'
import { has } from '../text/traits.ts'
import { mod97 } from './checksums.ts'
import { type Detector, eachMatch, plainUpper } from './detector.ts'

const written =
  /(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)(?![0-9A-Za-z])/g
/** How long it is in each country (SWIFT's IBAN registry). An order number is as long as none. */
const lengths: ReadonlyMap<string, number> = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

const isIban = (canon: string): boolean =>
  lengths.get(canon.slice(0, 2)) === canon.length &&
  /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(canon) &&
  mod97(canon.slice(4) + canon.slice(0, 4)) === 1

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
    harmless: ['DE88370400440532013000', 'AB12CDEF', 'OD20241121001067'],
  },
}
