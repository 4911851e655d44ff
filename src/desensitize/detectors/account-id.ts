/** Names of accounts at other services (WeChat, QQ, Alipay) and of devices, by field, Alipay's also by its prefix. */
import { redraw, redrawHex } from '../draw.ts'
import type { Detector } from './detector.ts'

export const accountId: Detector = {
  type: 'account-id',
  title: 'account or device identifier',
  kind: 'personal',
  names: [
    ...[
      'sub',
      'jti',
      'openid',
      'unionid',
      'wechat',
      'wechatid',
      'wxid',
      'weixin',
      'qq',
      'qqno',
      'alipayuserid',
      'alipayid',
      'alipayaccount',
    ],
    ...[
      'deviceid',
      'androidid',
      'idfa',
      'idfv',
      'oaid',
      'udid',
      'deviceno',
      'fingerprint',
      'devicefingerprint',
      'gaid',
    ],
    ...['微信号', '微信', 'qq号', '支付宝账号', '设备号', 'weixinhao', 'zfbzh', 'zhifubao'],
  ],
  fits: (text) => /^[\w.@+:=-]{4,128}$/.test(text),
  number: { lengths: [16], accepts: (compact, groups) => groups.length === 1 && compact.startsWith('2088') },
  canon: (text) => text,
  isFake: () => false,
  fake(canon, draw) {
    if (/^2088\d{12}$/.test(canon)) return `2088${draw.digits(12)}`
    if (/^[0-9a-f-]{16,}$/i.test(canon) && /[a-f]/i.test(canon)) return redrawHex(canon, draw)
    return redraw(canon, draw)
  },
  samples: {
    sensitive: ['⟦2088102146225135⟧'],
    named: [
      ['openid', 'oLVPpjqs9BhvzwPj5A-vTYAX3GLc'],
      ['qq', '1234567890'],
      ['deviceId', '9b2f6c1e-8d4a-4f3b-9a6e-2c1d0e5f7a8b'],
    ],
    harmless: ['oLVPpjqs', '3088102146225135'],
  },
}
