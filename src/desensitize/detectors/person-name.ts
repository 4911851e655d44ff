/**
 * Names of people. In Chinese by field, by words before and behind (姓名, 先生), and, under a plain `name`, by
 * surname; in other scripts by field only. Fakes keep length and script and are made of what names are not made of.
 */

import { filler, isFiller } from '../text/filler.ts'
import { has } from '../text/traits.ts'
import { compoundSurnames, rareGiven, surnames } from './chinese-names.ts'
import { type Detector, eachMatch } from './detector.ts'

const chinese = /^[\u3400-\u9fff]{1,6}(?:·[\u3400-\u9fff]{1,8}){0,3}$/
const before =
  /(?:姓名|联系人|收货人|收件人|寄件人|发件人|户名|持卡人|法人|法定代表人|申请人|投保人|被保险人|患者|乘客|经办人)(?:是|为|叫)?\s*[:：]?\s*(?<value>[\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])/g
const behind =
  /(?<![\u4e00-\u9fff])(?<value>[\u4e00-\u9fff]{2,4})(?=(?:先生|女士|小姐|老师|经理)(?![\u4e00-\u9fff]))/g

export const hasSurname = (text: string): boolean =>
  surnames.includes(text[0]!) || compoundSurnames.includes(text.slice(0, 2))

/** Behind the surname nothing but characters that names do not have. */
const isMadeUp = (text: string): boolean => {
  const surname = compoundSurnames.includes(text.slice(0, 2)) && text.length > 2 ? 2 : text.length > 1 ? 1 : 0
  return [...text.slice(surname).replaceAll('·', '')].every((char) => rareGiven.includes(char))
}

const inSentence = (text: string): boolean => text.length >= 2 && hasSurname(text)

export const personName: Detector = {
  type: 'person-name',
  title: 'name of a person',
  kind: 'personal',
  names: [
    ...[
      'realname',
      'truename',
      'custname',
      'customername',
      'clientname',
      'receiver',
      'receivername',
      'recipient',
    ],
    ...[
      'recipientname',
      'consignee',
      'consigneename',
      'contact',
      'contactname',
      'contactperson',
      'contactsname',
    ],
    ...[
      'legalperson',
      'legalpersonname',
      'legalrepresentative',
      'cardholder',
      'cardholdername',
      'holdername',
      'acctname',
    ],
    ...[
      'accountname',
      'payername',
      'payeename',
      'fullname',
      'firstname',
      'lastname',
      'middlename',
      'givenname',
    ],
    ...[
      'familyname',
      'surname',
      'patientname',
      'passengername',
      'guestname',
      'drivername',
      'ownername',
      'membername',
    ],
    ...[
      'employeename',
      'staffname',
      'studentname',
      'applicantname',
      'operatorname',
      'operator',
      'creator',
      'createdby',
      'updatedby',
      'approver',
      'reviewer',
      'assignee',
      'salesman',
      'nickname',
      'displayname',
    ],
    ...[
      'username',
      'loginname',
      'preferredusername',
      'sendername',
      'buyername',
      'sellername',
      'personname',
      'insuredname',
    ],
    ...[
      '姓名',
      '名字',
      '真实姓名',
      '收货人',
      '收件人',
      '联系人',
      '法人',
      '户名',
      '持卡人',
      '客户姓名',
      '客户名称',
      '用户名',
      '昵称',
      '患者姓名',
      '乘客姓名',
      '经办人',
      '操作人',
      '创建人',
      '审批人',
      '负责人',
    ],
    ...[
      'xingming',
      'xm',
      'khmc',
      'khxm',
      'lxr',
      'lianxiren',
      'shouhuoren',
      'shr',
      'faren',
      'frxm',
      'huming',
      'ckr',
      'yhxm',
      'yonghuming',
    ],
  ],
  fits: (text) =>
    !/^(?:system|admin|administrator|root|guest|anonymous|default)$/i.test(text) &&
    (chinese.test(text) || /^(?=.*\p{L})[\p{L}\p{M}\p{N}' .,·_-]{1,60}$/u.test(text)),
  pattern: {
    needs: has.cjk,
    find(text, found) {
      const take = (start: number, end: number): void => {
        if (inSentence(text.slice(start, end))) found(start, end)
      }
      if (/[名人者客]/.test(text)) eachMatch(text, before, take)
      if (/先生|女士|小姐|老师|经理/.test(text)) eachMatch(text, behind, take)
    },
  },
  canon: (text) => text.trim().replace(/\s+/g, ' '),
  isFake: (canon) => (chinese.test(canon) && isMadeUp(canon)) || isFiller(canon),
  fake(canon, draw) {
    if (!chinese.test(canon)) return filler(canon, draw)
    if (canon.length === 1) return draw.char(rareGiven)
    return canon.replace(/[^·]+/g, (part, at: number) => {
      if (at > 0) return draw.chars(rareGiven, part.length)
      const compound = part.length >= 4 || (part.length === 3 && compoundSurnames.includes(part.slice(0, 2)))
      const surname = compound ? compoundSurnames[draw.below(compoundSurnames.length)]! : draw.char(surnames)
      return surname + draw.chars(rareGiven, part.length - surname.length)
    })
  },
  render: (fake) => fake,
  samples: {
    sensitive: ['收货人：⟦王小明⟧，', '⟦李雷⟧先生', '持卡人 ⟦欧阳娜娜⟧'],
    named: [
      ['realName', '张伟'],
      ['khxm', '阿卜杜拉·买买提'],
      ['cardHolder', 'ZHANG SAN'],
    ],
    harmless: ['收货人：', '高峰期', '客户服务', '联系人不存在'],
  },
}
