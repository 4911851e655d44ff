/** One value, one fake: over files, forms, types of numbers and sessions; what is recognised late; what cannot be read. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Chance, newValue } from '../../bench/lib/people.ts'
import { type CleanExchange, desensitize, namesReal, revise } from '../../src/desensitize/desensitize.ts'
import type { Exchange } from '../../src/desensitize/exchange.ts'
import { Ledger } from '../../src/desensitize/ledger.ts'
import { MaskKey } from '../../src/desensitize/mask-key.ts'
import { Session, WrongKey } from '../../src/desensitize/session.ts'
import { bodyText, cleaned, everythingOf, exchange, maskedJson, testKey, testSession } from './tools.ts'

const json = 'application/json'
const parsed = (body: unknown, session = testSession()): Record<string, never> =>
  JSON.parse(maskedJson(JSON.stringify(body), session))

describe('a fake', () => {
  it('is the same in every form of the value', () => {
    const masked = parsed({
      a: { phone: 13_800_138_000 },
      b: { phone: '138-0013-8000' },
      c: { phone: '+8613800138000' },
      d: { phone: '１３８００１３８０００' },
    })
    const { a, b, c, d } = masked as unknown as Record<string, { phone: string | number }>
    const fake = String(a!.phone)
    expect(fake).toMatch(/^19999\d{6}$/)
    expect(b!.phone).toBe(`${fake.slice(0, 3)}-${fake.slice(3, 7)}-${fake.slice(7)}`)
    expect(c!.phone).toBe(`+86${fake}`)
    expect(String(d!.phone).normalize('NFKC')).toBe(fake)
  })

  it('is the same in another session with the same key, and another with another key', () => {
    const body = { idCard: '11010519491231002X', name: 'x' }
    const other = MaskKey.parse(
      'ff'.repeat(8) + '00112233445566778899aabbccddeeff0011223344556677'.slice(0, 48),
    ) as MaskKey
    expect(parsed(body)).toEqual(parsed(body))
    expect(parsed(body, new Session({ key: other, ledger: new Ledger() }))).not.toEqual(parsed(body))
  })

  it.each(['mobile', 'id', 'card', 'name', 'email', 'plate', 'passport'] as const)(
    'of 2,000 different values of %s is another for each, and none of them',
    (kind) => {
      const chance = new Chance(5)
      const values = [...new Set(Array.from({ length: 4_000 }, () => newValue(kind, chance)))].slice(0, 2_000)
      const name = {
        mobile: 'phone',
        id: 'idCard',
        card: 'cardNo',
        name: 'realName',
        email: 'email',
        plate: 'plateNo',
        passport: 'passportNo',
      }[kind]
      const session = testSession()
      const fakes = values.map(
        (value) => (parsed({ [name]: value }, session) as Record<string, string>)[name]!,
      )
      expect(new Set(fakes).size).toBe(values.length)
      expect(fakes.filter((fake) => values.includes(fake))).toEqual([])
      // The ledger keeps them apart and the same on another machine, in another order.
      const { ledger, problems } = Ledger.parse(session.ledger.text())
      expect(problems).toEqual([])
      const elsewhere = testSession({}, ledger)
      expect(
        [...values]
          .reverse()
          .map((value) => (parsed({ [name]: value }, elsewhere) as Record<string, string>)[name]),
      ).toEqual([...fakes].reverse())
    },
  )

  it('keeps number a number with as many digits', () => {
    const text = maskedJson(
      '{"phone":13800138000,"cardNo":6222021234567890128,"smsCode":482913,"big":{"phone":1.3800138e10}}',
    )
    expect(text).toMatch(
      /^\{"phone":19999\d{6},"cardNo":622202\d{13},"smsCode":999\d{3},"big":\{"phone":19999\d{6}\}\}$/,
    )
  })

  it('decides what follows from it', () => {
    const body = {
      idCard: '440308199001101512',
      birthday: '1990-01-10',
      cardNo: '6222021234567890128',
      cardLast4: '0128',
      mobile: '13800138000',
      shown: '138****8000',
      mobileMd5: createHash('md5').update('13800138000').digest('hex'),
      note: `sha ${createHash('sha256').update('13800138000').digest('hex').toUpperCase()}`,
    }
    const masked = parsed(body) as Record<keyof typeof body, string>
    expect(masked.birthday.replaceAll('-', '')).toBe(masked.idCard.slice(6, 14))
    expect(masked.cardLast4).toBe(masked.cardNo.slice(-4))
    expect(masked.shown).toBe(`${masked.mobile.slice(0, 3)}****${masked.mobile.slice(-4)}`)
    expect(masked.mobileMd5).toBe(createHash('md5').update(masked.mobile).digest('hex'))
    expect(masked.note.slice(-64)).toBe(
      createHash('sha256').update(masked.mobile).digest('hex').toUpperCase(),
    )
  })

  it('is not made for what is made up already, or declared to be', () => {
    const body = {
      phone: '19999123456',
      email: 'a@example.com',
      clientIp: '198.18.0.7',
      password: 'SVCMOCK12345',
      realName: '测试员',
    }
    expect(parsed(body, testSession({ testAccounts: ['测试员'] }))).toEqual(body)
  })
})

describe('a value recognised late', () => {
  it('is masked where it stood before, in the same exchange', () => {
    const dirty = exchange(
      { target: '/find?q=zhang3san', contentType: json, body: '{"who":"zhang3san"}' },
      { contentType: json, body: '{"userName":"zhang3san"}' },
    )
    const clean = cleaned(dirty, testSession({ unknown: 'keep' }))
    expect(everythingOf(clean)).not.toContain('zhang3san')
    const name = JSON.parse(bodyText(clean.reply)).userName
    expect(JSON.parse(bodyText(clean.request)).who).toBe(name)
    expect(clean.request.target).toBe(`/find?q=${name}`)
  })

  it('changes what was clean before', () => {
    const session = testSession({ unknown: 'keep' })
    const early = cleaned(
      exchange(
        { target: '/x' },
        {
          contentType: json,
          body: `{"state":"zhang3san","z":"${Buffer.from('-zhang3san-').toString('base64')}"}`,
        },
      ),
      session,
    )
    expect(revise(early, session)).toBeUndefined()
    cleaned(exchange({}, { contentType: json, body: '{"userName":"zhang3san"}' }), session)
    expect(namesReal('fixtures/get-zhang3san.yaml', session)).toBe(true)
    const revised = revise(early, session)
    expect(revised?.kind).toBe('clean')
    expect(everythingOf((revised as { exchange: CleanExchange }).exchange)).not.toContain('zhang3san')
    expect(JSON.stringify(revised)).not.toContain(Buffer.from('-zhang3san-').toString('base64'))
    expect(revise((revised as { exchange: CleanExchange }).exchange, session)).toBeUndefined()
  })
})

describe('what cannot be read is quarantined', () => {
  const reasonsOf = (dirty: Exchange): string => {
    const outcome = desensitize(dirty, testSession())
    expect(outcome.kind).toBe('quarantine')
    return JSON.stringify(outcome)
  }
  it.each([
    ['broken JSON', { contentType: json, body: '{"phone": 13800138000' }, /no JSON/],
    [
      'unknown bytes',
      { contentType: 'application/x-protobuf', body: Buffer.from([8, 0, 250, 3, 1, 200, 9]) },
      /no utf-8 text/,
    ],
    [
      'an unknown coding',
      { contentType: json, headers: ['content-encoding', 'snappy'], body: 'x' },
      /snappy/,
    ],
    ['broken gzip', { contentType: json, headers: ['content-encoding', 'gzip'], body: 'nope' }, /gzip/],
    [
      'a gzip bomb',
      {
        contentType: json,
        headers: ['content-encoding', 'gzip'],
        body: gzipSync(Buffer.alloc(40 * 1024 * 1024)),
      },
      /larger/,
    ],
    [
      'entities of its own',
      { contentType: 'text/xml', body: '<!DOCTYPE r [<!ENTITY p "13800138000">]><r>&p;</r>' },
      /entities/,
    ],
    [
      'multipart without its end',
      { contentType: 'multipart/form-data; boundary=b', body: '--b\r\n\r\n13800138000' },
      /multipart/,
    ],
  ])('%s', (_what, reply, reason) => {
    const reasons = reasonsOf(exchange({}, reply))
    expect(reasons).toMatch(reason)
    expect(reasons).not.toContain('13800138000')
  })
})

describe('only desensitize() makes a CleanExchange', () => {
  const write = (clean: CleanExchange): string => clean.operation
  it('by its type', () => {
    const dirty = exchange({})
    // @ts-expect-error an exchange that was not cleaned cannot be written
    expect(write(dirty)).toBe('POST /orders')
    expect(write(cleaned(dirty))).toBe('POST /orders')
  })
})

describe('documents with named fields', () => {
  it('keep their types, and honour fields that their schema calls sensitive', () => {
    const value = {
      id: 7n,
      phone: 13_800_138_000n,
      inner: { code: 'A-17b', list: ['x'] },
      byName: { '13800138000': true },
    }
    const dirty: Exchange = {
      ...exchange({}),
      reply: { headers: [], bodies: [{ kind: 'fields', value, sensitive: ['inner.code'] }] },
    }
    const [body] = cleaned(dirty).reply.bodies
    expect(body).toMatchObject({
      kind: 'fields',
      value: { id: 7n, inner: { code: expect.stringMatching(/^ZQX/), list: ['x'] } },
    })
    const masked = (body as { value: typeof value }).value
    expect(typeof masked.phone).toBe('bigint')
    expect(Object.keys(masked.byName)).toEqual([String(masked.phone)])
  })
})

describe('keys', () => {
  it.each(['', 'abc', '00'.repeat(32), 'g'.repeat(64), 'ab'.repeat(16)])('refuses %s', (text) => {
    expect(typeof MaskKey.parse(text)).toBe('string')
  })
  it('are told apart, and a ledger takes one only', () => {
    const session = testSession()
    const other = MaskKey.parse(
      Buffer.from(Array.from({ length: 32 }, (_, at) => at * 7)).toString('base64'),
    ) as MaskKey
    expect(session.ledger.text()).toContain(`key ${testKey().id} ${testKey().check}`)
    expect(() => new Session({ key: other, ledger: session.ledger })).toThrow(WrongKey)
  })
})

describe('the ledger', () => {
  const h = (char: string): string => char.repeat(32)
  it('tells what is wrong, with its line', () => {
    const { problems } = Ledger.parse(
      `key 00000000 00000000\ncn-id ${h('a')} 9101\ncn-id ${h('b')} 9101\nnonsense\nkey 11111111 11111111\n`,
    )
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5])
  })
  it('holds no real value and no digest of one', () => {
    const session = testSession()
    maskedJson('{"realName":"张伟","phone":"13800138000","addr":"幸福里小区3栋\\n2单元"}', session)
    const text = session.ledger.text()
    for (const value of ['张伟', '13800138000'])
      for (const trace of [
        value,
        ...['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(value).digest('hex').slice(0, 32)),
      ])
        expect(text).not.toContain(trace)
    expect(Ledger.parse(text).ledger.text()).toBe(text)
  })
})
