/**
 * Digests of personal values, by fields such as `mobileMd5`. An unkeyed digest of a telephone number is undone in
 * seconds. It becomes the digest of the fake where the value is known (see linked-values.ts), else a marked one.
 */
import { redrawHex } from '../draw.ts'
import type { Detector } from './detector.ts'

const mark = 'facade00'

export const digest: Detector = {
  type: 'digest',
  title: 'digest of a personal value',
  kind: 'personal',
  shared: true,
  names: [
    'phonehash',
    'mobilehash',
    'idcardhash',
    'emailhash',
    'mobilemd5',
    'phonemd5',
    'idcardmd5',
    'imeimd5',
    'oaidmd5',
    'namemd5',
    'cardhash',
  ],
  fits: (text) => /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text),
  canon: (text) => text.toLowerCase(),
  isFake: (canon) => canon.startsWith(mark),
  fake: (canon, draw) => mark + redrawHex(canon.slice(mark.length), draw),
  render: (fake, original) => (/[A-F]/.test(original) ? fake.toUpperCase() : fake),
  samples: {
    sensitive: [],
    named: [['mobileMd5', '2d2f1b5f1e5a6a0f5b5e8bdb0c9d4f3a']],
    harmless: ['2d2f1b5f1e5a6a0f5b5e8bdb0c9d4f3a'],
  },
}
