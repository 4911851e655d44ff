/** Hardware addresses (IEEE 802). Fakes are locally administered ones that begin with 02:00:5e. */
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const written = /(?<![0-9A-Za-z:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9A-Za-z:-])/gi

export const mac: Detector = {
  type: 'mac',
  title: 'hardware address',
  kind: 'personal',
  names: ['mac', 'macaddr', 'macaddress', 'wifimac', 'bssid', 'mac地址'],
  fits: (text) => /^[0-9a-f]{12}$/i.test(text.replace(/[:.-]/g, '')),
  pattern: {
    needs: 0,
    find(text, found, { seen }) {
      if ((seen & (has.colon | has.dash)) !== 0) eachMatch(text, written, found)
    },
  },
  canon: (text) => text.replace(/[:.-]/g, '').toLowerCase(),
  isFake: (canon) => canon.startsWith('02005e') || /^(?:0+|f+)$/.test(canon),
  fake: (_canon, draw) => `02005e${draw.chars('0123456789abcdef', 6)}`,
  render(fake, original) {
    let at = 0
    const text = original.replace(/[0-9a-f]/gi, () => fake[at++]!)
    return /[A-F]/.test(original) || !/[a-f]/.test(original) ? text.toUpperCase() : text
  },
  samples: {
    sensitive: [
      '⟦3c:22:fb:1a:2b:3c⟧',
      '⟦3C-22-FB-1A-2B-3C⟧',
      '⟦3c:22:fb:be:ef:bb⟧',
      'at ⟦d0:ab:ce:be:ef:bb⟧',
      '⟦AC-DE-BC-EF-FA-CE⟧',
    ],
    named: [['macAddr', '3c22fb1a2b3c']],
    harmless: ['02:00:5e:10:00:01', '00:00:00:00:00:00', '12:30:45:10:20:30:40'],
  },
}
