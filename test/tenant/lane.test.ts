/** What becomes of names and headers in a tenant's lane, and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NameKind } from '../../src/core/lane.ts'
import { isTenantName, tenantNameProblem } from '../../src/core/tenant-name.ts'
import { laneOf } from '../../src/tenant/lane.ts'
import { tagIn } from '../../src/tenant/tag.ts'
import { Tenants } from '../../src/tenant/tenants.ts'

const kinds: readonly NameKind[] = ['key', 'pattern', 'channel', 'group', 'transaction', 'topic', 'queue']
const tag = tagIn('baggage')
const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/).filter(isTenantName)
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString()

describe("a tenant's lane", () => {
  it('names keys, topics and groups', () => {
    const lane = laneOf('alice', tag)
    const named = kinds.map((kind) => [kind, text(lane.rename(kind, Buffer.from('orders')))])
    expect(Object.fromEntries(named)).toEqual({
      key: 'svcm:alice:orders',
      pattern: 'svcm:alice:orders',
      channel: 'svcm:alice:orders',
      group: 'orders.svcm-alice',
      transaction: 'orders.svcm-alice',
      topic: 'svcm.alice.orders',
      queue: 'orders.svcm-alice',
    })
  })

  it('gives back its own names whatever their bytes, and nobody else his', () => {
    fc.assert(
      fc.property(names, names, fc.constantFrom(...kinds), fc.uint8Array(), (mine, other, kind, name) => {
        const lane = laneOf(mine, tag)
        const renamed = lane.rename(kind, name)
        expect(Buffer.from(lane.restore(kind, renamed)!)).toEqual(Buffer.from(name))
        if (mine !== other) expect(laneOf(other, tag).restore(kind, renamed)).toBeUndefined()
      }),
    )
  })

  it('is nothing for the baseline', () => {
    const lane = laneOf('default', tag)
    const name = Buffer.from('orders')
    const metadata = ['accept', '*/*']
    expect(lane.rename('key', name)).toBe(name)
    expect(lane.restore('key', name)).toBe(name)
    expect(lane.tag(metadata)).toBe(metadata)
    expect(lane.accepts(metadata)).toBe(true)
    expect(lane.accepts(['baggage', 'svcm-tenant=alice'])).toBe(false)
  })
})

describe('the tag', () => {
  it.each([
    ['svcm-tenant=alice', 'alice'],
    ['a=1, svcm-tenant = alice ;p=2,b=3', 'alice'],
    ['svcm-tenant=al%69ce', 'alice'],
    ['xsvcm-tenant=bob,svcm-tenant=alice', 'alice'],
    ['svcm-tenant=', undefined],
    ['svcm-tenant=a b', undefined],
    ['svcm-tenant=%zz', undefined],
    ['svcm-tenant=baseline', undefined],
    [`svcm-tenant=${'a'.repeat(64)}`, undefined],
    ['other=alice', undefined],
  ])('is read from %s', (value, tenant) => {
    expect(tag.read(['Baggage', value])).toBe(tenant)
  })

  it('is put before other members, once', () => {
    const lane = laneOf('alice', tag)
    expect(lane.tag(['Host', 'x', 'Baggage', 'a=1;p,b=2'])).toEqual([
      'Host',
      'x',
      'Baggage',
      'svcm-tenant=alice,a=1;p,b=2',
    ])
    expect(lane.tag(['host', 'x'])).toEqual(['host', 'x', 'baggage', 'svcm-tenant=alice'])
  })

  it('that is there stays, also in a second header', () => {
    const tagged = ['baggage', 'svcm-tenant=bob']
    expect(laneOf('alice', tag).tag(tagged)).toBe(tagged)
    const second = ['baggage', 'a=1', 'baggage', 'svcm-tenant=bob']
    expect(laneOf('alice', tag).tag(second)).toBe(second)
  })

  it('can be a header of its own', () => {
    const own = tagIn('x-lane')
    const lane = laneOf('alice', own)
    expect(lane.tag(['host', 'x'])).toEqual(['host', 'x', 'x-lane', 'alice'])
    expect(own.read(['X-Lane', ' alice '])).toBe('alice')
    expect(own.read(['baggage', 'svcm-tenant=alice'])).toBeUndefined()
  })

  it('is found again in whatever baggage it was added to', () => {
    const member = fc.tuple(fc.stringMatching(/^[a-z-]{1,12}$/), fc.stringMatching(/^[!#-+.-:<-~]{0,12}$/))
    const baggage = fc
      .array(member)
      .map((members) => members.map(([key, value]) => `${key}=${value}`).join(','))
    fc.assert(
      fc.property(names, fc.array(baggage, { maxLength: 3 }), (tenant, values) => {
        const tagged = laneOf(tenant, tag).tag(values.flatMap((value) => ['baggage', value]))
        expect(tag.read(tagged)).toBe(tenant)
      }),
    )
  })
})

describe('names of tenants', () => {
  it.each(['alice', 'A1', 'team-a_b.c', 'default', 'a'.repeat(63)])('%s is one', (name) => {
    expect(tenantNameProblem(name)).toBeUndefined()
  })

  it.each(['', '-a', 'a b', 'a:b', 'a*', 'ä', 'a'.repeat(64), 'Baseline', 'store', 'x.svcm-y', 'Default'])(
    '%j is none',
    (name) => {
      expect(tenantNameProblem(name)).toBeDefined()
    },
  )
})

describe('the tenants of a process', () => {
  it('are bounded: the one not seen for longest is forgotten, the baseline never', () => {
    const tenants = new Tenants(tag, 4)
    const baseline = tenants.of('default')
    const first = tenants.of('a')
    const second = tenants.of('b')
    tenants.of('c')
    expect(tenants.of('a')).toBe(first)
    tenants.of('d')
    expect(tenants.of('a')).toBe(first)
    expect(tenants.of('b')).not.toBe(second)
    expect(tenants.of('default')).toBe(baseline)
  })
})
