/**
 * Random requests of several clients at once, over a clock that jumps: whatever comes, the broker answers or closes the connection, breaks on nothing,
 * and when all is over nothing waits any more.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { servedApis } from '../../../../src/protocols/kafka/broker/api/index.ts'
import { EmbeddedBroker } from '../../../../src/protocols/kafka/broker/embedded-broker.ts'
import {
  apiOf,
  encodeRequest,
  type Message,
  type Value,
} from '../../../../src/protocols/kafka/messages/index.ts'
import { writeRequest } from '../../../../src/protocols/kafka/wire/header.ts'
import { type TestClock, testClock } from '../../../support/clock.ts'
import { batchOf, type RawKafka, rawKafka } from '../../../support/raw-kafka.ts'
import { messageOf } from '../messages/arbitrary.ts'

const clients = 4
const day = 86_400_000

interface Step {
  readonly client: number
  readonly key: number
  readonly version: number
  readonly message: Message
  /** Picks names from what is there. */
  readonly dice: number
  /** Milliseconds that pass afterwards. */
  readonly passes: number
  /** A byte of the request that is changed; undefined: none. */
  readonly damage: number | undefined
}

const stepOf = ([key, { min, max }]: readonly [number, { min: number; max: number }]): fc.Arbitrary<Step> =>
  fc.integer({ min, max }).chain((version) => {
    const api = apiOf(key)!
    return fc.record({
      client: fc.nat(clients - 1),
      key: fc.constant(key),
      version: fc.constant(version),
      message: messageOf(api.fieldsOf('request'), version, version >= api.flexible),
      dice: fc.nat(1_000_000),
      passes: fc.constantFrom(0, 0, 0, 1, 1_000, 7_000, 70_000),
      damage: fc.oneof({ weight: 40, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() }),
    })
  })

/** Those that are about groups, records and transactions come more often. */
const busy = [0, 1, 8, 11, 11, 12, 13, 14, 14, 22, 24, 26, 28]
const served = [...servedApis, ...busy.map((key) => [key, servedApis.get(key)!] as const)]
const steps = fc.array(fc.constantFrom(...served).chain(stepOf), { minLength: 20, maxLength: 150 })

/** What is there, so that random requests mean something. */
class World {
  private readonly seen: Record<string, Value[]> = {
    memberId: ['', '', 'nobody'],
    groupInstanceId: [null, null, null, 'static'],
    producerId: [-1n, 0n, 1n],
    producerEpoch: [-1, 0, 1],
    generationId: [-1, 1, 2],
  }

  learn(message: Message): void {
    for (const [field, values] of Object.entries(this.seen)) {
      const value = message[field]
      if (value !== undefined && !values.includes(value)) values.push(value)
    }
  }

  /** The message with names that are there in most of its places. */
  means(value: Value, field: string, dice: number): Value {
    if (Array.isArray(value)) return value.map((item, i) => this.means(item, field, dice + i))
    const one = <Item>(items: readonly Item[]): Item => items[dice % items.length]!
    const pool =
      this.seen[
        field.replace(/^v3AndBelow./, (start) => start.at(-1)!.toLowerCase()).replace('OrMemberEpoch', '')
      ]
    if (pool !== undefined) return one(pool)
    if (/^(name|topic|topicNames|topicName)$/.test(field) && typeof value === 'string')
      return one(['t', 'u', 'range', ''])
    if (/^(groupId|groups|groupsNames)$/.test(field) && typeof value === 'string')
      return one(['g', 'g', 'h', ''])
    if (/transactionalIds?$/i.test(field) && typeof value === 'string') return one(['x', 'x', 'y', ''])
    if (
      /^(partition|partitions|partitionIndex|partitionIndexes|index)$/.test(field) &&
      typeof value === 'number'
    )
      return one([0, 0, 1, 2])
    if (field === 'numPartitions' || field === 'count') return one([1, 2, 3, -1])
    if (field === 'acks') return one([-1, 0, 1])
    if (field === 'protocolType') return one(['consumer', 'consumer', 'connect'])
    if (/^(sessionTimeoutMs|rebalanceTimeoutMs|transactionTimeoutMs)$/.test(field))
      return one([6_000, 10_000, 60_000, 0])
    if (field === 'maxWaitMs') return one([0, 500, 100_000])
    if (field === 'fetchOffset' || field === 'offset') return BigInt(dice % 5)
    if (field === 'records') return this.records(dice)
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name === 'unknownTags' ? inner : this.means(inner, name, dice * 31 + 7),
      ]),
    )
  }

  private records(dice: number): Value {
    const producerId = dice % 3 === 0 ? BigInt(dice % 4) : -1n
    const idempotent = producerId >= 0n
    return batchOf(['a', 'b'].slice(dice % 2), {
      codec: dice % 5,
      producerId,
      producerEpoch: idempotent ? dice % 2 : -1,
      baseSequence: idempotent ? dice % 3 : -1,
      attributes: idempotent && dice % 7 < 4 ? 0x10 : 0,
    })
  }
}

