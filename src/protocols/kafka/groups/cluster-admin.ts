/** What commands ask of a cluster as a whole: which groups and topics there are, and to remove some. */
import { int, list, text, textOrNull } from '../messages/index.ts'
import * as key from '../session/keys.ts'
import { ClusterClient } from './cluster-client.ts'

export interface ListedGroup {
  readonly name: string
  /** `Stable`, `Empty`, …; '' where the broker doesn't say (before Kafka 2.6). */
  readonly state: string
}

export interface GroupMember {
  readonly clientId: string
  readonly host: string
}

const deleteGroups = 42
const deleteTopics = 20
const timeoutMs = 10_000
/** GROUP_ID_NOT_FOUND and UNKNOWN_TOPIC_OR_PARTITION: somebody was faster. */
const gone: ReadonlySet<number> = new Set([3, 69])

/** Nobody is in it. */
export const isIdle = (state: string): boolean => ['Empty', 'Dead'].includes(state)

export class ClusterAdmin extends ClusterClient {
  /** Of all brokers: each lists those that it coordinates. Rejects when one of them can't be asked. */
  async groups(): Promise<readonly ListedGroup[]> {
    const any = await this.at(undefined)
    const cluster = await any.ask(key.metadata, { topics: [], allowAutoTopicCreation: false }, 12)
    const lists = await Promise.all(
      list(cluster, 'brokers').map(async (broker) => {
        const asker = await this.at({ host: text(broker, 'host'), port: int(broker, 'port') })
        const answer = await asker.ask(key.listGroups, { statesFilter: [], typesFilter: [] })
        const code = int(answer, 'errorCode')
        if (code !== 0) throw new Error(`the broker lists no groups (error ${code})`)
        return list(answer, 'groups').map((one) => ({
          name: text(one, 'groupId'),
          state: text(one, 'groupState'),
        }))
      }),
    )
    return lists.flat()
  }

  /** Of a group of either protocol; none for one that isn't there. */
  async members(group: string): Promise<readonly GroupMember[]> {
    const noCodes = (): readonly number[] => []
    const classic = await this.atCoordinator(group, key.describeGroups, { groups: [group] }, noCodes)
    const found = list(classic, 'groups').flatMap((one) => list(one, 'members'))
    if (found.length > 0) return found.map(memberOf)
    try {
      const asked = { groupIds: [group], includeAuthorizedOperations: false }
      const other = await this.atCoordinator(group, key.consumerGroupDescribe, asked, noCodes)
      return list(other, 'groups').flatMap((one) => list(one, 'members').map(memberOf))
    } catch {
      // A broker from before KIP-848.
      return []
    }
  }

  /** Names of all topics, but the broker's own. */
  async topics(): Promise<readonly string[]> {
    const any = await this.at(undefined)
    const answer = await any.ask(key.metadata, { topics: null, allowAutoTopicCreation: false }, 12)
    return list(answer, 'topics').map((one) => text(one, 'name'))
  }

  /** Gives the error code for which it was refused, 0 when it is gone: 68 (NON_EMPTY_GROUP) where somebody is in it. */
  async deleteGroup(group: string): Promise<number> {
    const codesIn = (said: Parameters<typeof list>[0]): number[] =>
      list(said, 'results').map((one) => int(one, 'errorCode'))
    const answer = await this.atCoordinator(group, deleteGroups, { groupsNames: [group] }, codesIn)
    return codesIn(answer).find((code) => code !== 0 && !gone.has(code)) ?? 0
  }

  /** Rejects with the broker's words. */
  async deleteTopics(names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    // Any broker passes it on to the controller, but old ones, which say NOT_CONTROLLER.
    const any = await this.at(undefined)
    const answer = await any.ask(deleteTopics, { topicNames: [...names], timeoutMs }, 5)
    for (const one of list(answer, 'responses')) {
      const code = int(one, 'errorCode')
      if (code === 0 || gone.has(code)) continue
      const why = textOrNull(one, 'errorMessage') ?? `error ${code}`
      throw new Error(`the topic ${textOrNull(one, 'name')} cannot be removed: ${why}`)
    }
  }
}

const memberOf = (member: Parameters<typeof text>[0]): GroupMember => ({
  clientId: text(member, 'clientId'),
  host: text(member, 'clientHost').replace(/^\//, ''),
})
