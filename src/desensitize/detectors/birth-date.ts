/** Dates of birth, by field. The year stays; each of its days has another one that stands for it, in identity numbers too. */
import type { Draw } from '../draw.ts'
import { signForSign } from '../text/sign-for-sign.ts'
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
  fake: (canon, draw) => otherDay(canon, draw) ?? canon.replace(/\d\d(?=\d\d$)/, '01'),
  render: (fake, original) =>
    form.test(original)
      ? original.replace(
          form,
          (_all, _year, a: string, month: string, b: string, day: string, end: string) => {
            const rest = original.slice(4 + a.length + month.length + b.length + day.length + end.length)
            const m = a === '' || month.length === 2 ? fake.slice(4, 6) : String(Number(fake.slice(4, 6)))
            const d = a === '' || day.length === 2 ? fake.slice(6, 8) : String(Number(fake.slice(6, 8)))
            return fake.slice(0, 4) + a + m + b + d + end + rest
          },
        )
      : signForSign(fake, original),
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

const dayMs = 86_400_000

/** yyyymmdd; undefined where there is no such day. */
export const otherDay = (date: string, draw: Draw): string | undefined => {
  const year = Number(date.slice(0, 4))
  const first = Date.UTC(year, 0, 1)
  const days = (Date.UTC(year + 1, 0, 1) - first) / dayMs
  const day = (Date.UTC(year, Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) - first) / dayMs
  if (!/^\d{8}$/.test(date) || !(day >= 0 && day < days)) return undefined
  return new Date(first + draw.other(`days of ${year}`, days, day) * dayMs)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '')
}
