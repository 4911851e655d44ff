/** Inputs made to take for ever: the time may grow with the length, and not with its square. Measured as processor time of one input against another. */
import { gzipSync } from 'node:zlib'
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
  'quotes left open': ['application/javascript', '"a\\'],
  'comments left open': ['application/javascript', '/* '],
  'scripts left open': ['text/html', '<script>', '<!doctype html><html>'],
  'quoted cells': ['text/csv', '"a""'],
  'lines of events': ['text/event-stream', 'data: {\n'],
  'texts in GraphQL': ['application/graphql', '"x" ', '{ a(b: ', ') }'],
  'short runs of base64': ['text/plain', 'dXNlciAxIHNheXMgaGk= '],
  coordinates: ['text/plain', '1.2345,'],
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

it('unpacks only so much, however many packed things there are', () => {
  const bomb = gzipSync(Buffer.alloc(8 * 2 ** 20, '1')).toString('base64')
  const body = JSON.stringify(Array.from({ length: 12 }, () => bomb))
  const outcome = desensitize(exchange({}, { contentType: 'application/json', body }), testSession())
  expect(outcome).toMatchObject({
    kind: 'quarantine',
    reasons: expect.arrayContaining([
      { path: 'reply.body[4].base64', reason: expect.stringMatching('when unpacked') },
    ]),
  })
})
