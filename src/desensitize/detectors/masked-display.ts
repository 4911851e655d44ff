/**
 * What is masked already for people to see: `138****8000`, `张*`, `6222 **** **** 0123`. It still tells most of the
 * digits, and must agree with the fake: see linked-values.ts. Alone, what can be seen is drawn anew.
 */
import { redraw } from '../draw.ts'
import { has } from '../text/traits.ts'
import { rareGiven, surnames } from './chinese-names.ts'
import { type Detector, eachMatch } from './detector.ts'

const digits = /(?<![0-9A-Za-z*])\d{2,8}[ -]?(?:[*xX•]{2,14}[ -]?){1,4}[0-9]{2,6}[0-9X]?(?![0-9A-Za-z*])/g
const names =
  /(?<![\u4e00-\u9fff*])[\u4e00-\u9fff]\*{1,3}[\u4e00-\u9fff]?(?![\u4e00-\u9fff*])|(?<![\u4e00-\u9fff*])\*{1,2}[\u4e00-\u9fff](?![\u4e00-\u9fff*])/g
const mails = /(?<![\w.*])[\w.]{1,20}\*{2,20}[\w.]{0,10}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}(?!\w)/g

export const maskedDisplay: Detector = {
  type: 'masked',
  title: 'value with stars',
  kind: 'personal',
  shared: true,
  pattern: {
    needs: has.star,
    find(text, found, { seen }) {
      if ((seen & has.digit) !== 0) eachMatch(text, digits, found)
      if ((seen & has.cjk) !== 0) eachMatch(text, names, found)
      if ((seen & has.at) !== 0) eachMatch(text, mails, found)
    },
  },
  canon: (text) => text,
  isFake: () => false,
  fake(canon, draw) {
    if (canon.includes('@')) return `${canon.slice(0, 1).replace(/./, 'u')}***@example.com`
    if (/[\u4e00-\u9fff]/.test(canon))
      return canon.replace(/[\u4e00-\u9fff]/g, (_char, at: number) =>
        draw.char(at === 0 ? surnames : rareGiven),
      )
    return redraw(canon.replace(/[xX](?=.*[xX*•])/g, '*'), draw)
  },
  render: (fake) => fake,
  samples: {
    sensitive: [
      '⟦138****8000⟧',
      '⟦110105********002X⟧',
      '⟦6222 **** **** 0123⟧',
      '客户⟦*伟⟧'.replace('客户', ''),
      'mail ⟦zh***@corp.com⟧',
    ],
    harmless: ['****', '**bold**', '2 * 3', 'a*b'],
  },
}
