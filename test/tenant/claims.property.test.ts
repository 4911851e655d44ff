/** Claims that are let in never overlap, and those that are refused really can. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyConditions, textConditions } from '../../src/app/text-conditions.ts'
import { type Claim, overlap, valuesOf } from '../../src/core/claim.ts'
import { Claims } from '../../src/tenant/claims.ts'
import { aCall } from '../support/library.ts'

const compile = textConditions()
const values = ['1', '2', '3', 'ab', 'b']
const names = ['x-user-id', 'x-team']

const value = fc.constantFrom(...values)
const listed = fc.oneof(
  value,
  fc.array(value, { minLength: 1, maxLength: 3 }).map(($oneOf) => ({ $oneOf })),
)
const open = fc.constantFrom<unknown>(
  { $matches: '[12]' },
  { $matches: 'a.*' },
  { $contains: 'b' },
  { $absent: true },
  { $absent: false },
  { $doesNotMatch: '\\d' },
  { $greaterThan: 1 },
)

const claimOf = (tenant: string, specs: Readonly<Record<string, unknown>>): Claim => ({
  tenant,
  tests: Object.entries(specs).map(([name, spec]) => ({
    section: 'headers',
    name,
    condition: compile(spec),
  })),
})

const specs = (condition: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...names), condition, { minKeys: 1, maxKeys: 2 })

/** Every call that sends each header at most once. */
const everyCall = [undefined, ...values, 'zz'].flatMap((user) =>
  [undefined, ...values, 'zz'].map((team) => [
    ...(user === undefined ? [] : [names[0]!, user]),
    ...(team === undefined ? [] : [names[1]!, team]),
  ]),
)

const claims = (claim: Claim, headers: readonly string[]): boolean =>
  new Claims([claim]).tenantOf(aCall({ target: '/', headers: [...headers] })) === claim.tenant

describe('claims of two tenants', () => {
  it('claim no call both when they are told apart', () => {
    fc.assert(
      fc.property(specs(fc.oneof(listed, open)), specs(fc.oneof(listed, open)), (one, other) => {
        const alice = claimOf('alice', one)
        const bob = claimOf('bob', other)
        expect(overlap(alice, bob)).toBe(overlap(bob, alice))
        fc.pre(!overlap(alice, bob))
        for (const headers of everyCall) expect(claims(alice, headers) && claims(bob, headers)).toBe(false)
      }),
    )
  })

  it('that name all their values are refused only where a call of both exists', () => {
    fc.assert(
      fc.property(specs(listed), specs(listed), (one, other) => {
        const alice = claimOf('alice', one)
        const bob = claimOf('bob', other)
        const both = everyCall.some((headers) => claims(alice, headers) && claims(bob, headers))
        expect(overlap(alice, bob)).toBe(both)
      }),
    )
  })

  it('are found by the hash as by looking at each', () => {
    const many = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), specs(fc.oneof(listed, open))), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(many, fc.constantFrom(...everyCall), (list, headers) => {
        const all = list.map(([tenant, spec]) => claimOf(tenant, spec))
        const matching = new Set(all.filter((claim) => claims(claim, headers)).map(({ tenant }) => tenant))
        const found = new Claims(all).tenantOf(aCall({ target: '/', headers: [...headers] }))
        expect(found).toBe(matching.size === 1 ? [...matching][0] : undefined)
      }),
    )
  })
})

describe('claims on bodies', () => {
  const compileBody = bodyConditions()
  const scalars = [1, 2, '1', 'b', true, null]
  const fields = ['user', 'team']
  const oneOf = fc
    .array(fc.constantFrom(...scalars), { minLength: 1, maxLength: 3 })
    .map(($oneOf) => ({ $oneOf }))
  const condition = fc.oneof(
    fc.constantFrom(...scalars),
    oneOf,
    fc.constantFrom<unknown>({ $greaterThan: 1 }, { $matches: '[1b]' }, { $absent: true }),
  )
  const bodies = fc.dictionary(fc.constantFrom(...fields), condition, { minKeys: 1, maxKeys: 2 })
  const bodyClaim = (tenant: string, spec: unknown, services?: readonly string[]): Claim => ({
    tenant,
    tests: [{ section: 'body', condition: compileBody(spec) }],
    services: services && new Set(services),
  })
  /** As JSON and, where that can be, as a form. */
  const everyBody = [undefined, ...scalars, 3].flatMap((user) =>
    [undefined, ...scalars, 3].flatMap((team) => {
      const document = { ...(user !== undefined && { user }), ...(team !== undefined && { team }) }
      const form = new URLSearchParams(Object.entries(document).map(([name, one]) => [name, String(one)]))
      return [
        { body: JSON.stringify(document), headers: ['content-type', 'application/json'] },
        { body: String(form), headers: ['content-type', 'application/x-www-form-urlencoded'] },
      ]
    }),
  )
  const holds = async (claim: Claim, sent: (typeof everyBody)[number]): Promise<boolean> =>
    (await new Claims([claim]).tenantOf(aCall({ method: 'POST', target: '/', ...sent }))) === claim.tenant

  it('claim no call both when they are told apart', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, bodies, async (one, other) => {
        const [alice, bob] = [bodyClaim('alice', one), bodyClaim('bob', other)]
        expect(overlap(alice, bob)).toBe(overlap(bob, alice))
        fc.pre(!overlap(alice, bob))
        for (const sent of everyBody)
          expect((await holds(alice, sent)) && (await holds(bob, sent))).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('are told apart by their services, and never from a claim on something else', () => {
    const one = bodyClaim('alice', { user: 1 }, ['stock'])
    expect(overlap(one, bodyClaim('bob', { user: 1 }, ['orders']))).toBe(false)
    expect(overlap(one, bodyClaim('bob', { user: 1 }))).toBe(true)
    expect(overlap(one, bodyClaim('bob', { user: '1' }))).toBe(true)
    expect(overlap(one, claimOf('bob', { 'x-user-id': '1' }))).toBe(true)
  })
})

it('a call that holds what two tenants claim is nobody’s', () => {
  const both = new Claims([claimOf('alice', { 'x-user-id': '1' }), claimOf('bob', { 'x-user-id': '2' })])
  expect(both.tenantOf(aCall({ target: '/', headers: ['x-user-id', '1', 'x-user-id', '2'] }))).toBeUndefined()
})

it('values are known of equalities only', () => {
  expect(valuesOf(compile('a'))).toEqual(['a'])
  expect(valuesOf(compile({ $oneOf: ['a', 'b'] }))).toEqual(['a', 'b'])
  expect(valuesOf(compile({ $contains: 'a' }))).toBeUndefined()
})
