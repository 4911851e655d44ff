/** Questions of our own to the cluster, each at the broker that can answer it. Lives for one piece of work. */
import type { Duplex } from 'node:stream'
import type { KafkaSettings } from '../../../core/service-entry.ts'
import { int, list, listOrNull, long, type Message, text } from '../messages/index.ts'
import type { Address } from '../session/brokers.ts'
import * as key from '../session/keys.ts'
import type { Credentials } from '../session/treatment.ts'
import { Asker } from './asker.ts'

/** undefined: any of the cluster. */
export type DialBroker = (broker: Address | undefined) => Promise<Duplex>

export interface Partition {
  readonly topic: string
  readonly partition: number
}

export interface PartitionOffset extends Partition {
  readonly offset: bigint
}

/** Of ListOffsets. */
export const latest = -1n
export const earliest = -2n

/** COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE (also while a cluster's first group is made), NOT_COORDINATOR. */
const coordinatorMoves: ReadonlySet<number> = new Set([14, 15, 16])
const betweenTriesMs = 100
const mostTries = 100
/**
 * UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, REPLICA_NOT_AVAILABLE, OFFSET_NOT_AVAILABLE: a broker tells of a new topic
 * before it leads its partitions.
 */
const leaderMoves: ReadonlySet<number> = new Set([3, 5, 6, 9, 78])
const mostLeaderTries = 20

export class ClusterClient {
  private readonly dial: DialBroker
  private readonly sasl: KafkaSettings['sasl']
  private readonly credentials: Credentials | undefined
  /** By `host:port`; '' for any. */
  private readonly askers = new Map<string, Promise<Asker>>()

  constructor(dial: DialBroker, sasl: KafkaSettings['sasl'], credentials: Credentials | undefined) {
    this.dial = dial
    this.sasl = sasl
    this.credentials = credentials
  }

  close(): void {
    for (const asker of this.askers.values()) asker.then((one) => one.close()).catch(() => undefined)
  }

  /** Topics that are there, with their partitions' leaders. `names` undefined: all. */
  async partitions(
    names: readonly string[] | undefined,
  ): Promise<readonly (Partition & { leader: Address })[]> {
    if (names?.length === 0) return []
    const any = await this.at(undefined)
    const metadata = await any.ask(
      key.metadata,
      { topics: names?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: false },
      12,
    )
    const brokers = new Map(
      list(metadata, 'brokers').map((one): [number, Address] => [
        int(one, 'nodeId'),
        { host: text(one, 'host'), port: int(one, 'port') },
      ]),
    )
    return list(metadata, 'topics').flatMap((topic) =>
      list(topic, 'partitions').flatMap((one) => {
        const leader = brokers.get(int(one, 'leaderId'))
        if (leader === undefined) return []
        return [{ topic: text(topic, 'name'), partition: int(one, 'partitionIndex'), leader }]
      }),
    )
  }

  /** Offsets at `time` (`latest`, `earliest`); those that can't be had are left out. Waits a while for partitions that nobody leads yet. */
  async offsets(
    partitions: readonly (Partition & { leader: Address })[],
    time: bigint,
  ): Promise<readonly PartitionOffset[]> {
    const found: PartitionOffset[] = []
    let left = partitions
    for (let tries = 1; ; tries++) {
      const { offsets, moving } = await this.listOffsets(left, time)
      found.push(...offsets)
      if (moving.length === 0 || tries === mostLeaderTries) return found
      await this.pause()
      const now = await this.partitions([...new Set(moving.map(({ topic }) => topic))])
      left = moving.map(
        (one) => now.find((led) => led.topic === one.topic && led.partition === one.partition) ?? one,
      )
    }
  }

  private async listOffsets<T extends Partition & { leader: Address }>(
    partitions: readonly T[],
    time: bigint,
  ): Promise<{ readonly offsets: readonly PartitionOffset[]; readonly moving: readonly T[] }> {
    const byLeader = Map.groupBy(partitions, ({ leader }) => `${leader.host}:${leader.port}`)
    const offsets: PartitionOffset[] = []
    const moving: T[] = []
    const ask = async (led: readonly T[]): Promise<void> => {
      const asker = await this.at(led[0]!.leader)
      const answer = await asker.ask(key.listOffsets, {
        replicaId: -1,
        isolationLevel: 0,
        topics: byTopic(led, ({ partition }) => ({
          partitionIndex: partition,
          currentLeaderEpoch: -1,
          timestamp: time,
        })),
      })
      for (const topic of list(answer, 'topics'))
        for (const one of list(topic, 'partitions')) {
          const place = { topic: text(topic, 'name'), partition: int(one, 'partitionIndex') }
          const code = int(one, 'errorCode')
          if (code === 0) offsets.push({ ...place, offset: long(one, 'offset') })
          else if (leaderMoves.has(code))
            moving.push(
              ...led.filter(({ topic, partition }) => topic === place.topic && partition === place.partition),
            )
        }
    }
    await Promise.all([...byLeader.values()].map(ask))
    return { offsets, moving }
  }

