/** What is sent when fixtures are asked for once more, and what is not. */
import { describe, expect, it } from 'vitest'
import { SvcMockError } from '../../src/core/errors.ts'
import { deadPort } from '../support/upstream.ts'
import { type Call, shortly, space } from './drifting.ts'

const ok = [200, { ok: true }] as const
const mobile = '13800138000'
const fakeIn = (text: string): string => /19999\d{6}/.exec(text)![0]

const refusal = async (work: Promise<unknown>): Promise<SvcMockError> => {
  const error = await work.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SvcMockError)
  return error as SvcMockError
}

describe('a request', () => {
  it('is sent as it was recorded', async () => {
    const form: Call = {
      line: 'POST /form',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=1&b=one+two&a=2',
    }
    const json: Call = {
      line: 'POST /json?page=2&q=a%20b%26c&tag=x&tag=y',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"id":98765432109876543,"list":[1,null,{"deep":true}]}',
    }
    const one = await space({ [form.line]: ok, [json.line]: ok, 'GET /a%2Fb/%7Bc%7D': ok })
    one.write('desensitize.yaml', 'fields: { query.q: keep, body.b: keep }\n')
    await one.record([form, json, 'GET /a%2Fb/%7Bc%7D'])
    const report = await one.drift({ unsafe: true })
    expect(shortly(report.findings)).toEqual([])
    const asked = new Map(one.service.asked.map((each) => [each.line, each]))
    expect([...asked.keys()].sort()).toEqual(['GET /a%2Fb/%7Bc%7D', form.line, json.line].sort())
    expect([...new URLSearchParams(asked.get(form.line)!.body)].sort()).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', 'one two'],
    ])
    expect(asked.get(json.line)!.body).toBe(json.body)
    expect(asked.get(json.line)!.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
    })
  })

  it('that changes something is sent only with --unsafe', async () => {
    const call: Call = {
      line: 'POST /orders',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    }
    const one = await space({ [call.line]: ok, 'GET /orders': ok })
    await one.record([call, 'GET /orders'])
    const { findings, checked } = await one.drift()
    expect(shortly(findings)).toEqual(['notVerifiable not-asked it changes something'])
    expect(findings[0]).toMatchObject({
      operation: 'POST /orders',
      at: { file: 'fixtures/users/1.0.0/post.orders.yaml' },
    })
    expect(checked.map(({ operation }) => operation)).toEqual(['GET /orders'])
    expect(one.service.asked.map(({ line }) => line)).toEqual(['GET /orders'])
  })

  it('gets times and ids of its own, and a signed one is not sent', async () => {
    const call: Call = {
      line: `POST /orders?ts=${Date.now()}&nonce=a1b2c3d4`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sentAt: new Date().toISOString(), requestId: 'r-1234567', v: 1 }),
    }
    const one = await space({})
    const signed = 'GET /signed?sign=0f1e2d3c4b5a'
    one.service.answers = { [call.line]: ok, [signed]: ok }
    await one.record([call, signed])
    const before = Date.now()
    const { findings } = await one.drift({ unsafe: true })
    const [asked] = one.service.asked
    const query = new URL(asked!.line.split(' ')[1]!, 'http://h').searchParams
    expect(Number(query.get('ts'))).toBeGreaterThanOrEqual(before)
    expect(query.get('nonce')).not.toBe('a1b2c3d4')
    const body = JSON.parse(asked!.body) as { sentAt: string; requestId: string; v: number }
    expect(Date.parse(body.sentAt)).toBeGreaterThanOrEqual(before)
    expect(body.requestId).toMatch(/^[0-9a-f]{32}$/)
    expect(body.v).toBe(1)
    expect(one.service.asked).toHaveLength(1)
    expect(shortly(findings)).toContain(
      'notVerifiable not-asked it was signed, which only the program that asked can do',
    )
  })

  it('with a fake is sent with the real value that --values gives, and else not at all', async () => {
    const find: Call = {
      line: 'POST /find?q=a%20b',
      headers: { 'content-type': 'application/json' },
      body: `{"phones":[${mobile}]}`,
    }
    const calls = [
      `GET /users/${mobile}`,
      `GET /users?mobile=${mobile}`,
      `GET /both?mobile=${mobile}&mobile=13900139000`,
    ]
    const one = await space(Object.fromEntries([...calls, find.line].map((line) => [line, ok])))
    await one.record([...calls, find])
    const closed = await one.drift({ unsafe: true })
    expect(one.service.asked).toEqual([])
    expect(closed.findings.map(({ rule, message, hint }) => [rule, message, hint])).toEqual(
      Array(4).fill([
        'not-asked',
        'it asks with a masked value, which the real service does not know',
        'give real values with --values <file>',
      ]),
    )
    const file = one.read('fixtures/users/1.0.0/get.both.yaml')
    const [first, second] = [...file.matchAll(/19999\d{6}/g)].map(([fake]) => fake)
    const own = fakeIn(one.read('fixtures/users/1.0.0/get.users.yaml'))
    const other = first === own ? second! : first!
    const values = new Map([
      [own, mobile],
      [other, '13900139000'],
    ])
    const open = await one.drift({ unsafe: true, values })
    const lines = one.service.asked.map(({ line }) => line)
    for (const line of calls) expect(lines).toContain(line)
    // What is searched for was replaced by filler, for which nobody can give a value.
    expect(shortly(open.findings)).toEqual([
      'notVerifiable not-asked it asks with a masked value, which the real service does not know',
    ])
    expect(lines).not.toContain(find.line)
  })

  it('carries the headers that are given', async () => {
    const one = await space({ 'GET /a': ok })
    await one.record(['GET /a'])
    await one.drift({ headers: [['authorization', 'Bearer t0ken-of-mine-123456']] })
    expect(one.service.asked[0]!.headers['authorization']).toBe('Bearer t0ken-of-mine-123456')
  })

  it('whose body was not recorded is not sent', async () => {
    const call: Call = {
      line: 'PUT /big',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ a: 'x'.repeat(70_000) }),
    }
    const one = await space({ [call.line]: ok })
    await one.record([call])
    expect(shortly((await one.drift({ unsafe: true })).findings)).toEqual([
      'notVerifiable not-asked its request body was not recorded',
    ])
    expect(one.service.asked).toEqual([])
  })

  it('goes below the path of the address that is given', async () => {
    const one = await space({ 'GET /a': ok })
    await one.record(['GET /a'])
    one.service.answers = { 'GET /api/v1/a': ok }
    const provider = new URL(`http://127.0.0.1:${one.service.port}/api/v1`)
    expect((await one.drift({ provider })).findings).toEqual([])
    expect(one.service.asked.map(({ line }) => line)).toEqual(['GET /api/v1/a'])
  })
})

