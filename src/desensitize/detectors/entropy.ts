/** Strings that look drawn by lot, in fields that say nothing: probably keys. UUIDs and words are left alone. */
import { type Detector, eachMatch } from './detector.ts'
import { isSecretFake } from './secret-shape.ts'
import { tokenFake } from './token-fake.ts'

const run = /(?<![0-9A-Za-z+/_=.-])[0-9A-Za-z+/_=.-]{20,4096}(?![0-9A-Za-z+/_=.-])/g
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/** Shannon's entropy over characters, in bits. */
const entropyOf = (text: string): number => {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/**
 * A text of n characters has at most log2(n) bits, so the bound grows with it. All three kinds of characters must be
 * there: names of things have two. Hexadecimal digits have their own bound.
 */
export const looksRandom = (text: string): boolean => {
  if (uuid.test(text) || ulid.test(text)) return false
  if (/^(?:[0-9a-f]{32,}|[0-9A-F]{32,})$/.test(text))
    return /\d/.test(text) && /[a-f]/i.test(text) && entropyOf(text) >= 3
  if (!/\d/.test(text) || !/[A-Z]/.test(text) || !/[a-z]/.test(text)) return false
  // Words, versions, media types and names of packages are cut by dots, slashes and dashes.
  if (text.split(/[/._-]/).every((part) => part.length < 16)) return false
  return entropyOf(text) >= 0.85 * Math.log2(Math.min(text.length, 64))
}

export const entropy: Detector = {
  type: 'random-string',
  title: 'string that looks like a key',
  kind: 'secret',
  shared: true,
  pattern: {
    needs: 0,
    longest: 20,
    find(text, found) {
      eachMatch(text, run, (start, end, [value]) => looksRandom(value) && found(start, end))
    },
  },
  canon: (text) => text,
  isFake: isSecretFake,
  fake: tokenFake,
  render: (fake) => fake,
  samples: {
    sensitive: ['⟦tG7kQ2mZx9LpW4vRb8NcYd3F⟧', 'x ⟦9f86d081884c7d659a2feaa0c55ad015⟧ y'],
    harmless: [
      '0f8fad5b-d9cb-469f-a165-70867728950e',
      'application/vnd.example.v2+json',
      'getShipmentsOfOrderByCustomerId2',
      '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      '2024-11-21T10:00:00.000Z',
    ],
  },
}
