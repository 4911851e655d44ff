/** Vehicle identification numbers (ISO 3779). The maker's code stays, the check digit is worked out again. */
import { vinCheck } from './checksums.ts'
import { type Detector, plainUpper } from './detector.ts'

const form = /^[A-HJ-NPR-Z0-9]{17}$/

export const vin: Detector = {
  type: 'vin',
  title: 'vehicle identification number',
  kind: 'personal',
  names: ['vin', 'vinno', 'vincode', 'frameno', 'chassisno', '车架号', '车辆识别代号', 'cjh', 'chejiahao'],
  fits: (text) => form.test(plainUpper(text)),
  word: {
    lengths: [17],
    accepts: (word) =>
      form.test(word) && /^[A-Z]/.test(word) && /\d{3}/.test(word) && vinCheck(word) === word[8],
  },
  canon: plainUpper,
  isFake: () => false,
  fake(canon, draw) {
    const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
    const open = `${canon.slice(0, 3)}${draw.chars(letters, 5)}0${draw.chars(letters, 3)}${draw.digits(5)}`
    return open.slice(0, 8) + vinCheck(open) + open.slice(9)
  },
  samples: {
    sensitive: ['⟦LSVAU033872123453⟧'.replace('LSVAU033872123453', sampleVin()), `vin ⟦${sampleVin()}⟧`],
    named: [['frameNo', 'LSVAU033872123453']],
    harmless: ['1HGBH41JXMN109187', 'ABCDEFGHJKLMNPRST'],
  },
}

/** With the right check digit. */
function sampleVin(): string {
  const open = 'LSVAU0338A2123453'
  return open.slice(0, 8) + vinCheck(open) + open.slice(9)
}
