/** What the commands about what a tenant leaves behind show: keys in Redis, groups in Kafka, and instances where svc-mock runs. */
import type { Config } from '../../config/config.ts'
import { findRunning } from '../../control/find-running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { baselineId } from '../../core/tenant-name.ts'
import { type InstanceView, listTenants, removeInstances } from '../tenant-commands.ts'
import {
  cleanGroups,
  type GroupsRemoved,
  groupsOf,
  type OnCluster,
  refuseLive,
} from '../tenant-groups/clean.ts'
import { kafkaClusters } from '../tenant-groups/clusters.ts'
import { checkTenant } from '../tenants.ts'
import { type Cleaned, cleanKeys } from './clean.ts'
import { byTenant, type Holding, holdings } from './holdings.ts'
import { keyServers } from './servers.ts'

export type { GroupsRemoved, OnCluster } from '../tenant-groups/clean.ts'
export type { Cleaned } from './clean.ts'
export type { Holding } from './holdings.ts'

export interface TenantHoldings {
  readonly holdings: readonly Holding[]
  /** Of the tenant, or of all; empty where no svc-mock runs. */
  readonly instances: readonly InstanceView[]
}

/** All that `tenant clean` is about. */
export interface TenantLeavings extends TenantHoldings {
  readonly kafka: readonly OnCluster[]
}

export interface TenantCleaned {
  readonly cleaned: readonly Cleaned[]
  readonly kafka: readonly GroupsRemoved[]
  readonly instances: readonly InstanceView[]
}

export interface KeysWish {
  /** undefined: all of them. */
  readonly tenant: string | undefined
  readonly service: string | undefined
  /** Says who asks the servers. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number | undefined
}

export const tenantHoldings = async (
  config: Config,
  { tenant, service, env, pid }: KeysWish,
): Promise<TenantHoldings> => {
  const [real, embedded, instances] = await Promise.all([
    holdings(keyServers(config, service, env), { tenant }),
    whereEmbedded(config, async () => (await findRunning(config.root, pid)).keys(tenant, service)),
    instancesOf(config, { tenant, service, pid }),
  ])
  return { holdings: [...real, ...embedded].sort(byTenant), instances }
}

const instancesOf = async (
  { root }: Config,
  { tenant, service, pid }: Omit<KeysWish, 'env'>,
): Promise<readonly InstanceView[]> => {
  const tenants = await whereRunning(() => listTenants({ root, pid }))
  return tenants
    .filter((one) => tenant === undefined || one.tenant === tenant)
    .flatMap((one) => one.instances)
    .filter((one) => service === undefined || one.service === service)
}

/** What `cleanTenant` would remove. Rejects as that does. */
export const tenantLeavings = async (
  config: Config,
  wish: KeysWish & { readonly tenant: string },
): Promise<TenantLeavings> => {
  const found = await groupsOf(config, wish)
  await refuseLive(config, found)
  const there = noRedis(config, wish.service)
    ? { holdings: [], instances: await instancesOf(config, wish) }
    : await tenantHoldings(config, wish)
  return { ...there, kafka: found.map(shown) }
}

const shown = ({ services, cluster, groups, topics }: OnCluster): OnCluster => ({
  services,
  cluster,
  groups,
  topics,
})

/**
 * Instances of svc-mock.yaml stay, as they do for `tenant remove`; so do private topics, unless `topics`. Rejects with FLAG_INVALID,
 * UPSTREAM_UNREACHABLE, TENANT_GROUPS_LIVE before anything is removed, TENANT_GROUPS_FAILED, TENANT_KEYS_FAILED.
 */
export const cleanTenant = async (
  config: Config,
  wish: KeysWish & { readonly tenant: string; readonly topics: boolean },
): Promise<TenantCleaned> => {
  const { tenant, service, pid, topics } = wish
  const found = await groupsOf(config, wish)
  await refuseLive(config, found)
  const cleaned = noRedis(config, service) ? [] : await cleanBoth(config, wish)
  const kafka = await cleanGroups(config, found, topics)
  const target = { root: config.root, pid }
  const instances = await whereRunning(() => removeInstances(target, tenant, service))
  return { cleaned, kafka, instances }
}

/** Real servers and embedded ones. */
const cleanBoth = async (
  config: Config,
  { tenant, service, env, pid }: KeysWish & { readonly tenant: string },
): Promise<readonly Cleaned[]> => {
  const real = await cleanKeys(keyServers(config, service, env), tenant)
  const embedded = await whereEmbedded(config, async () =>
    (await findRunning(config.root, pid)).cleanKeys(tenant, service),
  )
  return [...real, ...embedded]
}

/** Only Kafka is meant, or there is nothing else. */
const noRedis = (config: Config, service: string | undefined): boolean =>
  kafkaClusters(config, service).length > 0 &&
  !config.services.some(
    ({ name, protocol, upstream, embedded }) =>
      protocol === 'redis' && (embedded || upstream !== undefined) && (service ?? name) === name,
  )

/** Whose keys can be asked for, and removed. Throws FLAG_INVALID. */
export const checkHolder = (tenant: string): void => {
  if (tenant === baselineId)
    throw new SvcMockError('FLAG_INVALID', `${baselineId} is the baseline, whose keys are everybody's`, {
      hint: 'name a tenant; who has keys is said by svc-mock tenant keys',
    })
  checkTenant(tenant)
}

/** What is embedded is gone when svc-mock ends. */
const whereEmbedded = async <T>(
  { services }: Config,
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> =>
  services.some(({ protocol, embedded }) => protocol === 'redis' && embedded) ? whereRunning(work) : []

const whereRunning = async <T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SvcMockError && error.code === 'NOT_RUNNING') return []
    throw error
  }
}
