/** Numbers of telephones (IMEI, 3GPP TS 23.003) and of their cards (IMSI, ICCID), by field. Fakes have test prefixes. */

import { redraw } from '../draw.ts'
import { luhnCheck } from './checksums.ts'
import { type Detector, plainDigits } from './detector.ts'

export const imei: Detector = {
  type: 'imei',
  title: 'device or SIM number',
  kind: 'personal',
  names: ['imei', 'imei1', 'imei2', 'imsi', 'iccid', 'meid', '串号', '设备串号'],
  fits: (text) => /^[0-9A-F\s-]{14,22}$/i.test(text),
  canon: (text) => text.replace(/[\s-]/g, '').toUpperCase(),
  isFake: (canon) => /^\d{15}$/.test(canon) && /^(?:00000000|00101)/.test(canon),
  fake(canon, draw) {
    if (!/^\d{15}$/.test(canon)) return canon.slice(0, 2) + redraw(canon.slice(2), draw)
    // 460 is the country code of China, 001-01 that of test networks.
    if (canon.startsWith('460')) return `00101${draw.digits(10)}`
    const body = `00000000${draw.digits(6)}`
    return body + luhnCheck(body)
  },
  samples: {
    sensitive: [],
    named: [
      ['imei', '490154203237518'],
      ['imsi', '460001234567890'],
    ],
    harmless: ['490154203237518', plainDigits('46000-1234567890')],
  },
}
