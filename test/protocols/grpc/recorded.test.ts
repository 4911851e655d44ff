/** Messages on their way to fixtures: decoded for the desensitizer, masked, written as documents that encode again. */
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Exchange, Word } from '../../../src/core/exchange.ts'
import { desensitize } from '../../../src/desensitize/desensitize.ts'
import { parsePolicy } from '../../../src/desensitize/policy-file.ts'
import type { Session } from '../../../src/desensitize/session.ts'
import { envelope } from '../../../src/protocols/grpc/codec/envelope.ts'
import { load, restore } from '../../../src/protocols/grpc/definitions/load.ts'
import { grpcFixture } from '../../../src/protocols/grpc/fixture/fixture.ts'
import { grpcDefinitions } from '../../../src/protocols/grpc/schema.ts'
import { maskedPlaces } from '../../../src/record/masked-places.ts'
import { testSession } from '../../desensitize/tools.ts'
import { compilers } from '../../matchers/tools.ts'
import { crmProto } from '../../support/crm.ts'

const { definitions } = await load(
  {
    service: 'crm',
    root: '/',
    files: [{ path: crmProto, shown: crmProto }],
    importPaths: [],
    reflection: false,
    upstream: undefined,
    tls: undefined,
  },
  undefined as never,
)
// As the recording thread has them: handed over as plain data.
const own = restore(structuredClone(grpcDefinitions(definitions)!.portable()))
const customer = own.type('crm.Customer')!
const policy = { headers: [], volatile: new Set<string>(), comparedAtMost: 64 * 1024 }

/** A unary call with its reply as they were on the wire. */
const exchange = (reply: Uint8Array, request = own.type('crm.GetRequest')!.encode({ id: 1 })): Exchange => ({
  protocol: 'grpc',
  service: 'crm',
  version: '1.0.0',
  operation: 'crm.Customers/Get',
  request: {
    target: '/crm.Customers/Get',
    headers: ['content-type', 'application/grpc'],
    bodies: [{ kind: 'bytes', bytes: envelope(request) }],
  },
  reply: {
    status: 200,
    headers: ['content-type', 'application/grpc'],
    trailers: ['grpc-status', '0'],
    bodies: [{ kind: 'bytes', bytes: envelope(reply) }],
  },
})

type Described =
  | {
      readonly response: Record<string, never>
      readonly notes: readonly string[]
      readonly types: Record<string, string>
    }
  | { readonly why: string }

/** What a mock file says of the reply, or why it says nothing; and what was masked, by path. */
const described = (reply: Uint8Array, session: Session = testSession()): Described => {
  const decoded = grpcFixture.decode!(exchange(reply), own)
  if ('skipped' in decoded) return { why: decoded.skipped }
  if (!decoded.ok) return { why: decoded.problem }
  const cleaned = desensitize(decoded.value, session)
  if (cleaned.kind === 'quarantine')
    return { why: cleaned.reasons.map(({ path, reason }) => `${path}: ${reason}`).join() }
  const beside = { at: 0, masked: { fields: new Map(), segments: new Map() }, definitions: own }
  const parts = grpcFixture.describe(cleaned.exchange, beside, policy)
  if ('skipped' in parts) return { why: parts.skipped }
  const [one] = [parts].flat()
  const types = Object.fromEntries(cleaned.masked.map(({ path, type }) => [path, type]))
  return { response: one!.response as never, notes: one!.notes, types }
}

const messageOf = (reply: object, session?: Session): Record<string, unknown> => {
  const told = described(customer.encode(reply), session)
  if ('why' in told) throw new Error(told.why)
  return told.response['message']!
}

const whyOf = (told: Described): string => ('why' in told ? told.why : '')

