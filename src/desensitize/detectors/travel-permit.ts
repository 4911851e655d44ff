/** Passports and the permits for travel between the mainland, Hong Kong, Macau and Taiwan. Any code looks so: by name only. */

import { has } from '../text/traits.ts'
import { type Detector, eachMatch, plainUpper } from './detector.ts'

const form = /^[A-Z]{1,2}\d{7,10}$|^\d{8}(?:\d{2}[A-Z])?$/
const spoken =
  /(?:护照(?:号码?)?|passport(?: no\.?| number)?|通行证(?:号码?)?|回乡证(?:号码?)?|台胞证(?:号码?)?)\s*(?:是|为|is)?[:： #]{0,3}(?<value>[A-Z]{1,2}\d{7,10}|\d{8})(?![0-9A-Za-z])/gi

export const travelPermit: Detector = {
  type: 'travel-permit',
  title: 'passport or travel permit',
  kind: 'personal',
  names: [
    ...[
      'passport',
      'passportno',
      'passportnumber',
      'passportid',
      'hkmacaopermit',
      'eepno',
      'travelpermit',
      'permitno',
    ],
    ...[
      '护照',
      '护照号',
      '护照号码',
      '回乡证',
      '港澳通行证',
      '通行证号',
      '台胞证',
      '往来港澳通行证',
      '港澳居民来往内地通行证',
    ],
    ...['huzhao', 'huzhaohao', 'huixiangzheng', 'gangao', 'taibao', 'taibaozheng', 'hzhm'],
  ],
  fits: (text) => form.test(plainUpper(text)),
  pattern: { needs: has.digit, find: (text, found) => spokenOf(text) && eachMatch(text, spoken, found) },
  canon: plainUpper,
  isFake: () => false,
  fake(canon, draw) {
    const letters = /^[A-Z]*/.exec(canon)![0]
    const rest = canon.slice(letters.length)
    const head = draw.attempt < 20 ? '999' : '9'
    return letters + (head + draw.digits(rest.length)).slice(0, rest.length)
  },
  samples: {
    sensitive: ['护照号: ⟦E12345678⟧', 'passport ⟦G87654321⟧ expires'],
    named: [
      ['passportNo', 'E12345678'],
      ['hkMacaoPermit', 'H1234567801'],
      ['huzhao', 'EA1234567'],
    ],
    harmless: ['E12345678', 'sku H12345678'],
  },
}

const spokenOf = (text: string): boolean => /passport|护照|证/i.test(text)
