/** Records that tenants claim by content, held against a slow reading of the same claims. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyConditions, textConditions } from '../../../../src/app/text-conditions.ts'
import { type MessageClaim, type MessageTest, overlapInMessages } from '../../../../src/core/claim.ts'
import { claimed, filterRecords, tagRecords, Who } from '../../../../src/protocols/kafka/lane/index.ts'
import { type KafkaRecord, readBatches, writeBatch } from '../../../../src/protocols/kafka/records/index.ts'
import { ClaimsOfMessages } from '../../../../src/tenant/message-claims.ts'

const text = textConditions()
const body = bodyConditions()

const bytes = (one: string): Buffer => Buffer.from(one)
const scalars = [1, 2, '1', 'b', true, null]

/** What is wanted of one value: one of these, an expression, or nothing. */
type Wish = readonly unknown[] | 'digit' | undefined
interface Spec {
  readonly tenant: string
  readonly topic: string
  readonly key: Wish
  readonly header: Wish
  readonly user: Wish
  /** `order.id` */
  readonly id: Wish
}

const listed = (values: readonly unknown[]) =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const wish = (values: readonly unknown[]): fc.Arbitrary<Wish> =>
  fc.oneof(fc.constant(undefined), listed(values), fc.constant('digit' as const))
const spec = (tenant: fc.Arbitrary<string>): fc.Arbitrary<Spec> =>
  fc
    .record({
      tenant,
      topic: fc.constantFrom('orders', 'orders', 'o*'),
      key: wish(['1', 'b']),
      header: wish(['1', 'b']),
      user: wish(scalars),
      id: wish(scalars),
    })
    .filter(({ key, header, user, id }) => [key, header, user, id].some((one) => one !== undefined))

const written = (one: Wish): unknown => (one === 'digit' ? { $matches: '\\d' } : { $oneOf: one })

const claimOf = ({ tenant, topic, key, header, user, id }: Spec): MessageClaim => {
  const tests: MessageTest[] = []
  if (key !== undefined) tests.push({ section: 'key', name: '', condition: text(written(key)) })
  if (header !== undefined) tests.push({ section: 'headers', name: 'h', condition: text(written(header)) })
  if (user !== undefined || id !== undefined)
    tests.push({
      section: 'value',
      condition: body({
        ...(user !== undefined && { user: written(user) }),
        ...(id !== undefined && { order: { id: written(id) } }),
      }),
    })
  return {
    tenant,
    topic: text(topic === 'o*' ? { $matches: 'o.*' } : topic),
    topicBegins: topic.replace('*', ''),
    tests,
  }
}

/** The slow reading. */
const wants = (spec: Spec, record: KafkaRecord): boolean => {
  const meets = (wished: Wish, value: unknown): boolean => {
    if (wished === undefined) return true
    // An expression sees numbers as they are written.
    if (wished === 'digit')
      return (typeof value === 'string' || typeof value === 'number') && /^\d$/.test(String(value))
    return wished.includes(value)
  }
  let document: { user?: unknown; order?: { id?: unknown } } | undefined
  try {
    document = JSON.parse(String(record.value ?? '').replace(/^\0..../s, '')) as typeof document
  } catch {
    document = undefined
  }
  if (typeof document !== 'object' || document === null) document = undefined
  if ((spec.user !== undefined || spec.id !== undefined) && document === undefined) return false
  const header = record.headers.find(([name]) => String(name) === 'h')?.[1]
  return (
    meets(spec.key, record.key === null ? undefined : String(record.key)) &&
    meets(spec.header, header == null ? undefined : String(header)) &&
    meets(spec.user, document?.user) &&
    meets(spec.id, document?.order?.id)
  )
}

const whose = (specs: readonly Spec[], record: KafkaRecord): string | undefined => {
  const tag = record.headers.find(([name]) => String(name) === 'svcm-tenant')?.[1]
  if (tag != null) return String(tag)
  const found = new Set(specs.filter((one) => wants(one, record)).map(({ tenant }) => tenant))
  return found.size === 1 ? [...found][0] : undefined
}

