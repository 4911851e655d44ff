/** What desensitize.yaml says of a field is done. */
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { desensitize } from '../../src/desensitize/desensitize.ts'
import { encodeGbk } from '../../src/desensitize/layers/gbk.ts'
import { parsePolicy } from '../../src/desensitize/policy-file.ts'
import { bodyText, cleaned, exchange, testSession } from './tools.ts'

const withPolicy = (yaml: string, body: unknown, headers: readonly string[] = []) => {
  const { policy, problems } = parsePolicy(yaml, 'desensitize.yaml')
  expect(problems).toEqual([])
  const clean = cleaned(
    exchange({ headers }, { contentType: 'application/json', body: JSON.stringify(body) }),
    testSession(policy),
  )
  return { body: JSON.parse(bodyText(clean.reply)), headers: clean.request.headers }
}

describe('a field', () => {
  it('is kept, but for values that are known from elsewhere', () => {
    const { body } = withPolicy("fields: { '**.remark': keep }", {
      remark: '苹果手机 13800138000',
      phone: '13900139000',
      more: { remark: '找 13900139000' },
    })
    expect(body.remark).toBe('苹果手机 13800138000')
    expect(body.more.remark).toBe(`找 ${body.phone}`)
  })

  it('is masked as what it is said to be', () => {
    const { body, headers } = withPolicy(
      'fields: { body.nick: { mask: person-name }, header.x-employee: { mask: account-id } }',
      { nick: '张伟' },
      ['X-Employee', 'e-4711'],
    )
    expect(body.nick).toMatch(/^[\u4e00-\u9fff]{2}$/)
    expect(body.nick).not.toBe('张伟')
    expect(headers[1]).toMatch(/^[a-z]-\d{4}$/)
    expect(headers[1]).not.toBe('e-4711')
  })

  it('is emptied', () => {
    const { body } = withPolicy("fields: { 'body.items[*].note': drop, '**.count': drop }", {
      items: [{ note: 'x y', count: 12 }, { note: 'z' }],
      note: 'PAID',
    })
    expect(body).toEqual({ items: [{ note: '', count: 0 }, { note: '' }], note: 'PAID' })
  })

  it('is decided by the last line that fits', () => {
    const { body } = withPolicy(
      "fields: { '**.remark': drop, body.a.remark: keep, 'body.*.b.remark': keep }",
      { remark: 'x y', a: { remark: 'x y', b: { remark: 'x y' } } },
    )
    expect(body).toEqual({ remark: '', a: { remark: 'x y', b: { remark: 'x y' } } })
  })
})

it('unknown text in the query of an address is masked', () => {
  const { body } = withPolicy('unknown: mask', { url: 'http://h/p?thing=odd%20words&b=lovely%20people' })
  expect(body.url).toMatch(
    /^http:\/\/h\/p\?thing=[jkqvwxyz]{3}\+[jkqvwxyz]{5}&b=[jkqvwxyz]{6}\+[jkqvwxyz]{6}$/,
  )
})

it('unknown text is masked unless it is to be kept', () => {
  const text = { zz: '这是一段话', ref: 'AB-99817-x7', state: 'PAID', at: '2024-11-21T10:00:00Z' }
  expect(withPolicy('unknown: keep', text).body).toEqual(text)
  const { body } = withPolicy('unknown: mask', text)
  expect(body).toMatchObject({ state: 'PAID', at: text.at })
  expect(body.zz).toHaveLength(5)
  expect([body.zz, body.ref]).not.toEqual([text.zz, text.ref])
})

const sessionOf = (yaml: string) => {
  const { policy, problems } = parsePolicy(yaml, 'desensitize.yaml')
  expect(problems).toEqual([])
  return testSession(policy)
}

describe('lines for some calls', () => {
  const masked = (yaml: string, service: string, operation: string): unknown => {
    const asked = {
      ...exchange({}, { contentType: 'application/json', body: '{"a":"call me maybe"}' }),
      service,
      operation,
    }
    return JSON.parse(bodyText(cleaned(asked, sessionOf(yaml)).reply)).a
  }
  const yaml = `fields: { body.a: { mask: free-text } }
calls:
  'users GET /users/{id}': { body.a: keep }
  POST: { body.a: drop }
  /files/{rest*}: { body.a: drop }
  acme.Inventory/Get: { body.a: drop }
  stock: { request.body.a: drop }
`

  it.each([
    ['users', 'GET /users/7', 'call me maybe'],
    ['users', 'GET /users/7/orders', undefined],
    ['orders', 'GET /users/7', undefined],
    ['orders', 'POST /orders', ''],
    ['orders', 'GET /files/a/b', ''],
    ['orders', 'acme.Inventory/Get', ''],
    ['orders', 'acme.InventoryXGet', undefined],
    ['stock', 'GET /stock', undefined],
  ])('are in force for those: %s %s', (service, operation, value) => {
    const became = masked(yaml, service, operation)
    if (value !== undefined) expect(became).toBe(value)
    else expect(['call me maybe', '']).not.toContain(became)
  })

  it('that name no calls are told with their place', () => {
    const { problems } = parsePolicy(
      'calls:\n  users orders: {}\n  GET POST: { x: keep }\n',
      'desensitize.yaml',
    )
    expect(problems.map(({ at, message }) => `${at.line} ${message}`)).toEqual([
      '2 "users orders": it names two services',
      '3 "GET POST": it names two methods',
    ])
  })

  it('decide about fields that are named by what stands beside them, too', () => {
    const session = sessionOf(
      "fields: { 'body.list[*].value': keep, body.E.a.k: keep, 'query.u[nick]': keep }",
    )
    const clean = (contentType: string, body: string, target = '/') =>
      cleaned(exchange({ target }, { contentType, body }), session)
    const list = '{"list":[{"value":"x y z","name":"remark"}]}'
    expect(bodyText(clean('application/json', list).reply)).toBe(list)
    const xml = '<E><a k="x y z"/></E>'
    expect(bodyText(clean('text/xml', xml).reply)).toBe(xml)
    expect(clean('text/plain', '', '/q?u[nick]=x%20y%20z').request.target).toBe('/q?u[nick]=x%20y%20z')
  })
})

