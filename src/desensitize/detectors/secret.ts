/** Passwords, tokens, keys and codes, known by their fields. One-way: two places with one secret get one fake, no more. */
import type { Detector } from './detector.ts'
import { isPlaceholder, isSecretFake } from './secret-shape.ts'
import { tokenFake } from './token-fake.ts'

export const secret: Detector = {
  type: 'secret',
  title: 'secret',
  kind: 'secret',
  shared: true,
  names: [
    ...['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'secret', 'token', 'apikey', 'appkey', 'appsecret'],
    ...['accesskey', 'accesskeyid', 'accesskeysecret', 'secretkey', 'secretid', 'privatekey', 'clientsecret', 'credential'],
    ...['credentials', 'session', 'sessionid', 'sessionkey', 'sid', 'jsessionid', 'phpsessid', 'ticket', 'sign'],
    ...['signature', 'otp', 'captcha', 'verifycode', 'verificationcode', 'smscode', 'authcode', 'validatecode', 'pin'],
    ...['pincode', 'paypwd', 'paypassword', 'tradepwd', 'tradepassword', 'loginpwd', 'cvv', 'cvv2', 'cvn', 'cvn2', 'cvc'],
    ...['securitycode', 'accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'csrftoken', 'xsrftoken', 'bearer', 'jwt'],
    ...['authorization', 'proxyauthorization', 'auth', 'encryptkey', 'aeskey', 'signkey', 'hmac', 'mackey', 'track2'],
    ...['wssepassword', 'subscriptionkey', 'webhooksecret', 'totp', 'mnemonic', 'seedphrase', 'answer', 'securityanswer'],
    ...['密码', '口令', '密钥', '私钥', '令牌', '验证码', '支付密码', '交易密码', '登录密码', '安全码', '签名', '短信验证码', '校验码', '票据'],
    ...['mima', 'kouling', 'miyao', 'siyao', 'lingpai', 'yanzhengma', 'yzm', 'dxyzm', 'zfmm', 'jymm', 'dlmm', 'qianming', 'mm'],
  ],
  fits: (text) => !isPlaceholder(text),
  canon: (text) => text,
  isFake: isSecretFake,
  fake: tokenFake,
  render: (fake) => fake,
  samples: {
    sensitive: [],
    named: [
      ['password', 'zhang123456'],
      ['mima', 'abc123'],
      ['smsCode', '482913'],
      ['client_secret', '0f5b3c2d1e4a69788796a5b4c3d2e1f0'],
      ['密码', '你好world1'],
    ],
    harmless: ['zhang123456', 'tokenization is a word'],
  },
}