const optional = (values: readonly unknown[]) => fc.constantFrom(undefined, ...values)
const value = fc.oneof(
  fc
    .tuple(optional(scalars), optional(scalars), fc.boolean())
    .map(([user, id, registered]) =>
      Buffer.concat([
        registered ? Buffer.from([0, 0, 0, 0, 9]) : Buffer.alloc(0),
        bytes(JSON.stringify({ more: 'x', ...(user !== undefined && { user }), order: { id } })),
      ]),
    ),
  fc.constantFrom(
    null,
    bytes(''),
    bytes('{"user":'),
    bytes('[1]'),
    bytes('1'),
    Buffer.from([0, 1]),
    bytes('\xff'),
  ),
)
const records = fc
  .array(
    fc.record({
      key: fc.constantFrom(null, bytes('1'), bytes('b'), bytes('')),
      value,
      header: fc.constantFrom(undefined, null, bytes('1'), bytes('b'), bytes('c')),
      tag: fc.constantFrom(undefined, undefined, undefined, 'alice', 'dora'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((raw) =>
    raw.map(
      ({ key, value, header, tag }, offsetDelta): KafkaRecord => ({
        attributes: 0,
        timestampDelta: 0,
        offsetDelta,
        key,
        value,
        headers: [
          ...(tag === undefined ? [] : [['svcm-tenant', bytes(tag)] as const]),
          ['other', null],
          ...(header === undefined ? [] : [['h', header] as const]),
        ],
      }),
    ),
  )
const batch = (some: readonly KafkaRecord[], codec: number): Buffer =>
  writeBatch(
    {
      baseOffset: 7n,
      partitionLeaderEpoch: 0,
      attributes: 0,
      lastOffsetDelta: some.length - 1,
      baseTimestamp: 0n,
      maxTimestamp: 0n,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
    },
    some,
    codec,
  )

const whoOf = (specs: readonly Spec[]): Who => {
  const claimant = new ClaimsOfMessages(specs.map(claimOf)).of('bus').on('orders')
  return new Who(claimant === undefined ? {} : { claim: claimed(claimant) })
}

const tenants = fc.constantFrom('alice', 'bob')
const some = fc.array(spec(tenants), { maxLength: 4 })
const codecs = fc.constantFrom(0, 1)

describe('records that are claimed', () => {
  it('are kept by the filter as by looking at each', () => {
    fc.assert(
      fc.property(some, records, codecs, fc.boolean(), (specs, list, codec, untagged) => {
        const wanted = { untagged, tagged: (tenant: string) => tenant === 'alice' }
        const { bytes: out } = filterRecords(batch(list, codec), whoOf(specs), wanted)
        const kept = readBatches(out)
          .filter(({ control }) => !control)
          .flatMap((one) => one.records().map(({ offsetDelta }) => Number(one.baseOffset) + offsetDelta))
        const expected = list.flatMap((record, i) => {
          const tenant = whose(specs, record)
          return (tenant === undefined ? untagged : tenant === 'alice') ? [7 + i] : []
        })
        expect(kept).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('get the tag of whoever claims them, and all others that of whoever produces, or none', () => {
    const producers = fc.constantFrom(undefined, 'carol')
    fc.assert(
      fc.property(some, records, codecs, producers, (specs, list, codec, producer) => {
        const bytesIn = batch(list, codec)
        const { bytes: out, tagged } = tagRecords(bytesIn, producer, whoOf(specs))
        const untouched = new Who()
        const tags: (string | undefined)[] = []
        for (const one of readBatches(out)) {
          expect(one.intact).toBe(true)
          const cursor = (one as unknown as { cursor(): Parameters<Who['of']>[0] }).cursor()
          while (cursor.advance()) tags.push(untouched.of(cursor))
        }
        expect(tags).toEqual(list.map((record) => whose(specs, record) ?? producer))
        expect(tagged).toBe(
          list.filter(
            ({ headers }, i) => tags[i] !== undefined && !headers.some(([name]) => name === 'svcm-tenant'),
          ).length,
        )
        if (tagged === 0) expect(out).toBe(bytesIn)
        expect(readBatches(out).flatMap((one) => one.records().map((record) => record.value))).toEqual(
          readBatches(bytesIn).flatMap((one) => one.records().map((record) => record.value)),
        )
      }),
      { numRuns: 500 },
    )
  })
})

describe('claims on messages of two tenants', () => {
  it('claim no message both when they are told apart', () => {
    let apart = 0
    fc.assert(
      fc.property(spec(fc.constant('alice')), spec(fc.constant('bob')), records, (one, other, list) => {
        const [alice, bob] = [claimOf(one), claimOf(other)]
        expect(overlapInMessages(alice, bob)).toBe(overlapInMessages(bob, alice))
        if (overlapInMessages(alice, bob)) return
        apart++
        for (const record of list) expect(wants(one, record) && wants(other, record)).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect(apart).toBeGreaterThan(20)
  })

  it('are told apart by topics that one of them names', () => {
    const of = (tenant: string, topic: unknown, topicBegins = ''): MessageClaim => ({
      tenant,
      topic: text(topic),
      topicBegins,
      tests: [{ section: 'key', name: '', condition: text({ $matches: 'a.*' }) }],
    })
    expect(overlapInMessages(of('alice', 'orders'), of('bob', 'payments'))).toBe(false)
    expect(overlapInMessages(of('alice', 'orders'), of('bob', { $matches: 'p.*' }))).toBe(false)
    expect(overlapInMessages(of('alice', 'orders'), of('bob', { $matches: 'o.*' }))).toBe(true)
    expect(overlapInMessages(of('alice', { $matches: 'a.*' }), of('bob', { $matches: 'b.*' }))).toBe(true)
    const glob = (tenant: string, begins: string) => of(tenant, { $matches: `${begins}.*` }, begins)
    expect(overlapInMessages(glob('alice', 'orders'), glob('bob', 'pay'))).toBe(false)
    expect(overlapInMessages(glob('alice', 'orders'), glob('bob', 'or'))).toBe(true)
  })

  it('are of the services that they name, and of topics that they name', () => {
    const claims = new ClaimsOfMessages([
      {
        ...claimOf({
          tenant: 'alice',
          topic: 'orders',
          key: ['1'],
          header: undefined,
          user: undefined,
          id: undefined,
        }),
        services: new Set(['bus']),
      },
    ])
    expect(claims.of('other').empty).toBe(true)
    expect(claims.of('bus').on('payments')).toBeUndefined()
    expect(claims.of('bus').on('orders')).toBeDefined()
  })
})