describe('bytes of no known form', () => {
  const bytes = (text = ''): Buffer =>
    Buffer.concat([Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 7) % 256)), Buffer.from(text)])
  const call = (body: Uint8Array) =>
    exchange({ target: '/labels/7' }, { contentType: 'application/octet-stream', body })
  const keep = () => sessionOf("calls: { 'orders POST /labels/{id}': { reply.body: keep } }")

  it('are quarantined, also where a known value stands in them', () => {
    const session = testSession()
    session.see(session.names.of('mobile').detectors[0]!, '13800138000', '13800138000')
    for (const body of [bytes(), bytes('13800138000')])
      expect(desensitize(call(body), session)).toMatchObject({
        kind: 'quarantine',
        reasons: [{ path: 'reply.body' }],
      })
  })

  it('stay byte for byte where a line keeps them for these calls', () => {
    const { bodies } = cleaned(call(bytes()), keep()).reply
    expect(bodies.map((body) => body.kind === 'bytes' && bytes().equals(body.bytes))).toEqual([true])
    expect(desensitize({ ...call(bytes()), operation: 'POST /other' }, keep()).kind).toBe('quarantine')
  })

  it.each<readonly [string, (text: string) => Uint8Array]>([
    ['as they are', (text) => bytes(text)],
    ['as UTF-16', (text) => Buffer.concat([bytes(), Buffer.from(text, 'utf16le')])],
    [
      'in UTF-16 at an odd byte, high byte first',
      (text) =>
        Buffer.concat([Buffer.from([255]), Buffer.from(text, 'utf16le').swap16(), Buffer.from([0, 255])]),
    ],
    ['as GBK', (text) => Buffer.concat([bytes(), encodeGbk(text)])],
    ['in an archive', (text) => zip(`<t>${text}</t>`.repeat(50))],
  ])('are not kept with a known value in them %s', (_form, plant) => {
    const session = keep()
    session.see(session.names.of('address').detectors[0]!, '浦东新区张江路', '浦东新区张江路')
    const outcome = desensitize(call(plant('浦东新区张江路')), session)
    expect(outcome.kind).toBe('quarantine')
    expect(JSON.stringify(outcome)).not.toContain('张江')
  })

  it('are emptied where a line says so, also if nothing can read them', () => {
    const broken = {
      ...exchange({}, { contentType: 'text/plain', headers: ['content-encoding', 'gzip'], body: 'no gzip' }),
    }
    expect(desensitize(broken, keep()).kind).toBe('quarantine')
    expect(bodyText(cleaned(broken, sessionOf('fields: { body: drop }')).reply)).toBe('')
  })

  it('are fonts, which hold nobody, and stay', () => {
    const font = Buffer.alloc(64)
    font.write('wOF2')
    font.writeUInt32BE(64, 8)
    font.writeUInt16BE(9, 12)
    font.fill(0xfe, 44)
    const { bodies } = cleaned(call(font)).reply
    expect(bodies.map((body) => body.kind === 'bytes' && font.equals(body.bytes))).toEqual([true])
    // Not what only begins like one.
    expect(desensitize(call(font.subarray(0, 60)), testSession()).kind).toBe('quarantine')
  })

  it('are programs, as long as no secret stands in them', () => {
    const wasm = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff, 0xfe]), Buffer.from(text)])
    expect(desensitize(call(wasm('memory')), testSession()).kind).toBe('clean')
    const token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
    expect(desensitize(call(wasm(token)), testSession()).kind).toBe('quarantine')
  })
})

/** One deflated member, as office documents have them. */
const zip = (text: string): Buffer => {
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04', 'latin1')
  header.writeUInt16LE(8, 8)
  header.writeUInt16LE(5, 26)
  return Buffer.concat([
    header,
    Buffer.from('a.xml'),
    deflateRawSync(text),
    Buffer.from('PK\x01\x02\xff', 'latin1'),
  ])
}
