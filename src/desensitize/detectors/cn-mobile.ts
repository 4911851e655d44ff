/**
 * Mainland mobile numbers. Segments keep growing, so 1 and 3 to 9 is all that is asked. Fakes lie in 199-99, which is
 * not assigned (to be looked at again each year) and which libphonenumber and validator.js accept.
 */
import { type Detector, plainDigits } from './detector.ts'

const form = /^(?:00)?(?:86)?(1[3-9]\d{9})$/

export const cnMobile: Detector = {
  type: 'cn-mobile',
  title: 'mobile number',
  kind: 'personal',
  names: [
    ...[
      'mobile',
      'mobileno',
      'mobilephone',
      'phone',
      'phoneno',
      'phonenumber',
      'cellphone',
      'cell',
      'msisdn',
      'tel',
    ],
    ...['telephone', 'telno', 'telnumber', 'contactphone', 'contactway', 'callernumber', 'whatsapp'],
    ...['手机', '手机号', '手机号码', '联系电话', '联系方式', '电话', '电话号码', '移动电话', '预留手机'],
    ...[
      'shouji',
      'shoujihao',
      'shoujihaoma',
      'sjh',
      'sjhm',
      'lxdh',
      'lxfs',
      'dianhua',
      'dianhuahaoma',
      'yddh',
    ],
  ],
  fits: (text) => form.test(plainDigits(text)),
  number: {
    lengths: [11, 13, 15],
    accepts: (compact) => form.test(compact),
  },
  canon: (text) => form.exec(plainDigits(text))?.[1] ?? plainDigits(text),
  isFake: (canon) => canon.startsWith('19999'),
  fake: (_canon, draw) => `19999${draw.digits(6)}`,
  samples: {
    sensitive: [
      'call ⟦13800138000⟧ now',
      '⟦138-0013-8000⟧',
      '⟦138 0013 8000⟧',
      '⟦138.0013.8000⟧',
      '+⟦86-138-0013-8000⟧',
      '+⟦86 138 0013 8000⟧',
      '+⟦8613800138000⟧',
      '⟦１３８００１３８０００⟧',
      '⟦1 3 8 0 0 1 3 8 0 0 0⟧',
      '手机⟦13912345678⟧，请回电',
      '⟦138​0013​8000⟧',
    ],
    named: [['contact_phone', '13800138000']],
    harmless: [
      '1700000000000',
      '12345678901',
      'a13800138000',
      '138001380001',
      '2024-11-21',
      '19999123456',
      '+8619999123456',
    ],
  },
}