const run = async (script: readonly Step[], clock: TestClock): Promise<void> => {
  const notices: string[] = []
  const broker = new EmbeddedBroker({
    time: clock,
    notice: (what) => notices.push(what),
    bytes: 3_000,
    segmentBytes: 500,
  })
  const world = new World()
  const open = (): RawKafka => rawKafka(broker.connect())
  const connections = Array.from({ length: clients }, open)
  const alive = connections.map(() => true)
  const watch = (index: number): void => {
    void connections[index]!.ended.then(() => {
      alive[index] = false
    })
  }
  for (let index = 0; index < clients; index++) watch(index)
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  await connections[0]!.ask('Metadata', 4, {
    topics: [{ name: 't' }, { name: 'u' }],
    allowAutoTopicCreation: true,
  })
  for (const { client, key, version, message, dice, passes, damage } of script) {
    if (!alive[client]) {
      connections[client] = open()
      alive[client] = true
      watch(client)
    }
    const connection = connections[client]!
    const api = apiOf(key)!
    const meant = world.means(message, '', dice) as Message
    const silent = key === 0 && meant['acks'] === 0
    if (damage === undefined && !silent) {
      connection.ask(api.name, version, meant).then(
        (answer) => world.learn(answer),
        () => undefined,
      )
    } else if (damage === undefined) connection.tell(api.name, version, meant)
    else {
      const head = { apiKey: key, apiVersion: version, correlationId: 0, clientId: null }
      const bytes = writeRequest(head, encodeRequest(api, version, meant))
      bytes[4 + (damage % (bytes.length - 4))]! ^= 1 + (damage % 255)
      // Whatever is answered now is no answer to what was asked.
      connection.socket.removeAllListeners('data')
      connection.socket.resume()
      connection.socket.write(bytes)
      connection.socket.end()
      alive[client] = false
    }
    await settle()
    clock.pass(passes)
  }
  // Nobody beats any more: sessions, rebalances, transactions and waits end.
  const last = Promise.allSettled(
    connections
      .filter((_connection, index) => alive[index])
      .map((connection) => connection.ask('Metadata', 4, { topics: [] })),
  )
  let over = false
  void last.then(() => {
    over = true
  })
  for (let rounds = 0; rounds < 100 && !(over && clock.timers === 0); rounds++) {
    await settle()
    clock.pass(day)
  }
  expect(over).toBe(true)
  expect(notices.filter((what) => what.includes('broke on'))).toEqual([])
  expect(clock.timers).toBe(0)
  const after = open()
  const groups = (await after.ask('ListGroups', 4))['groups'] as Message[]
  expect(groups.filter(({ groupState }) => groupState !== 'Empty')).toEqual([])
  const open3 = await after.ask('ListTransactions', 1, { stateFilters: ['Ongoing'] })
  expect(open3['transactionStates']).toEqual([])
  await check(after)
  broker.close()
}

/** Each partition can be read from its start to its end, and all of it is decided. */
const check = async (client: RawKafka): Promise<void> => {
  const { topics } = await client.ask('Metadata', 12, { topics: null })
  for (const { name, partitions } of topics as Message[]) {
    for (const { partitionIndex } of partitions as Message[]) {
      const place = async (timestamp: bigint, isolationLevel = 0): Promise<bigint> => {
        const asked = [{ name: name!, partitions: [{ partitionIndex: partitionIndex!, timestamp }] }]
        const answer = await client.ask('ListOffsets', 5, { isolationLevel, topics: asked })
        return ((answer['topics'] as Message[])[0]!['partitions'] as Message[])[0]!['offset'] as bigint
      }
      const [start, end] = [await place(-2n), await place(-1n)]
      expect(start).toBeLessThanOrEqual(end)
      expect(await place(-1n, 1)).toBe(end)
      const fetched = await client.ask('Fetch', 12, {
        maxBytes: 1_000_000,
        topics: [
          {
            topic: name!,
            partitions: [{ partition: partitionIndex!, fetchOffset: start, partitionMaxBytes: 1_000_000 }],
          },
        ],
      })
      const [partition] = (fetched['responses'] as Message[])[0]!['partitions'] as Message[]
      expect(partition).toMatchObject({ errorCode: 0, highWatermark: end, lastStableOffset: end })
    }
  }
}

describe('random requests', () => {
  it('break nothing, and leave nothing waiting', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, (script) => run(script, testClock())),
      { numRuns: 60 },
    )
  })
})
