/**
 * Number plates of mainland China (GA 36), those of electric cars too. Province and letter stay. No plate has three
 * letters behind them, so a fake does; those of electric cars have no such place.
 */
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const written =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. -]?(?:[A-K][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-K]|[A-HJ-NP-Z0-9]{5}|[A-HJ-NP-Z0-9]{4}[挂学警港澳])(?![0-9A-Za-z])/gi

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const digits = '0123456789'

export const plate: Detector = {
  type: 'plate',
  title: 'number plate',
  kind: 'personal',
  names: [
    'plateno',
    'platenumber',
    'plate',
    'carno',
    'vehicleno',
    'licenseplate',
    'carnumber',
    '车牌',
    '车牌号',
    '车牌号码',
    'cph',
    'chepai',
    'chepaihao',
    'cphm',
  ],
  fits: (text) => /^.?[0-9A-Z· .-]{5,9}.?$/i.test(text) && /\d/.test(text),
  pattern: {
    needs: has.cjk,
    find(text, found, traits) {
      if (traits.longestWord >= 5)
        eachMatch(text, written, (start, end, [value]) => /\d/.test(value) && found(start, end))
    },
  },
  canon: (text) => text.replace(/[^0-9A-Za-z\u4e00-\u9fff]/g, '').toUpperCase(),
  isFake: (canon) => /^[\u4e00-\u9fff][A-Z]99[A-HJ-NP-Z]{3}$/.test(canon),
  fake(canon, draw) {
    const kept = /^[\u4e00-\u9fff]?[A-Z]/.exec(canon)?.[0] ?? ''
    const end = /[挂学警港澳]$/.exec(canon)?.[0] ?? ''
    const body = canon.slice(kept.length, canon.length - end.length)
    if (body.length === 5 && end === '') return `${kept}99${draw.chars(letters, 3)}`
    const mark = body.length === 6 && /^[A-K]/.test(body) ? body[0]! : ''
    const last = body.length === 6 && mark === '' ? body.at(-1)! : ''
    const rest = body.length - mark.length - last.length
    const front = rest >= 5 && draw.attempt < 20 ? '99' : ''
    const signs = body.length === 6 ? digits : letters + digits
    return `${kept}${mark}${front}${draw.chars(signs, rest - front.length)}${last}${end}`
  },
  render: (fake, original) => {
    const separator = /^(.[A-Za-z])([· .-])/.exec(original)
    return separator === null ? fake : fake.slice(0, 2) + separator[2] + fake.slice(2)
  },
  samples: {
    sensitive: ['⟦京A12345⟧', '⟦粤B·D12345⟧', '车辆⟦沪AD12345⟧已驶入', '⟦浙A12345F⟧'],
    named: [['plateNo', '苏E05EV8']],
    harmless: ['京A', '新A1234', '云ABCDE'],
  },
}
