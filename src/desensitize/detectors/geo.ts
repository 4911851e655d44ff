/** Coordinates, by field and in pairs (`120.153576,30.287459`): moved by 5 to 25 km, with as many decimals as before. */
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const pair =
  /(?<![\w.])(-?(?:1[0-7]\d|\d{1,2})\.\d{4,15})(\s*[, ]\s*)(-?(?:1[0-7]\d|\d{1,2})\.\d{4,15})(?![\w.])/g
const form = /^-?\d{1,3}\.\d{3,}$/

export const geo: Detector = {
  type: 'geo',
  title: 'coordinate',
  kind: 'personal',
  shared: true,
  names: [
    'lat',
    'lng',
    'lon',
    'latitude',
    'longitude',
    'gpslat',
    'gpslng',
    '经度',
    '纬度',
    'jingdu',
    'weidu',
    'coordinates',
    'lnglat',
    'latlng',
    'lonlat',
    '经纬度',
    '坐标',
  ],
  pattern: {
    needs: has.digit | has.dot,
    find(text, found, { digits }) {
      if (digits < 10) return
      eachMatch(text, pair, (start, end, match) => {
        const [, first = '', , second = ''] = match
        found(start, start + first.length)
        found(end - second.length, end)
      })
    },
  },
  fits: (text) => form.test(text),
  canon: (text) => text,
  isFake: () => false,
  fake(canon, draw) {
    const decimals = canon.length - canon.indexOf('.') - 1
    const shift = (0.05 + draw.below(2_000) / 10_000) * (draw.below(2) === 0 ? 1 : -1)
    const moved = Number(canon) + shift + draw.below(1_000_000) / 1e10
    // Not over a pole, nor round the earth.
    const limit = Math.abs(Number(canon)) <= 90 ? 89.9 : 179.9
    return (Math.abs(moved) > limit ? Number(canon) - shift : moved).toFixed(Math.min(decimals, 15))
  },
  render: (fake) => fake,
  samples: {
    sensitive: [],
    named: [
      ['coordinates', '120.153576'],
      ['lng', '120.153576'],
      ['latitude', '30.287459'],
    ],
    harmless: ['120.153576', '30.28', '12.50, 99.00', '1.2345.6789'],
  },
}
