/** Inputs made to take for ever: the time may grow with the length, and not with its square. Measured as processor time of one input against another. */
import { expect, it } from 'vitest'
import { desensitize } from '../../src/desensitize/desensitize.ts'
import { exchange, testSession } from './tools.ts'

const inputs: Readonly<
  Record<string, readonly [type: string, unit: string, before?: string, after?: string]>
> = {
  'one digit': ['text/plain', '1'],
  'digits and blanks': ['text/plain', '1 '],
  'digits and dashes': ['text/plain', '1-'],
  'pairs of digits': ['text/plain', '86 13 '],
  'nested lists': ['application/json', '[', '', ']'],
  ats: ['text/plain', 'a@'],
  'Chinese characters': ['text/plain', '王'],
  cities: ['text/plain', '浙江省杭州市'],
  roads: ['text/plain', '北京路1'],
  stars: ['text/plain', '1*'],
  dots: ['text/plain', '1.'],
  'token prefixes': ['text/plain', 'AKIA'],
  'starts of JWTs': ['text/plain', 'eyJhbGciOiJI.'],
  'starts of keys': ['text/plain', '-----BEGIN PRIVATE KEY-----'],
  schemes: ['text/plain', 'https://'],
  'user infos': ['text/plain', 'http://a:'],
  'percent signs': ['application/x-www-form-urlencoded', 'a=%41&'],
  elements: ['text/xml', '<a>', '<r>', '</r>'],
  hexadecimal: ['text/plain', 'ab'],
  pairs: ['text/plain', 'password: '],
  'full-width digits': ['text/plain', '１'],
}

const cpuMsOf = (unit: string, type: string, length: number, before = '', after = ''): number => {
  const times = Math.floor(length / unit.length)
  const body = before + unit.repeat(times) + (after === ']' ? after.repeat(times) : after)
  const start = process.cpuUsage()
  desensitize(exchange({}, { contentType: type, body }), testSession())
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

it.each(Object.entries(inputs))('%s', (_name, [type, unit, before, after]) => {
  cpuMsOf(unit, type, 10_000, before, after)
  const short = Math.min(...[0, 1, 2].map(() => cpuMsOf(unit, type, 12_500, before, after)))
  const long = Math.min(...[0, 1].map(() => cpuMsOf(unit, type, 100_000, before, after)))
  // Eight times as long: a square would be 64. Below ten milliseconds there is more noise than time.
  expect(long / Math.max(short, 10)).toBeLessThan(30)
})
