/** Made-up people with everything that a recording may hold of them, the same again for the same seed. */
import { luhnCheck, mod97, residentIdCheck, usccCheck } from '../../src/desensitize/detectors/checksums.ts'

export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** mulberry32. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % limit
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
  chars(alphabet: string, count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += alphabet[this.below(alphabet.length)]
    return text
  }
  digits(count: number): string {
    return this.chars('0123456789', count)
  }
}

const two = (n: number): string => String(n).padStart(2, '0')
const letters = 'abcdefghijklmnopqrstuvwxyz'
const base62 = `0123456789${letters}${letters.toUpperCase()}`

/** Types of values; each is planted under a name that a service would use, and some also without any. */
export type Kind =
  | 'mobile'
  | 'id'
  | 'card'
  | 'name'
  | 'email'
  | 'address'
  | 'plate'
  | 'passport'
  | 'landline'
  | 'uscc'
  | 'ip'
  | 'mac'
  | 'imei'
  | 'openid'
  | 'iban'
  | 'password'
  | 'apiKey'
  | 'vendorToken'
  | 'otp'

export const kinds: readonly Kind[] = [
  ...(['mobile', 'id', 'card', 'name', 'email', 'address', 'plate', 'passport', 'landline', 'uscc'] as const),
  ...(['ip', 'mac', 'imei', 'openid', 'iban', 'password', 'apiKey', 'vendorToken', 'otp'] as const),
]

/** Known by what they look like, wherever they stand. */
export const telling: ReadonlySet<Kind> = new Set<Kind>([
  ...(['mobile', 'id', 'card', 'email', 'uscc', 'ip', 'mac', 'iban', 'vendorToken'] as const),
])

const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗']
const given = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉建华玉梅红']
const words = ['blue', 'hello', 'qwe', 'Zhang', 'Summer', 'happy']

export const newValue = (kind: Kind, chance: Chance): string => {
  switch (kind) {
    case 'mobile': {
      const number = `1${chance.pick(['3', '5', '7', '8', '9'])}${chance.digits(9)}`
      return number.startsWith('19999') ? newValue(kind, chance) : number
    }
    case 'id': {
      const area = chance.pick(['110105', '440308', '330106', '510104', '320583'])
      const body = `${area}${1950 + chance.below(55)}${two(1 + chance.below(12))}${two(1 + chance.below(28))}${chance.digits(3)}`
      return body + residentIdCheck(body)
    }
    case 'card': {
      const body = `${chance.pick(['622202', '621700', '622848', '621483'])}${chance.digits(12)}`
      return body + luhnCheck(body)
    }
    case 'name':
      return chance.pick(surnames) + chance.pick(given) + (chance.below(3) > 0 ? chance.pick(given) : '')
    case 'email':
      return `${chance.chars(letters, 3 + chance.below(6))}.${chance.chars(letters, 5)}@${chance.pick(['corp.com.cn', 'qq.com', 'mail.example-bank.de'])}`
    case 'address':
      return `${chance.pick(['浙江省杭州市西湖区', '北京市海淀区', '广东省深圳市南山区'])}${chance.pick(['文三', '学院', '科技南'])}路${1 + chance.below(900)}号${1 + chance.below(30)}栋${101 + chance.below(2000)}室`
    case 'plate':
      return `${chance.pick([...'京沪粤浙苏'])}${chance.chars('ABCDE', 1)}${chance.digits(5)}`
    case 'passport':
      return `E${chance.digits(8)}`
    case 'landline':
      return `0${chance.pick(['10', '21', '755', '571'])}-${2 + chance.below(7)}${chance.digits(7)}`
    case 'uscc': {
      const body = `91${chance.pick(['330106', '110108'])}${chance.chars('0123456789ABCDEFGHJKLMNPQRTUWXY', 9)}`
      return body + usccCheck(body)
    }
    case 'ip':
      return `${chance.pick([36, 58, 101, 114, 183, 221])}.${10 + chance.below(240)}.${chance.below(256)}.${1 + chance.below(254)}`
    case 'mac':
      return `3c:22:fb:${[0, 1, 2].map(() => chance.chars('0123456789abcdef', 2)).join(':')}`
    case 'imei': {
      const body = `86${chance.digits(12)}`
      return body + luhnCheck(body)
    }
    case 'openid':
      return `o${chance.chars(base62, 27)}`
    case 'iban': {
      const body = `37040044${chance.digits(10)}`
      return `DE${String(98 - mod97(`${body}DE00`)).padStart(2, '0')}${body}`
    }
    case 'password':
      return `${chance.pick(words)}${chance.digits(4 + chance.below(4))}${chance.pick(['!', '', '#'])}`
    case 'apiKey':
      return chance.chars(base62, 32)
    case 'vendorToken':
      return `${chance.pick(['ghp_', 'gho_'])}${chance.chars(base62, 36)}`
    case 'otp':
      return `${1 + chance.below(8)}${chance.digits(5)}`
  }
}

/** Names under which services send them: English, Chinese and pinyin. */
export const fieldNames: Readonly<Record<Kind, readonly string[]>> = {
  mobile: ['mobile', 'contactPhone', 'phone_number', '手机号', 'sjh', 'receiver-phone'],
  id: ['idCardNo', 'cert_no', '身份证号', 'sfzh', 'zjhm'],
  card: ['bankCardNo', 'acct_no', '银行卡号', 'yhkh'],
  name: ['realName', 'receiver', 'cust_name', '姓名', 'khxm'],
  email: ['email', 'userEmail', '邮箱', 'youxiang'],
  address: ['detailAddr', 'shipping_address', '收货地址', 'dizhi'],
  plate: ['plateNo', '车牌号', 'cph'],
  passport: ['passportNo', '护照号', 'huzhao'],
  landline: ['fax', 'officePhone', '固话', 'guhua'],
  uscc: ['creditCode', '统一社会信用代码', 'nsrsbh'],
  ip: ['clientIp', 'login_ip'],
  mac: ['macAddr', 'wifiMac'],
  imei: ['imei'],
  openid: ['openid', 'unionId'],
  iban: ['iban', 'payeeAccount'],
  password: ['password', 'loginPwd', '密码', 'mima', 'zfmm'],
  apiKey: ['apiKey', 'app_secret', 'access-token', '密钥'],
  vendorToken: ['token', 'accessToken'],
  otp: ['smsCode', 'verify_code', '验证码', 'yzm'],
}

const wide = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))

/** How people and programs write them; the first is the bare form. */
export const formsOf = (kind: Kind, value: string): readonly string[] => {
  switch (kind) {
    case 'mobile': {
      const [a, b, c] = [value.slice(0, 3), value.slice(3, 7), value.slice(7)]
      return [
        value,
        `${a}-${b}-${c}`,
        `${a} ${b} ${c}`,
        `${a}.${b}.${c}`,
        `+86${value}`,
        `+86 ${a}-${b}-${c}`,
        wide(value),
        [...value].join(' '),
      ]
    }
    case 'id':
      return [
        value,
        value.toLowerCase(),
        `${value.slice(0, 6)} ${value.slice(6, 14)} ${value.slice(14)}`,
        wide(value),
      ]
    case 'card':
      return [
        value,
        value.replace(/(\d{4})(?=\d)/g, '$1 '),
        value.replace(/(\d{4})(?=\d)/g, '$1-'),
        wide(value),
      ]
    case 'email':
      return [value, value.toUpperCase()]
    case 'mac':
      return [value, value.replaceAll(':', '-').toUpperCase()]
    case 'iban':
      return [value, value.replace(/(.{4})(?=.)/g, '$1 ')]
    default:
      return [value]
  }
}
