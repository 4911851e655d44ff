/**
 * Resident identity numbers: 18 places (GB 11643), the former 15, and the card of foreign permanent residents, which
 * begins with 9. Fakes lie in area 910, which is not issued; year of birth and sex stay, the day is the date of birth's fake.
 */
import { otherDay } from './birth-date.ts'
import { residentIdCheck } from './checksums.ts'
import { type Detector, plainUpper } from './detector.ts'

const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
)

const isDate = (text: string): boolean => {
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** The date within makes random numbers pass in one of 200,000 cases. */
const isResidentId = (text: string): boolean =>
  (provinces.has(text.slice(0, 2)) || text.startsWith('9')) &&
  isDate(text.slice(6, 14)) &&
  residentIdCheck(text) === text[17]

const isOldId = (text: string): boolean => provinces.has(text.slice(0, 2)) && isDate(`19${text.slice(6, 12)}`)

/** yyyymmdd. */
export const birthDateOf = (id: string): string | undefined =>
  id.length === 18 ? id.slice(6, 14) : id.length === 15 ? `19${id.slice(6, 12)}` : undefined

export const cnId: Detector = {
  type: 'cn-id',
  title: 'identity number',
  kind: 'personal',
  names: [
    ...[
      'idcard',
      'idcardno',
      'idcardnumber',
      'idno',
      'idnumber',
      'certno',
      'certid',
      'certnumber',
      'certcode',
    ],
    ...[
      'identityno',
      'identitynumber',
      'identitycard',
      'idnum',
      'nationalid',
      'citizenid',
      'credentialno',
      'ssn',
    ],
    ...['permanentresidence', 'permanentresidenceno', 'residencepermit', 'residencepermitno', 'prcardno'],
    ...['身份证', '身份证号', '身份证号码', '证件号', '证件号码', '公民身份号码'],
    ...['永居证', '永久居留证', '永久居留', '居住证', '居留证'],
    ...['sfz', 'sfzh', 'sfzhm', 'shenfenzheng', 'shenfenzhenghao', 'zjhm', 'zhengjianhaoma', 'zjh'],
  ],
  fits: (text) => /^[0-9A-Z]{6,22}$/.test(plainUpper(text)) && (text.match(/\d/g)?.length ?? 0) >= 6,
  number: {
    lengths: [15, 18],
    accepts: (compact, groups) =>
      compact.length === 18
        ? isResidentId(compact)
        : groups.length === 1 && isOldId(compact) && isLikelyOld(compact),
  },
  canon: plainUpper,
  isFake: (canon) => canon.startsWith('910') && (canon.length === 18 || canon.length === 15),
  fake(canon, draw) {
    if (!/^\d{17}[\dX]$|^\d{15}$/.test(canon)) return fakeOther(canon, draw.digits(22))
    const born = birthDateOf(canon)!
    const date = otherDay(born, draw) ?? `${born.slice(0, 4)}0115`
    const area = `910${draw.digits(3)}`
    if (canon.length === 15) return area + date.slice(2) + draw.digits(3)
    const sex = (Number(canon[16]) % 2) + 2 * draw.below(5)
    const body = `${area}${date}${draw.digits(2)}${sex}`
    return body + residentIdCheck(body)
  },
  samples: {
    sensitive: [
      '⟦11010519491231002X⟧',
      '⟦11010519491231002x⟧',
      'id ⟦110105 19491231 002X⟧.',
      '⟦110105-19491231-002X⟧',
      '身份证⟦440308199901101512⟧号',
      '⟦１１０１０５１９４９１２３１００２Ｘ⟧',
    ],
    named: [
      ['idCardNo', '110105194912310021'],
      ['zjhm', '110105491231002'],
    ],
    harmless: [
      '110105194912310021',
      '202411210001234567',
      '1730000000000000000',
      '910123194907040025',
      'f11010519491231002X',
    ],
  },
}

/** Fifteen digits are many things; born before 1940 or after 1999 few of those who have such a number were. */
const isLikelyOld = (text: string): boolean => /^[1-6]/.test(text) && Number(text.slice(6, 8)) >= 30

/** Something that only its field calls an identity number: the same length, 910 in front where there is room. */
const fakeOther = (canon: string, digits: string): string => {
  let at = 0
  return canon.replace(/[0-9A-Z]/g, (char, place: number) => {
    if (canon.length >= 15 && place < 3) return '910'[place]!
    const digit = digits[at++ % digits.length]!
    return /\d/.test(char) ? digit : String.fromCharCode(65 + ((Number(digit) * 2 + place) % 24))
  })
}
