/** What desensitize.yaml says of a field is done. */
import { describe, expect, it } from 'vitest'
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

it('unknown text is masked unless it is to be kept', () => {
  const text = { zz: '这是一段话', ref: 'AB-99817-x7', state: 'PAID', at: '2024-11-21T10:00:00Z' }
  expect(withPolicy('unknown: keep', text).body).toEqual(text)
  const { body } = withPolicy('unknown: mask', text)
  expect(body).toMatchObject({ state: 'PAID', at: text.at })
  expect(body.zz).toHaveLength(5)
  expect([body.zz, body.ref]).not.toEqual([text.zz, text.ref])
})
