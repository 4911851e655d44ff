/** A value that is told by the name of one field stands elsewhere too, before or behind, in one exchange or in two, in any form. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type CleanExchange, desensitize, revise } from '../../src/desensitize/desensitize.ts'
import type { Policy } from '../../src/desensitize/policy.ts'
import { bodyText, exchange, testSession } from './tools.ts'

const values: Readonly<Record<string, string>> = {
  phone: '13812345678',
  realName: '张伟明',
  contactName: '李雷',
  acctNo: '12345678901234567',
  password: 'hunter2!x',
  loginPwd: 'Summer2024',
  openid: 'oABCDEFGHIJKLMNOPQRSTUVWXYZ1',
  smsCode: '482913',
  pin: '4829',
  birthday: '1990-05-12',
  plateNo: '京A12345',
  idNo: 'AB1234567',
}

const digest = (name: string, text: string): string => createHash(name).update(text).digest('hex')
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
const units = (text: string): string =>
  [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const json = JSON.stringify

/** As a whole field, which also short values are looked for in. */
const wholeFields: Readonly<Record<string, (value: string) => string | undefined>> = {
  'an unknown field': (value) => json({ zzq: value }),
  'a harmless field': (value) => json({ status: value }),
  'a key': (value) => json({ m: { [value]: 1 } }),
  'a number': (value) => (/^[1-9]\d+$/.test(value) ? `{"count":${value}}` : undefined),
  escapes: (value) => `{"status":"${units(value)}"}`,
  'full-width signs': (value) => json({ status: wide(value) }),
  'a list': (value) => json({ codes: [value, 'x'] }),
  'an MD5': (value) => json({ code: digest('md5', value) }),
  'a SHA-1': (value) => json({ code: digest('sha1', value) }),
  'a SHA-256': (value) => json({ code: digest('sha256', value).toUpperCase() }),
}

const within: typeof wholeFields = {
  base64: (value) => json({ type: Buffer.from(`x=${value} ok`).toString('base64') }),
  hexadecimal: (value) => json({ code: Buffer.from(`${value} is it`).toString('hex') }),
  'a sentence': (value) => json({ message: `abc ${value} def` }),
  'an address': (value) => json({ url: `https://h.example.org/${encodeURIComponent(value)}` }),
  'double percent-encoding': (value) => json({ url: encodeURIComponent(encodeURIComponent(value)) }),
  'groups of digits': (value) =>
    /^\d{8,}$/.test(value) ? json({ status: value.replace(/\d{4}(?=\d)/g, '$& ') }) : undefined,
}

const policies: Readonly<Record<string, Partial<Policy>>> = {
  'as a rule': {},
  'where unknown text is kept': { unknown: 'keep' },
  'where the field is kept': {
    fields: ['zzq', 'status', 'message'].map((name) => ({ path: `**.${name}`, action: { do: 'keep' } })),
  },
}

/** What all of it is in the end, when each was revised. */
const recorded = (bodies: readonly string[], policy: Partial<Policy>): string[] => {
  const session = testSession(policy)
  const clean = bodies.map((body): CleanExchange => {
    const outcome = desensitize(exchange({}, { contentType: 'application/json', body }), session)
    if (outcome.kind === 'quarantine') throw new Error(`${body}: ${json(outcome.reasons)}`)
    return outcome.exchange
  })
  return clean.map((one) => {
    const revised = revise(one, session)
    if (revised?.kind === 'quarantine') throw new Error(json(revised.reasons))
    return bodyText((revised?.exchange ?? one).reply)
  })
}

const reading = (text: string): string => {
  const plain = text.replace(/\\u([0-9a-f]{4})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  const packed = [...plain.matchAll(/[A-Za-z0-9+/=]{12,}/g)].flatMap(([run]) => [
    Buffer.from(run, 'base64').toString('utf8'),
    Buffer.from(run, 'hex').toString('utf8'),
  ])
  const all = [plain, ...packed].join('\n').normalize('NFKC')
  return [all, decodeURIComponent(decodeURIComponent(all.replace(/%(?![0-9A-F]{2})/g, '')))].join('\n')
}

describe.each(Object.entries(policies))('%s', (_title, policy) => {
  it.each(Object.entries({ ...wholeFields, ...within }))('%s', (place, write) => {
    for (const [name, value] of Object.entries(values)) {
      const body = write(value)
      if (body === undefined || (value.length < 5 && place in within)) continue
      const named = json({ [name]: value })
      const runs = [[`[${body},${named}]`], [`[${named},${body}]`], [body, named], [named, body]]
      for (const bodies of runs) {
        const text = reading(recorded(bodies, policy).join('\n'))
        expect(text).not.toContain(value)
        expect(text.replace(/(?<=\d)[ -](?=\d)/g, '')).not.toContain(value)
        for (const hash of ['md5', 'sha1', 'sha256'])
          expect(text.toLowerCase()).not.toContain(digest(hash, value))
      }
    }
  })
})

it.each(Object.entries(values))('has one fake, though %s was recognised late', (name, value) => {
  const [before, after] = recorded([json({ zzq: value }), json({ [name]: value })], {}).map(
    (body) => JSON.parse(body) as Record<string, string>,
  )
  expect(before!['zzq']).toBe(after![name])
})

it('keeps exchanges in which a short number stands by chance', () => {
  const [, text] = recorded([json({ pin: '2024' }), json({ day: '2024-11-21', note: 'in 2024' })], {})
  expect(text).toContain('2024-11-21')
})
