/** Dates of birth, by field. The year stays, the day becomes the 15th; beside an identity number its fake's date is taken. */
import type { Detector } from './detector.ts'

const form = /^((?:19|20)\d{2})([-/.年]?)(\d{1,2})([-/.月]?)(\d{1,2})(日?)(?:[T ].*)?$/

export const birthDate: Detector = {
  type: 'birth-date',
  title: 'date of birth',
  kind: 'personal',
  shared: true,
  names: [
    ...['birthday', 'birthdate', 'dateofbirth', 'dob', 'birth', 'birthdt', 'bornon', 'borndate'],
    ...['出生日期', '生日', '出生年月', 'csrq', 'shengri', 'chushengriqi', 'csny'],
  ],
  fits: (text) => form.test(text),
  canon: (text) => {
    const [, year, , month, , day] = form.exec(text) ?? []
    return year === undefined ? text : year + month!.padStart(2, '0') + day!.padStart(2, '0')
  },
  isFake: () => false,
  fake(canon, draw) {
    const month = 1 + draw.below(12)
    return `${canon.slice(0, 4)}${String(month).padStart(2, '0')}15`
  },
  render: (fake, original) =>
    original.replace(form, (_all, _year, a: string, month: string, b: string, day: string, end: string) => {
      const rest = original.slice(4 + a.length + month.length + b.length + day.length + end.length)
      const m = a === '' || month.length === 2 ? fake.slice(4, 6) : String(Number(fake.slice(4, 6)))
      const d = a === '' || day.length === 2 ? fake.slice(6, 8) : String(Number(fake.slice(6, 8)))
      return fake.slice(0, 4) + a + m + b + d + end + rest
    }),
  samples: {
    sensitive: [],
    named: [
      ['birthday', '1990-03-07'],
      ['csrq', '19900307'],
      ['dob', '1990/3/7'],
    ],
    harmless: ['1990-03-07', '19900307'],
  },
}