describe('a recorded message', () => {
  it('leaves out what the definitions do not know, and says so', () => {
    // Field 99: a text. Field 31 is a message, and has one too.
    const text = Buffer.from('13800138000')
    const field = Buffer.concat([Buffer.from([0x9a, 0x06, text.length]), text])
    const inner = Buffer.concat([Buffer.from([0xfa, 0x01, field.length]), field])
    const told = described(Buffer.concat([customer.encode({ id: 7 }), field, inner]))
    expect(told).toMatchObject({
      response: { message: { id: 7, referrer: {} } },
      notes: ['crm.Customer #99 is not in the definitions and is left out'],
    })
    expect(JSON.stringify(told)).not.toContain('13800138000')
  })

  it('is quarantined where nobody can look into it', () => {
    const any = own.type('google.protobuf.Any')!
    expect(any.document(any.encode({}))).toEqual({})
    const bytes = (field: number, value: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from([((field << 3) % 128) | 2 | 0x80, field >> 4, value.length]), value])
    const url = Buffer.from('type.googleapis.com/acme.Unknown')
    const unknown = bytes(
      14,
      Buffer.concat([Buffer.from([0x0a, url.length]), url, Buffer.from([0x12, 1, 0])]),
    )
    expect(whyOf(described(unknown))).toBe('crm.Customers/Get: an Any of a type that no definition names')
    const noise = { note: Buffer.from([1, 2, 3, 250, 251, 252, 0, 9]).toString('base64') }
    expect(whyOf(described(customer.encode(noise)))).toBe('reply.body.note: bytes of no known form')
    const kept = parsePolicy('fields: { body.note: keep }', 'desensitize.yaml').policy
    expect(messageOf(noise, testSession(kept))).toEqual(noise)
    const dropped = parsePolicy('fields: { body.note: drop }', 'desensitize.yaml').policy
    expect(messageOf(noise, testSession(dropped))).toEqual({ note: '' })
    expect(whyOf(described(Buffer.from([0x0a, 200])))).toBe(
      'crm.Customers/Get: a message that is no crm.Customer',
    )
  })

  it('masks whatever stands in a field with debug_redact, and nothing else the more for it', () => {
    const session = testSession(parsePolicy("fields: { '**': keep }", 'desensitize.yaml').policy)
    const message = messageOf(
      {
        id: 5,
        ssn: 'yes',
        pin_block: 12,
        flagged: true,
        memo: 'yes',
        secret: {
          answer: '{"a": "{}"}',
          number: '9007199254740993',
          amount: 1e-7,
          key: 'AQID',
          tier: 'GOLD',
          more: { a: 'b' },
          words: ['no', 'true'],
        },
      },
      session,
    )
    expect(message).toEqual({
      id: 5,
      ssn: expect.stringMatching(/^zq.$/),
      pinBlock: expect.any(Number),
      memo: 'yes',
      secret: {
        answer: expect.stringMatching(/^zqxj/),
        number: expect.anything(),
        amount: expect.any(Number),
        words: [expect.stringMatching(/^z.$/), expect.stringMatching(/^zqx.$/)],
      },
    })
    expect(String(message['pinBlock'])).toMatch(/^9\d$/)
    // As many digits, and a number still.
    expect(String((message['secret'] as { number: unknown }).number)).toMatch(/^9{8}\d{8}$/)
    expect((message['secret'] as { amount: number }).amount).not.toBe(1e-7)
  })

  it('knows fields by both of their names, and what is packed inside', () => {
    const passport = {
      '@type': 'type.googleapis.com/crm.Passport',
      passport_no: 'E12345678',
      phone: '13800138000',
    }
    const message = messageOf({
      mobilePhone: '13500135000',
      extra: passport,
      attributes: { idCard: '11010519491231002X', n: 12.5, list: [{ phone: '13800138000' }], none: null },
      nick: '13800138000',
      card: '6222021234567890128',
      note: Buffer.from('{"phone":"13800138000"}').toString('base64'),
      by_number: { 13800138000: 'PAID' },
      tier: 'K7Q2XM9ZTB4',
      patience: '1.5s',
      mask: 'name,secret.answer',
      birthday: '1990-03-07T00:00:00Z',
    })
    const phone = message['nick'] as string
    expect(phone).toMatch(/^19999\d{6}$/)
    expect(message).toMatchObject({
      mobilePhone: expect.stringMatching(/^19999\d{6}$/),
      extra: { '@type': 'type.googleapis.com/crm.Passport', phone },
      attributes: { idCard: expect.stringMatching(/^910\d{3}19/), n: 12.5, list: [{ phone }], none: null },
      byNumber: { [phone]: 'PAID' },
      tier: 'K7Q2XM9ZTB4',
      patience: '1.500s',
      mask: 'name,secret.answer',
      birthday: expect.stringMatching(/^1990-(?!03-07)\d\d-\d\dT00:00:00Z$/),
    })
    expect(message['extra']).toMatchObject({ passportNo: expect.stringMatching(/^E999\d{5}$/) })
    expect(String(message['card'])).toMatch(/^622202\d{13}$/)
    expect(JSON.parse(Buffer.from(message['note'] as string, 'base64').toString())).toEqual({ phone })
  })

  it('looks into messages that stand in bytes, and writes their lengths anew', () => {
    const inner = {
      id: 7,
      mobile: 13_800_138_000,
      memo: 'call 13900139000 now',
      referrer: { wechat: 'zhang.wei@corp-real.cn' },
      latitude: 1.5,
    }
    const note = Buffer.from(customer.encode(inner)).toString('base64')
    const message = messageOf({ note })
    const read = customer.document(Buffer.from(message['note'] as string, 'base64')) as Record<
      string,
      unknown
    >
    expect(read).toMatchObject({
      id: 7,
      mobile: expect.any(Number),
      memo: expect.stringMatching(/ 19999\d{6} /),
      referrer: { wechat: expect.stringMatching(/^u\w+@example\.com$/) },
      latitude: 1.5,
    })
    expect(String(read['mobile'])).toMatch(/^19999\d{6}$/)
    expect(JSON.stringify(read)).not.toMatch(/13900139000|zhang/)
    // What nothing is to be masked in keeps its bytes.
    const plain = Buffer.from(customer.encode({ id: 7, memo: 'PAID' })).toString('base64')
    expect(messageOf({ note: plain })).toEqual({ note: plain })
  })

  it('takes a name from the .proto file where JSON calls the field otherwise', () => {
    const told = described(customer.encode({ f32: '张伟', memo: '张伟来了' }))
    expect(told).toMatchObject({ types: { 'reply.body.f32': 'person-name' } })
    expect(JSON.stringify(told)).not.toContain('张伟')
  })

  it('is not left to another thread half known', () => {
    expect([...own.methods.keys()]).toEqual([...grpcDefinitions(definitions)!.methods.keys()])
    expect(Object.keys(new Word('x'))).toEqual([])
  })
})