  /** What a group has committed. */
  async committed(group: string): Promise<readonly (PartitionOffset & { metadata: string })[]> {
    const answer = await this.atCoordinator(
      group,
      key.offsetFetch,
      { groupId: group, topics: null, groups: [{ groupId: group, topics: null }], requireStable: false },
      (said) => [int(said, 'errorCode'), ...list(said, 'groups').map((one) => int(one, 'errorCode'))],
    )
    const topics = [
      ...(listOrNull(answer, 'groups') ?? []).flatMap((one) => list(one, 'topics')),
      ...list(answer, 'topics'),
    ]
    return topics.flatMap((topic) =>
      list(topic, 'partitions').flatMap((one) => {
        const offset = long(one, 'committedOffset')
        if (offset < 0n || int(one, 'errorCode') !== 0) return []
        const metadata = one['metadata']
        return [
          {
            topic: text(topic, 'name'),
            partition: int(one, 'partitionIndex'),
            offset,
            metadata: typeof metadata === 'string' ? metadata : '',
          },
        ]
      }),
    )
  }

  /** Commits for a group without members. Gives the first error code, 0 for none. */
  async commit(group: string, offsets: readonly PartitionOffset[], metadata: string): Promise<number> {
    if (offsets.length === 0) return 0
    const codesIn = (said: Message): number[] =>
      list(said, 'topics').flatMap((topic) => list(topic, 'partitions').map((one) => int(one, 'errorCode')))
    const answer = await this.atCoordinator(
      group,
      key.offsetCommit,
      {
        groupId: group,
        generationIdOrMemberEpoch: -1,
        memberId: '',
        topics: byTopic(offsets, ({ partition, offset }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          committedMetadata: metadata,
        })),
      },
      codesIn,
    )
    return codesIn(answer).find((code) => code !== 0) ?? 0
  }

  /** Whether a group has members, of whatever kind it is. */
  async hasMembers(group: string): Promise<boolean> {
    const answer = await this.atCoordinator(
      group,
      key.listGroups,
      { statesFilter: [], typesFilter: [] },
      (said) => [int(said, 'errorCode')],
    )
    const found = list(answer, 'groups').find((one) => one['groupId'] === group)
    return found !== undefined && !['', 'Empty', 'Dead'].includes(text(found, 'groupState'))
  }

  /** Groups that have a member with this client id, of whatever kind they are. */
  async groupsWith(clientId: string): Promise<readonly string[]> {
    const any = await this.at(undefined)
    const metadata = await any.ask(key.metadata, { topics: [], allowAutoTopicCreation: false }, 12)
    const found = list(metadata, 'brokers').map(async (one) => {
      const asker = await this.at({ host: text(one, 'host'), port: int(one, 'port') })
      const groups = list(await asker.ask(key.listGroups, { statesFilter: [], typesFilter: [] }), 'groups')
      const described = async (apiKey: number, ofKind: readonly Message[]): Promise<readonly Message[]> => {
        if (ofKind.length === 0) return []
        const names = ofKind.map((group) => text(group, 'groupId'))
        const asked = { groups: names, groupIds: names, includeAuthorizedOperations: false }
        return list(await asker.ask(apiKey, asked), 'groups')
      }
      const isNew = (group: Message): boolean => String(group['groupType']).toLowerCase() === 'consumer'
      const all = [
        ...(await described(
          key.describeGroups,
          groups.filter((group) => !isNew(group)),
        )),
        ...(await described(key.consumerGroupDescribe, groups.filter(isNew))),
      ]
      return all
        .filter((group) => list(group, 'members').some((member) => member['clientId'] === clientId))
        .map((group) => text(group, 'groupId'))
    })
    return (await Promise.all(found)).flat()
  }

  /** Tries again while the coordinator is being found or loads. */
  protected async atCoordinator(
    group: string,
    apiKey: number,
    message: Message,
    codes: (answer: Message) => readonly number[],
  ): Promise<Message> {
    for (let tries = 1; ; tries++) {
      const coordinator = await this.coordinator(group)
      const answer = typeof coordinator === 'number' ? undefined : await coordinator.ask(apiKey, message, 9)
      const code =
        answer === undefined
          ? (coordinator as number)
          : (codes(answer).find((one) => coordinatorMoves.has(one)) ?? 0)
      if (answer !== undefined && (code === 0 || tries === mostTries)) return answer
      if (!coordinatorMoves.has(code) || tries === mostTries)
        throw new Error(`no coordinator for the group ${group} (error ${code})`)
      await this.pause()
    }
  }

  /** An error code instead, where there is none. */
  private async coordinator(group: string): Promise<Asker | number> {
    const any = await this.at(undefined)
    const answer = await any.ask(key.findCoordinator, { key: group, keyType: 0, coordinatorKeys: [group] })
    const [found = answer] = list(answer, 'coordinators')
    const code = int(found, 'errorCode')
    return code === 0 ? this.at({ host: text(found, 'host'), port: int(found, 'port') }) : code
  }

  private pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, betweenTriesMs)
    return promise
  }

  protected at(broker: Address | undefined): Promise<Asker> {
    const name = broker === undefined ? '' : `${broker.host}:${broker.port}`
    const known = this.askers.get(name)
    if (known !== undefined) return known
    const opening = this.dial(broker).then(async (socket) => {
      const asker = new Asker(socket)
      try {
        await asker.open(this.sasl, this.credentials)
      } catch (error) {
        asker.close()
        throw error
      }
      return asker
    })
    opening.catch(() => undefined)
    this.askers.set(name, opening)
    return opening
  }
}

const byTopic = <T extends Partition>(partitions: readonly T[], make: (one: T) => Message): Message[] =>
  [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ones]) => ({
    name,
    partitions: ones.map(make),
  }))
