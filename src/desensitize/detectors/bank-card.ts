/**
 * Bank cards and accounts. The issuer's prefix (six digits) stays, since programs look it up; the rest is drawn anew and
 * passes Luhn. Such a fake looks like any card, so it stands in the ledger.
 */
import { isLuhn, luhnCheck } from './checksums.ts'
import { type Detector, plainDigits } from './detector.ts'

/** Prefix and lengths of the schemes (ISO/IEC 7812-1 issuer ranges as published by them). */
const schemes: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2(?:2[2-9]|[3-6]|7[01]))/, [16]],
  [/^3[47]/, [15]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^3(?:0[0-5]|[689])/, [14, 16]],
  [/^6(?:011|4[4-9]|5|0)/, [16]],
]

/** A prefix of two digits lets many other numbers through, so those must be written as cards are. */
const isCard = (digits: string, groups: readonly number[]): boolean => {
  if (!schemes.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits)))
    return false
  if (groups.length > 1 && !/^4(?:,4){2,3}(?:,[1-4])?$|^4,6,[45]$|^6,1[0-3]$|^(?:1,)+1$/.test(groups.join()))
    return false
  return isLuhn(digits) || (/^62/.test(digits) && (digits.length === 16 || digits.length === 19))
}

export const bankCard: Detector = {
  type: 'bank-card',
  title: 'bank card or account',
  kind: 'personal',
  names: [
    ...[
      'bankcard',
      'bankcardno',
      'bankcardnumber',
      'cardno',
      'cardnumber',
      'cardnum',
      'acctno',
      'accountno',
      'acctnumber',
    ],
    ...[
      'accountnumber',
      'bankaccount',
      'bankaccountno',
      'pan',
      'debitcard',
      'creditcard',
      'creditcardno',
      'payeeaccount',
    ],
    ...[
      'payeraccount',
      'bankno',
      '银行卡',
      '银行卡号',
      '卡号',
      '账号',
      '银行账号',
      '帐号',
      '收款账号',
      '付款账号',
    ],
    ...['yhkh', 'yinhangka', 'yinhangkahao', 'kahao', 'zhanghao', 'yhzh', 'skzh', 'fkzh'],
  ],
  fits: (text) => /^[\d\s.·-]{8,40}$/.test(text) && /^\d{8,30}$/.test(plainDigits(text)),
  number: { lengths: [13, 14, 15, 16, 17, 18, 19], accepts: isCard },
  canon: plainDigits,
  isFake: () => false,
  fake(canon, draw) {
    const body = canon.slice(0, 6) + draw.digits(canon.length - 7)
    return body + luhnCheck(body)
  },
  samples: {
    sensitive: [
      '⟦6222021234567890123⟧',
      '⟦4111 1111 1111 1111⟧',
      '⟦5500-0000-0000-0004⟧',
      'card ⟦378282246310005⟧',
      '⟦6222 0212 3456 7890 123⟧',
    ],
    named: [['acctNo', '1202020109900012345']],
    harmless: [
      '4111111111111112',
      '1730000000000000000',
      '20241121000123456789',
      '1732176000000',
      '4111-11111111-1111',
    ],
  },
}
