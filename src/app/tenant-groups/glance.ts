/** A glance at the clusters for a command that is about something else: short, and never in the way. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { kafkaClusters } from './clusters.ts'
import { ClusterLook, type GroupView, type TopicView } from './look.ts'

export interface Glance {
  readonly groups: readonly GroupView[]
  readonly topics: readonly TopicView[]
  /** Of these services not all could be asked in time, or at all. */
  readonly unasked: readonly { readonly services: readonly string[]; readonly why: string }[]
}

const patienceMs = 1_000

/** Never rejects. */
export const glanceAtGroups = async (config: Config, ms = patienceMs): Promise<Glance> => {
  const looks = kafkaClusters(config, undefined).map((cluster) => {
    const look = new ClusterLook(config, cluster, { tenant: undefined })
    const over = look.run().then(
      () => undefined,
      (error: Error) => error.message,
    )
    return { look, over }
  })
  if (looks.length === 0) return { groups: [], topics: [], unasked: [] }
  const late = sleep(ms, `no answer within ${ms / 1000} s`, { ref: false })
  const ends = await Promise.all(looks.map(({ over }) => Promise.race([over, late])))
  return {
    groups: looks.flatMap(({ look }) => look.groups),
    topics: looks.flatMap(({ look }) => look.topics),
    unasked: looks.flatMap(({ look }, i) => {
      const why = ends[i]
      return why === undefined ? [] : [{ services: look.cluster.services, why }]
    }),
  }
}