describe('which fixtures', () => {
  it('are those of paths, versions and services', async () => {
    const one = await space({ 'GET /a': ok, 'GET /b': ok })
    await one.record(['GET /a', 'GET /b'])
    await one.record(['GET /a'], { version: '2.0.0' })
    const files = async (options: object): Promise<string[]> =>
      (await one.drift(options)).checked.map(({ at }) => at.file.replace('fixtures/users/', ''))
    const { folder } = one
    expect(await files({})).toEqual(['1.0.0/get.a.yaml', '1.0.0/get.b.yaml', '2.0.0/get.a.yaml'])
    expect(await files({ paths: [`${folder}/fixtures/users/1.0.0/get.b.yaml`] })).toEqual([
      '1.0.0/get.b.yaml',
    ])
    expect(await files({ version: '^2' })).toEqual(['2.0.0/get.a.yaml'])
    expect((await one.drift({ version: '^2' })).skipped).toEqual({ 'other version': 2 })
    const unknown = await refusal(one.drift({ service: 'user' }))
    expect([unknown.code, unknown.hint]).toEqual(['FLAG_INVALID', 'services are users'])
  })

  it('are those of one case, or those of none', async () => {
    const one = await space({ 'GET /a': ok, 'GET /b': ok })
    await one.record(['GET /a'])
    await one.record(['GET /b'], { case: 'rich' })
    const none = await one.drift()
    expect([none.checked.length, none.skipped]).toEqual([1, { 'of a case': 1 }])
    const rich = await one.drift({ case: 'rich' })
    expect(rich.checked.map(({ at }) => at.file)).toEqual(['fixtures/users/1.0.0/get.b@rich.yaml'])
    expect((await refusal(one.drift({ case: 'ritch' }))).hint).toBe('did you mean rich?')
  })

  it('are recorded, not written by hand', async () => {
    const one = await space({ 'GET /a': ok })
    await one.record(['GET /a'])
    one.write(
      'fixtures/users/1.0.0/mine.yaml',
      'mocks: [{ request: { path: /mine }, response: { body: 1 } }]\n',
    )
    const report = await one.drift()
    expect([report.checked.length, report.findings, report.skipped]).toEqual([1, [], {}])
  })

  it('are masked with the key that is there', async () => {
    const one = await space({ 'GET /a': ok })
    await one.record(['GET /a'])
    const path = 'fixtures/users/1.0.0/get.a.yaml'
    one.write(path, one.read(path).replace(/key [0-9a-f]{8}/, 'key 01234567'))
    expect((await one.drift()).skipped).toEqual({ 'masked with another key': 1 })
  })
})

