/** Types of few values: each value has a fake of its own, which is never the value, also where all of them are in use. */
import { expect, it } from 'vitest'
import { maskedJson, testSession } from './tools.ts'

const four = (n: number): string => String(n).padStart(4, '0')

const types: Readonly<Record<string, readonly [name: string, count: number, value: (n: number) => string]>> =
  {
    'days of birth': [
      'birthday',
      1_500,
      (n) => new Date(Date.UTC(1988, 0, 1 + n)).toISOString().slice(0, 10),
    ],
    'last digits': ['cardLast4', 10_000, four],
    'expiry dates': [
      'validThru',
      300,
      (n) => `${String(1 + (n % 12)).padStart(2, '0')}/${20 + Math.floor(n / 12)}`,
    ],
    plates: ['plateNo', 1_500, (n) => `京A99${String(100 + n).slice(-3)}${n < 900 ? '' : 'A'}`.slice(0, 7)],
    'plates of electric cars': ['plateNo', 1_500, (n) => `粤BD${10_000 + n}`],
    coordinates: ['lat', 1_500, (n) => `30.${10_000 + n}`],
    'short account numbers': ['qq', 1_500, (n) => String(10_000 + n)],
    'Hong Kong identity numbers': ['hkid', 1_500, (n) => `G${100_000 + n}1`],
    'unknown codes': ['zzq', 1_500, (n) => `x${1000 + n}Q`],
  }

it.each(Object.entries(types))('%s', (_title, [name, count, make]) => {
  const session = testSession()
  const values = [...new Set(Array.from({ length: count }, (_none, n) => make(n)))]
  const masked = (value: string): string =>
    (JSON.parse(maskedJson(JSON.stringify({ [name]: value }), session)) as Record<string, string>)[name]!
  const fakes = values.map(masked)
  expect(fakes.filter((fake, at) => fake === values[at])).toEqual([])
  expect(new Set(fakes).size).toBe(values.length)
  expect(values.slice(0, 50).map(masked)).toEqual(fakes.slice(0, 50))
})

it('gives a date of birth the fake that stands in its identity number, in whatever exchange', () => {
  const session = testSession()
  const masked = (body: object): Record<string, string> =>
    JSON.parse(maskedJson(JSON.stringify(body), session)) as Record<string, string>
  const { birthday } = masked({ birthday: '1990-03-07' })
  expect(masked({ idCard: '110105199003071233' })['idCard']!.slice(6, 14)).toBe(birthday!.replaceAll('-', ''))
})
