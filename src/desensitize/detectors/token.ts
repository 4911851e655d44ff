/** Tokens that are known by how they begin, wherever they stand. */
import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'
import { isPlaceholder, isSecretFake } from './secret-shape.ts'
import { tokenFake } from './token-fake.ts'
import { tokenRules } from './token-rules.ts'

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Most texts have none of the prefixes, which one expression tells. */
const anyPrefix = new RegExp(tokenRules.map(({ prefix }) => literal(prefix)).join('|'))
const compiled = tokenRules.map(({ prefix, body }) => ({
  prefix,
  regex: new RegExp(`(?<![0-9A-Za-z])${literal(prefix)}(?:${body})`, 'g'),
}))
const scheme =
  /(?<![0-9A-Za-z])(?:Bearer|bearer|BEARER|Token|token|ApiKey|apikey)[ +](?<value>[\w.~+/=-]{12,4096})/g
/** `https://user:password@host`, `redis://:password@host`. */
const userInfo = /(?<=[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,64}:)[^\s:/@"'<>]{3,128}(?=@[\w.-])/gi
const pem = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?<value>(?:(?!-----)[\s\S]){16,20000})-----END/g
/** `password=…` in text, `pwd: …`, `"token":"…"` where nothing else could read the document. */
const assigned =
  /(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|密码|口令|密钥|验证码)["']?\s{0,3}(?:[:=：]|是|为|is)\s{0,3}["']?(?<value>[^\s"'<>,;&，。；]{4,256})/gi

export const token: Detector = {
  type: 'token',
  title: 'token of a known service',
  kind: 'secret',
  shared: true,
  pattern: {
    needs: 0,
    longest: 4,
    find(text, found, { longest, seen }) {
      const take = (start: number, end: number): void => {
        if (!isPlaceholder(text.slice(start, end))) found(start, end)
      }
      if (longest >= 14 && anyPrefix.test(text))
        for (const { prefix, regex } of compiled) if (text.includes(prefix)) eachMatch(text, regex, take)
      if (longest >= 12 && (seen & has.space) !== 0 && /bearer|token|apikey/i.test(text))
        eachMatch(text, scheme, take)
      if ((seen & has.at) !== 0 && text.includes('://')) eachMatch(text, userInfo, take)
      if (text.includes('PRIVATE KEY')) eachMatch(text, pem, take)
      if (
        (seen & (has.colon | has.equals | has.other | has.cjk)) !== 0 &&
        /pass|pwd|secret|token|key|密|令|验证码/i.test(text)
      )
        eachMatch(text, assigned, take)
    },
  },
  canon: (text) => text,
  isFake: isSecretFake,
  fake: tokenFake,
  render: (fake) => fake,
  samples: {
    sensitive: [
      `aws ⟦AKIA${'QYLPMN5HHHFPZAM2'}⟧`,
      `⟦ghp_${'x7Kd9Qw2Lm4Np6Rt8Vz1Bc3Df5Gh7Jk9Ls2Z'}⟧`,
      `⟦AKID${'z8krbsJ5yKBZQpn74WFkmLPx3gnPhESA'}⟧`,
      'Authorization: Bearer ⟦mF_9.B5f-4.1JqM81kdJ⟧',
      'redis://:⟦hunter2secret⟧@cache.corp:6379',
      'https://deploy:⟦pa55word⟧@git.corp.cn/x',
      '-----BEGIN PRIVATE KEY-----⟦MIIEvQIBADANBgkqhkiG9w0BAQEFAASC⟧-----END PRIVATE KEY-----',
      '验证码：⟦482913⟧，五分钟内有效',
      'password=⟦zhang123456⟧',
    ],
    harmless: [
      'https://example.com:8080/a',
      'the token is valid',
      'Bearer token',
      'SKU-1',
      'password=****',
      'ghp_short',
      'AKIASVCMOCKQYLPMN5H',
    ],
  },
}