describe('a service that does not answer', () => {
  it('ends the command where it is the only one', async () => {
    const one = await space({ 'GET /a': ok })
    await one.record(['GET /a'])
    const error = await refusal(one.drift({ provider: new URL(`http://127.0.0.1:${await deadPort()}`) }))
    expect([error.code, error.exitCode]).toEqual(['PROVIDER_UNREACHABLE', 3])
  })

  it('is told of where others answer', async () => {
    const one = await space(
      { 'GET /a': ok },
      `  other:\n    upstream: http://127.0.0.1:${await deadPort()}\n`,
    )
    await one.record(['GET /a'])
    const text = one.read('fixtures/users/1.0.0/get.a.yaml')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(`${one.folder}/fixtures/other/1.0.0`, { recursive: true })
    one.write('fixtures/other/1.0.0/get.a.yaml', text.replace('service: users', 'service: other'))
    const { findings, checked } = await one.drift()
    expect(checked.map(({ service }) => service)).toEqual(['users'])
    expect(findings.map(({ rule, service }) => [rule, service])).toEqual([['no-reply', 'other']])
  })

  it('or that breaks off once is told with the place', async () => {
    const one = await space({ 'GET /a': ok, 'GET /b': ok })
    await one.record(['GET /a', 'GET /b'])
    one.service.answers = { 'GET /a': ok, 'GET /b': [0, undefined] }
    const { findings } = await one.drift({ concurrency: 1 })
    expect(findings).toMatchObject([
      { severity: 'violation', rule: 'no-reply', at: { file: 'fixtures/users/1.0.0/get.b.yaml' } },
    ])
  })
})

it('asks nobody without a key, with a wrong one, or in production', async () => {
  const one = await space({ 'GET /a': [200, { mobile }] })
  await one.record(['GET /a'])
  expect((await refusal(one.drift({ env: {} }))).code).toBe('MASK_KEY_MISSING')
  const env = { SVC_MOCK_MASK_KEY: 'f0e0d0c0b0a090807060504030201000f1e1d1c1b1a191817161514131211101' }
  expect((await refusal(one.drift({ env }))).code).toBe('MASK_KEY_INVALID')
  one.write('svc-mock.yaml', 'services: { users: {} }\nguard: { production: [127.0.0.0/8] }\n')
  const provider = new URL(`http://localhost:${one.service.port}`)
  expect((await refusal(one.drift({ provider }))).code).toBe('PRODUCTION_REFUSED')
  expect(one.service.asked).toEqual([])
})
