/** Unified social credit codes of companies (GB 32100), and under their name organisation codes (GB 11714) and licence numbers. */

import { redraw } from '../draw.ts'
import { licenceCheck, organizationCheck, usccCheck } from './checksums.ts'
import { type Detector, plainUpper } from './detector.ts'

const form = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/
const isUscc = (text: string): boolean => form.test(text) && usccCheck(text.slice(0, 17)) === text[17]

export const uscc: Detector = {
  type: 'uscc',
  title: 'social credit code',
  kind: 'personal',
  names: [
    ...[
      'uscc',
      'creditcode',
      'socialcreditcode',
      'orgcode',
      'taxno',
      'taxpayerno',
      'taxid',
      'taxcode',
      'licenseno',
    ],
    ...[
      'businesslicense',
      'businesslicenseno',
      '统一社会信用代码',
      '税号',
      '营业执照',
      '纳税人识别号',
      '组织机构代码',
    ],
    ...['xydm', 'tyshxydm', 'shuihao', 'yyzz', 'zzjgdm', 'nsrsbh', 'yingyezhizhao'],
  ],
  fits: (text) => /^[0-9A-Z]{9,20}$/.test(plainUpper(text)) && /\d{3}/.test(text.replace(/\W/g, '')),
  word: { lengths: [18], accepts: (word) => isUscc(word.toUpperCase()) },
  number: { lengths: [18], accepts: (compact) => /^[159]/.test(compact) && isUscc(compact) },
  canon: plainUpper,
  isFake: (canon) => canon.length === 18 && canon.slice(2, 8) === '910000',
  fake(canon, draw) {
    if (/^[0-9A-Z]{8}[\dX]$/.test(canon)) {
      const body = redraw(canon.slice(0, 8), draw)
      return body + organizationCheck(body)
    }
    if (/^\d{15}$/.test(canon)) {
      const body = canon.slice(0, 6) + draw.digits(8)
      return body + licenceCheck(body)
    }
    if (canon.length !== 18) return redraw(canon, draw)
    const eight = draw.chars('0123456789ABCDEFGHJKLMNPQRTUWXY', 8)
    const body = `${canon.slice(0, 2)}910000${eight}${organizationCheck(eight)}`
    return body + (usccCheck(body) ?? '0')
  },
  samples: {
    sensitive: ['⟦91350100M000100Y43⟧', '税号 ⟦91350100M000100Y43⟧', '⟦91350100m000100y43⟧'],
    named: [
      ['taxNo', '91350100M000100Y40'],
      ['orgCode', 'D2143569-X'],
      ['licenseNo', '110108000000016'],
    ],
    harmless: ['91350100M000100Y44', 'ABCDEFGHJKLMNPQRTU', '11010519610212059X'],
  },
}
