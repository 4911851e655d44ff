/** E-mail addresses (the usual part of RFC 5322), also with letters of other scripts. Fakes are under example.com (RFC 2606). */

import { has } from '../text/traits.ts'
import { type Detector, eachMatch } from './detector.ts'

const address =
  /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}_%+'-](?:[\p{L}\p{N}._%+'-]{0,62}[\p{L}\p{N}_%+'-])?@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}[\p{L}]{2,24}(?![\p{L}\p{N}@])/gu
/** `icon@2x.png`, `library@1.2.3.js`. */
const files = /@\d[^@]*\.(?:png|jpe?g|gif|svg|webp|css|js|ts|json|map)$/i

const domain = '@example.com'

export const email: Detector = {
  type: 'email',
  title: 'e-mail address',
  kind: 'personal',
  wide: true,
  names: [
    'email',
    'emailaddress',
    'mail',
    'mailbox',
    'useremail',
    'contactemail',
    '邮箱',
    '电子邮箱',
    '邮件地址',
    'youxiang',
    'dzyx',
    'yx',
  ],
  fits: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  pattern: {
    needs: has.at,
    find(text, found) {
      // Only around each @, so that a megabyte of letters costs nothing.
      for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
        const from = Math.max(0, at - 70)
        eachMatch(text.slice(from, at + 260), address, (start, end, [value]) => {
          const own = from + start <= at && at < from + end
          // The password of an address stands before an @ as well.
          if (/:\/\/[^\s/]*:$/.test(text.slice(Math.max(0, from + start - 100), from + start))) return
          if (own && !files.test(value) && !/^git@/i.test(value)) found(from + start, from + end)
        })
      }
    },
  },
  canon: (text) => text.toLowerCase(),
  isFake: (canon) =>
    /@(?:[a-z0-9-]+\.)*(?:example\.(?:com|net|org)|example|test|invalid|localhost)$/.test(canon),
  fake(canon, draw) {
    const local = Math.min(Math.max(canon.length - domain.length - 1, 10), 48)
    return `u${draw.chars('abcdefghijkmnpqrstuvwxyz0123456789', local)}${domain}`
  },
  render: (fake, original) =>
    original === original.toUpperCase() && /[A-Z]/.test(original) ? fake.toUpperCase() : fake,
  samples: {
    sensitive: [
      '⟦zhang.san@corp.com.cn⟧',
      '<⟦li+tag@sub.example.co.uk⟧>',
      'mail:⟦王伟@公司.中国⟧',
      '⟦ZHANG@CORP.CN⟧',
    ],
    named: [['email', 'admin@intranet']],
    harmless: ['icon@2x.png', 'git@github.com', '@alice', 'a@b', 'u1a2b3c4d5e@example.com'],
  },
}
