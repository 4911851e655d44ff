/** What is an address, held against node's own opinion. */
import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseIp } from '../../src/config/ip.ts'

const pieces = [
  '0',
  '1',
  '10',
  '255',
  '256',
  '01',
  'f',
  'ffff',
  '12345',
  ':',
  '::',
  '.',
  '%',
  'eth0',
  '-',
  'g',
  ' ',
]
const texts = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV6(), fc.constantFrom('%eth0', '%', '%1%2', '%a b')).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom('0', 'ab', '1', 'ffff', ''), { minLength: 2, maxLength: 9 })
    .chain((groups) => fc.constantFrom('', ':1.2.3.4', '1.2.3.4', '::').map((end) => groups.join(':') + end)),
)

it('knows what node knows as an address', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(parseIp(text) !== undefined, text).toBe(isIP(text) !== 0)
    }),
    { numRuns: 20_000 },
  )
})
