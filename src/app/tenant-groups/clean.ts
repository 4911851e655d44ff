/** Removes what a tenant has on the clusters of a workspace: groups, claims, and private topics where that is wanted. */
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import { claimOf } from '../../protocols/kafka/groups/claims.ts'
import { isIdle } from '../../protocols/kafka/groups/cluster-admin.ts'
import { type KafkaCluster, kafkaClusters, onCluster } from './clusters.ts'
import { ClusterLook, type GroupView, type TopicView } from './look.ts'

export interface GroupsWish {
  readonly tenant: string
  readonly service: string | undefined
  /** Private topics, too. */
  readonly topics: boolean
}

/** What there is of a tenant on one cluster. */
export interface OnCluster {
  readonly services: readonly string[]
  readonly cluster: string
  readonly groups: readonly GroupView[]
  readonly topics: readonly TopicView[]
}

interface Found extends OnCluster {
  readonly at: KafkaCluster
}

/** By cluster. Rejects with TENANT_GROUPS_FAILED, UPSTREAM_UNREACHABLE. */
export const groupsOf = async (
  config: Config,
  { tenant, service }: Pick<GroupsWish, 'tenant' | 'service'>,
): Promise<readonly Found[]> => {
  const found: Found[] = []
  for (const at of kafkaClusters(config, service)) {
    const look = new ClusterLook(config, at, { tenant })
    await look.run()
    const { groups, topics } = look
    const [first] = at.brokers
    found.push({ at, services: at.services, cluster: `${first!.host}:${first!.port}`, groups, topics })
  }
  return found
}

/** Whoever still reads would commit again. Rejects with TENANT_GROUPS_LIVE, which names groups and members. */
export const refuseLive = async (config: Config, found: readonly Found[]): Promise<void> => {
  for (const { at, groups } of found) {
    const live = groups.filter(({ state }) => !isIdle(state) && state !== 'Gone' && state !== '')
    if (live.length === 0) continue
    const members = await onCluster(config, at, (client) =>
      Promise.all(live.map(({ name }) => client.members(name))),
    )
    throw alive(live.map(({ group, tenant }, i) => ({ group, tenant, members: members[i]! })))
  }
}

export interface GroupsRemoved {
  readonly services: readonly string[]
  readonly cluster: string
  /** As the application knows them. */
  readonly groups: readonly string[]
  /** Groups whose claims are gone. */
  readonly claims: readonly string[]
  readonly topics: readonly string[]
}

/** What was removed until it rejects is gone. */
export const cleanGroups = async (
  config: Config,
  found: readonly Found[],
  topics: boolean,
): Promise<readonly GroupsRemoved[]> => {
  const removed: GroupsRemoved[] = []
  for (const { at, services, cluster, groups, topics: own } of found) {
    const done = await onCluster(config, at, async (client) => {
      const gone: string[] = []
      const claims: string[] = []
      const remove = async ({ tenant, group }: GroupView, name: string): Promise<void> => {
        const code = await client.deleteGroup(name)
        if (code === nonEmpty) throw alive([{ group, tenant, members: await client.members(name) }])
        if (code !== 0) throw new Error(`the group ${name} cannot be removed (error ${code})`)
      }
      for (const one of groups) {
        if (one.state !== 'Gone') {
          await remove(one, one.name)
          gone.push(one.group)
        }
        // After the group: as long as that is there, somebody may come back to it.
        await remove(one, claimOf(one.name))
        if (one.claims.length > 0) claims.push(one.group)
      }
      if (topics) await client.deleteTopics(own.map(({ name }) => name))
      return { groups: gone, claims, topics: topics ? own.map(({ topic }) => topic) : [] }
    })
    removed.push({ services, cluster, ...done })
  }
  return removed
}

const nonEmpty = 68

interface Alive {
  readonly tenant: string
  readonly group: string
  readonly members: readonly { readonly clientId: string; readonly host: string }[]
}

const alive = (groups: readonly Alive[]): SvcMockError => {
  const told = groups.map(({ group, members }) => {
    const who = members.map(({ clientId, host }) => `${clientId} at ${host}`).join(', ')
    return who === '' ? group : `${group} (${who})`
  })
  return new SvcMockError(
    'TENANT_GROUPS_LIVE',
    `consumers of ${groups[0]!.tenant} still run, in the group${told.length === 1 ? '' : 's'} ${told.join(', ')}`,
  )
}
