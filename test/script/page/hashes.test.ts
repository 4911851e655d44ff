/** Hashes of a page against node:crypto's. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hash } from '../../../src/script/page/hashes.ts'

const algorithms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512']

it.each(algorithms)('%s is what node makes of it, for every length around a block', (algorithm) => {
  for (let length = 0; length < 300; length++) {
    const text = 'a'.repeat(length)
    expect(hash(algorithm, text)).toBe(createHash(algorithm).update(text).digest('hex'))
  }
})

it('knows any text', () => {
  fc.assert(
    fc.property(fc.constantFrom(...algorithms), fc.string({ unit: 'binary' }), (algorithm, text) => {
      expect(hash(algorithm, text)).toBe(createHash(algorithm).update(text).digest('hex'))
    }),
  )
})

it.each(['sha3', 'constructor', 'MD5'])('refuses %s', (algorithm) =>
  expect(() => hash(algorithm, '')).toThrow('hash takes md5, sha1, sha256, sha384 or sha512'),
)
