/** Postal addresses. Province and city stay; the road becomes 样例路 (sample road), which does not exist. */

import { redraw } from '../draw.ts'
import { filler, isFiller } from '../text/filler.ts'
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const provinces =
  '北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门'
/** The upper levels, then what tells a house: a road with a number, or a number with a unit. */
const upper = new RegExp(
  `^(?:(?:${provinces})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?)?(?:[\\u4e00-\\u9fff]{2,7}?(?:市|自治州|地区|盟))?`,
)
const written = new RegExp(
  `(?:(?:${provinces})(?:省|市|[壮回]?族?自治区|维吾尔自治区|特别行政区)?|[\\u4e00-\\u9fff]{2,4}市)[\\u4e00-\\u9fff0-9A-Za-z\\-#()（） ]{2,60}?(?:路|街|道|巷|弄|里|村|镇|乡|园|区|苑|广场|大厦)(?:[\\u4e00-\\u9fff]{0,10})[0-9一二三四五六七八九十百甲乙]{1,8}(?:号|弄|栋|幢|座|室|单元|楼|层)(?:[\\u4e00-\\u9fff]{0,12}?[0-9A-Za-z\\-]{1,8}(?:号楼|号院|号|栋|幢|座|室|单元|楼|层|弄)){0,6}(?:[0-9A-Za-z\\-]{1,6}(?:室|号)?)?`,
  'g',
)
const city = (text: string): string => upper.exec(text)?.[0] ?? ''

export const address: Detector = {
  type: 'address',
  title: 'postal address',
  kind: 'personal',
  names: [
    ...[
      'address',
      'addr',
      'detailaddr',
      'detailaddress',
      'addressdetail',
      'street',
      'streetaddress',
      'addressline',
    ],
    ...[
      'fulladdress',
      'shippingaddress',
      'billingaddress',
      'homeaddress',
      'deliveryaddress',
      'receiveraddress',
      'addrdetail',
    ],
    ...['地址', '住址', '收货地址', '详细地址', '家庭住址', '通讯地址', '户籍地址', '联系地址', '注册地址'],
    ...['dizhi', 'dz', 'zhuzhi', 'xxdz', 'txdz', 'shdz', 'jtzz', 'lxdz', 'shouhuodizhi', 'xiangxidizhi'],
  ],
  fits: (text) => text.length >= 4 && /\p{L}/u.test(text) && !/^\w+:\/\//.test(text),
  pattern: {
    needs: has.cjk,
    find(text, found) {
      if (/[号弄栋幢座室元楼层]/.test(text))
        for (const at of starts(text))
          eachMatch(text.slice(at, at + 160), written, (start, end) => found(at + start, at + end))
    },
  },
  canon: (text) => text.replace(/\s+/g, ''),
  isFake: (canon) => canon.includes('样例') || isFiller(canon),
  fake(canon, draw) {
    if (!/[\u4e00-\u9fff]/.test(canon)) return filler(canon, draw)
    const kept = city(canon)
    const room = canon.length - kept.length
    const tail = '样例路'
    if (room <= tail.length + 2) return `${kept}样例路${1 + draw.below(9999)}号`
    const inner = room - tail.length
    const shape =
      inner >= 14 ? '888号88栋8单元888室' : inner >= 9 ? '888号88栋88室' : inner >= 6 ? '888号88室' : '888号'
    const numbers = shape.slice(0, -1) + shape.slice(-1)
    const fill = Math.max(0, inner - numbers.length)
    return kept + tail + draw.digits(Math.min(fill, 4)).replace(/0/g, '1') + redraw(numbers, draw)
  },
  render: (fake) => fake,
  samples: {
    sensitive: [
      '送到⟦浙江省杭州市西湖区文三路478号华星时代广场A座1201室⟧',
      '⟦北京市海淀区中关村大街1号院3号楼502室⟧',
    ],
    named: [
      ['detailAddr', '幸福里小区3栋2单元'],
      ['street', '221B Baker Street'],
    ],
    harmless: ['浙江省杭州市', '杭州市第一人民医院', '浙江省杭州市样例路388号'],
  },
}

/** Where a province or city may begin: an address is not looked for anywhere else, nor further than it can be long. */
const start = new RegExp(provinces.concat('|[\\u4e00-\\u9fff]{2,4}市'), 'g')
function* starts(text: string): Generator<number> {
  let free = 0
  start.lastIndex = 0
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    if (match.index < free) continue
    free = match.index + 40
    yield match.index
  }
}
