/** The guard by itself: what it does when it cannot ask, or cannot tell who reads. */
import { expect, it } from 'vitest'
import type { ClusterClient } from '../../../../src/protocols/kafka/groups/cluster-client.ts'
import { Guard } from '../../../../src/protocols/kafka/groups/guard.ts'
import { Names } from '../../../../src/protocols/kafka/groups/names.ts'
import { apiOf } from '../../../../src/protocols/kafka/messages/index.ts'
import { writeBatch } from '../../../../src/protocols/kafka/records/index.ts'
import { Whose } from '../../../../src/protocols/kafka/session/records.ts'
import type { Exchange } from '../../../../src/protocols/kafka/session/treatment.ts'
import { laneOf } from '../../../../src/tenant/lane.ts'
import { tagIn } from '../../../../src/tenant/tag.ts'

const records = writeBatch(
  {
    baseOffset: 5n,
    partitionLeaderEpoch: 0,
    attributes: 0,
    lastOffsetDelta: 0,
    baseTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
  },
  [
    {
      attributes: 0,
      timestampDelta: 0,
      offsetDelta: 0,
      key: null,
      value: Buffer.from('v'),
      headers: [['svcm-tenant', Buffer.from('alice')]],
    },
  ],
)

/** Offset 3 of `orders` is claimed for the groups named; the first `failures` questions find a dead connection.
 * `members`: what the cluster says of groups by client id. */
const setUp = (
  claimed: readonly string[],
  failures = 0,
  members: Readonly<Record<string, readonly string[]>> = {},
) => {
  const names = new Names(laneOf('default', tagIn('baggage')), {
    tenant: undefined,
    brokers: [],
    sasl: undefined,
    topics: [
      {
        match: 'orders',
        lane: 'guarded',
        offline: 'hold',
        alsoUntagged: false,
        start: 'latest',
        tagFrom: undefined,
      },
    ],
  })
  let left = failures
  let opened = 0
  let now = 0
  const notices: string[] = []
  const guard = new Guard({
    names,
    whose: new Whose(names),
    client: () => {
      opened++
      const client: Pick<ClusterClient, 'committed' | 'hasMembers' | 'groupsWith' | 'close'> = {
        committed: async (group) => {
          if (left-- > 0) throw new Error('dead')
          return claimed.includes(group)
            ? [{ topic: 'orders', partition: 0, offset: 3n, metadata: 'claimed 1' }]
            : []
        },
        hasMembers: async () => false,
        groupsWith: async (clientId) => members[clientId] ?? [],
        close: () => undefined,
      }
      return client as ClusterClient
    },
    ownGroup: (tenant, group) => `${group}.svcm-${tenant}`,
    notice: (_kind, text) => notices.push(text),
    now: () => now,
    clock: {
      after: (_ms, run) => {
        queueMicrotask(run)
        return () => undefined
      },
    },
  })
  const reader = (clientId: string, ...groups: string[]): Exchange => {
    const exchange: Exchange = {
      api: apiOf(1)!,
      version: 11,
      clientId,
      connection: { credentials: undefined, depth: 0 },
    }
    const [, joining] = guard.treatments()[0]!
    for (const groupId of groups) void joining.request!({ groupId }, exchange)
    return exchange
  }
  const passes = async (exchange: Exchange, topic = 'orders', offset = 5n): Promise<boolean | 'later'> => {
    const wanted = await guard.choose({ topic, partition: 0 }, records, { ...exchange })
    return wanted === 'later' ? wanted : wanted === undefined || wanted.tagged('alice', offset)
  }
  const says = (api: number, groupId: string, exchange: Exchange): void => {
    const [, treatment] = guard.treatments().find(([key]) => key === api)!
    void treatment.request!({ groupId }, exchange)
  }
  const pass = (ms: number): void => {
    now += ms
  }
  return { reader, passes, says, notices, opened: () => opened, pass }
}

it('keeps what is claimed from the group that it is claimed for, and from no other', async () => {
  const { reader, passes, notices } = setUp(['g.svcm-alice.claim'])
  expect(await passes(reader('a', 'g'))).toBe(false)
  expect(await passes(reader('a', 'g'), 'orders', 2n)).toBe(true)
  expect(await passes(reader('b', 'h'))).toBe(true)
  expect(await passes(reader('a', 'g'), 'other')).toBe(true)
  expect(notices).toEqual([])
})

it('knows a reader by its client id on other connections, and by its own connection first', async () => {
  const { reader, passes, notices } = setUp(['g.svcm-alice.claim'])
  reader('same', 'g')
  expect(await passes(reader('same'))).toBe(false)
  reader('same', 'h')
  expect(await passes(reader('same'))).toBe(true)
  expect(notices).toHaveLength(1)
  expect(notices[0]).toMatch(/in the groups g, h.*give each its own client.id/)
  expect(await passes(reader('same', 'g'))).toBe(false)
})

it('asks again on a new connection when the old one has died', async () => {
  const { reader, passes, notices, opened } = setUp(['g.svcm-alice.claim'], 1)
  expect(await passes(reader('a', 'g'))).toBe(false)
  expect(opened()).toBe(2)
  expect(notices).toEqual([])
})

it('holds nothing back when it cannot ask, and says so', async () => {
  const { reader, passes, notices } = setUp(['g.svcm-alice.claim'], 2)
  expect(await passes(reader('a', 'g'))).toBe(true)
  expect(notices).toEqual([
    'claims of tenants cannot be read, so that the baseline sees their records, too: dead',
  ])
  expect(await passes(reader('a', 'g'))).toBe(false)
})

it('asks the cluster for the group of a member that joined before it was there', async () => {
  const { reader, passes, notices } = setUp(['g.svcm-alice.claim'], 0, { a: ['g.svcm-alice', 'g'], b: [] })
  expect(await passes(reader('a'))).toBe(false)
  expect(notices).toEqual([])
})

it('gives nothing to whom no group is known for, until it has been silent for longer than heartbeats are apart', async () => {
  const { reader, passes, pass, notices } = setUp(['g.svcm-alice.claim'])
  const alone = reader('alone')
  expect(await passes(alone)).toBe('later')
  pass(3_900)
  expect(await passes(alone)).toBe('later')
  pass(100)
  expect(await passes(alone)).toBe(true)
  // Where no tenant's records are there is nothing to ask.
  expect(await passes(reader('other'), 'other')).toBe(true)
  expect(await passes(reader(''))).toBe(true)
  expect(notices).toEqual([])
})

it('knows a member that its group has lost by its heartbeat', async () => {
  const { reader, passes, pass, says } = setUp(['g.svcm-alice.claim'])
  const lost = reader('lost')
  expect(await passes(lost)).toBe('later')
  says(12, 'g', lost)
  expect(await passes(lost)).toBe(false)
  pass(10_000)
  expect(await passes(lost)).toBe(false)
})