const int = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, max - 1n, 13_800_138_000n % (max + 1n)))
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '13800138000',
    '11010519491231002X',
    '张伟',
    'zhang.wei@corp.cn',
    'call 13900139000',
    '${{ x }}',
    'A1B2C3D4E5F6',
  ),
)
const key = text.filter((one) => one !== '__proto__')
const limits = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const
const number = (type: keyof typeof limits) =>
  int(limits[type][0], limits[type][1]).map((one) => (type.endsWith('32') ? Number(one) : one))
const time = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((one) => one.toISOString())
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
/** JSON has no number for these. */
const named = (one: number): number | string => (Number.isFinite(one) ? one : String(one))
const address = fc.record({ street: text, phone: text }, { requiredKeys: [] })
const anyCustomer = fc.record(
  {
    id: number('int64'),
    name: text,
    mobile: number('int64'),
    ssn: text,
    pin_block: number('int32'),
    flagged: fc.boolean(),
    tier: fc.constantFrom('GOLD', 'K7Q2XM9ZTB4', 7),
    note: text.map((one) =>
      Buffer.from(one.replace(/[\x00-\x1f\x7f\ud800-\udfff]/gu, '')).toString('base64'),
    ),
    contacts: fc.dictionary(key, address, { maxKeys: 3 }),
    by_number: fc
      .array(fc.tuple(number('int64'), text), { maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs.map(([one, two]) => [String(one), two]))),
    email: text,
    mobilePhone: text,
    extra: fc
      .record({ passport_no: text, phone: text })
      .map((one) => ({ '@type': 'type.googleapis.com/crm.Passport', ...one })),
    attributes: fc.dictionary(key, json.value, { maxKeys: 3 }),
    nick: text,
    card: number('int64'),
    birthday: time,
    patience: fc.integer({ min: -1000, max: 1000 }).map((one) => `${one}s`),
    mask: fc.constantFrom('name', 'name,secret.answer', ''),
    account_no: number('uint32'),
    serial: number('uint64'),
    qq: number('int32'),
    latitude: fc.double().map(named),
    ratio: fc.float().map(named),
    memo: text,
    secret: fc.record(
      {
        answer: text,
        number: number('int64'),
        amount: fc.double().map(named),
        words: fc.array(text, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    huge: number('int64'),
    counts: fc.array(number('int32'), { maxLength: 3 }),
  },
  { requiredKeys: [] },
)

/** What protobuf-es makes of the bytes, which knows nothing of this. */
const registry = createFileRegistry({
  $typeName: 'google.protobuf.FileDescriptorSet',
  file: grpcDefinitions(definitions)!
    .filesOfSymbol('crm.Customers')!
    .map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
    .reverse(),
} as FileDescriptorSet)

it('whatever was masked in it, a message is still one of its type', () => {
  let recorded = 0
  fc.assert(
    fc.property(anyCustomer, (given) => {
      const told = described(customer.encode(given), testSession())
      if ('why' in told) {
        // What cannot be read or cleaned is refused with a reason, and never for what masking made of it.
        expect(told.why).not.toContain('cannot be written')
        return
      }
      recorded++
      const bytes = customer.encode(told.response['message'])
      fromBinary(registry.getMessage('crm.Customer')!, bytes)
      const before = customer.document(customer.encode(given)) as Record<string, unknown>
      const after = customer.document(bytes) as Record<string, unknown>
      for (const name of ['tier', 'patience', 'mask'] as const) expect(after[name]).toEqual(before[name])
      // Sensitive fields never stay; short ones may look like a fake before.
      for (const name of ['ssn'] as const)
        if (
          String(before[name] ?? '').trim().length > 3 &&
          !/zq|svcmock|facade|^9/i.test(String(before[name]))
        )
          expect(after[name]).not.toBe(before[name])
    }),
    { numRuns: 200 },
  )
  expect(recorded).toBeGreaterThan(80)
})

it('asks for what was sent, so that the same call is answered again', () => {
  const input = own.methods.get('crm.Customers/Import')!.input
  let recorded = 0
  fc.assert(
    fc.property(fc.array(anyCustomer, { minLength: 1, maxLength: 3 }), (given) => {
      const session = testSession()
      const plain = exchange(own.type('crm.Imported')!.encode({ count: given.length }))
      const body = Buffer.concat(given.map((one) => envelope(customer.encode(one))))
      const dirty: Exchange = {
        ...plain,
        operation: 'crm.Customers/Import',
        request: { ...plain.request, bodies: [{ kind: 'bytes', bytes: body }] },
      }
      const decoded = grpcFixture.decode!(dirty, own)
      if ('skipped' in decoded || !decoded.ok) throw new Error('it cannot be decoded')
      const cleaned = desensitize(decoded.value, session)
      if (cleaned.kind === 'quarantine') return
      const masked = maskedPlaces(decoded.value, cleaned.exchange, cleaned.masked)
      const parts = grpcFixture.describe(
        cleaned.exchange,
        { at: Date.now(), masked, definitions: own },
        policy,
      )
      if ('skipped' in parts) throw new Error(parts.skipped)
      const [{ request } = { request: {} as Record<string, unknown> }] = [parts].flat()
      recorded++
      const condition = compilers.json(input.listConditions(request['messages']))
      const [sent] = cleaned.exchange.request.bodies
      const fakes = (sent?.kind === 'fields' ? (sent.value as unknown[]) : []).map((one) =>
        input.document(input.encode(input.written(one))),
      )
      expect(fakes).toHaveLength(given.length)
      expect(condition.mismatch(fakes)).toBeUndefined()
    }),
    { numRuns: 100 },
  )
  expect(recorded).toBeGreaterThan(35)
})
